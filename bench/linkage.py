"""How well records of one person are found, beside Splink's own default model and recordlinkage: same data, same run.

Three public sets with truth: FEBRL 1 (one file, find the duplicates), FEBRL 4a-4b (link two files), and Splink's
fake_1000 (one file; truth is clusters). No contender sees the labels; each takes a pair whose probability is at least
one half. For the files of duplicates the same is also shown after joining records into people, each in its own way:
connected components for Splink and recordlinkage, `batch.clusters` for ours. Run:

    python -m bench.linkage [--data ../shared/data/linkage]
"""

from __future__ import annotations

import argparse
import gzip
import logging
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from itertools import combinations, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from bench.harness import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Ids = tuple[str, str]
HALF = 0.5
FEBRL = ["given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state",
         "date_of_birth", "soc_sec_id"]  # fmt: skip
FAKE = ["first_name", "surname", "dob", "city", "email"]


@dataclass(frozen=True)
class Set:
    """One set of records with its truth."""

    name: str
    files: tuple[Path, ...]
    id: str
    columns: list[str]
    truth: frozenset[Ids]

    @property
    def links_two(self) -> bool:
        """Two files to be linked, not one to be cleaned of duplicates."""
        return len(self.files) > 1


@dataclass
class Run:
    """What one contender found."""

    pairs: set[Ids]
    people: set[Ids] | None = None
    """The pairs after joining records into people, for one file."""
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


def ordered(pairs: Iterable[tuple[Any, Any]]) -> set[Ids]:
    """Each pair once, its ids as texts in the order of the alphabet."""
    return {(min(a, b), max(a, b)) for one, other in pairs for a, b in [(str(one), str(other))]}


def within(groups: Iterable[Iterable[str]]) -> set[Ids]:
    """Every pair inside a group."""
    return ordered(pair for group in groups for pair in combinations(group, 2))


def connected(pairs: Iterable[Ids]) -> set[Ids]:
    """All pairs that are joined through others."""
    group: dict[str, set[str]] = {}
    for a, b in pairs:
        joined = group.get(a, {a}) | group.get(b, {b})
        group.update(dict.fromkeys(joined, joined))
    return within({id(one): sorted(one) for one in group.values()}.values())


def sets(folder: Path, room: Path) -> list[Set]:
    """The three sets; the packed files are unpacked into `room`."""
    from iops.pole.matching.reading import rows_of

    two = []
    for name in ("febrl_dataset4a.csv", "febrl_dataset4b.csv"):
        two.append(room / name)
        two[-1].write_bytes(gzip.decompress((folder / f"{name}.gz").read_bytes()))
    one, fake = folder / "febrl_dataset1.csv", folder / "splink_fake_1000.csv"
    clusters: dict[str, list[str]] = {}
    for row in rows_of(fake):
        clusters.setdefault(row["cluster"], []).append(row["unique_id"])
    return [
        Set("FEBRL 1", (one,), "rec_id", FEBRL, frozenset(_febrl_truth([one]))),
        Set("FEBRL 4a-4b", tuple(two), "rec_id", FEBRL, frozenset(_febrl_truth(two))),
        Set("fake_1000", (fake,), "unique_id", FAKE, frozenset(within(clusters.values()))),
    ]


def _febrl_truth(files: list[Path]) -> set[Ids]:
    """FEBRL writes the person's number into the id: rec-223-org, rec-223-dup-0."""
    from iops.pole.matching.reading import rows_of

    ids = sorted((row["rec_id"] for file in files for row in rows_of(file)), key=lambda name: name.split("-")[1])
    return within([list(group) for _, group in groupby(ids, key=lambda name: name.split("-")[1])])


def ours(data: Set) -> Run:
    """The product: columns guessed from their names, the shipped model fitted to the records without labels."""
    from iops.pole.matching.batch import clusters, find_pairs
    from iops.pole.matching.reading import read
    from iops.pole.matching.scoring import Frequencies, Scorer

    left = read(data.files[0])
    right = read(data.files[1]) if data.links_two else None
    found = find_pairs(left.records, right.records if right else None, threshold=HALF)
    run = Run(ordered((pair.left.id, pair.right.id) for pair in found.pairs))
    if not data.links_two:
        scorer = Scorer(found.model, Frequencies.of(record.known for record in left.records))
        run.people = within([record.id for record in group] for group in clusters(found.pairs, scorer))
    return run


def frames(data: Set) -> list[Any]:
    """The files as data frames of texts, empty cells null."""
    import pandas as pd

    read = [pd.read_csv(file, dtype=str, skipinitialspace=True) for file in data.files]
    return [frame[[data.id, *data.columns]].replace("", None) for frame in read]


def splink(data: Set) -> Run:
    """Splink as its public demonstrations set it up: its suggested comparisons, trained without labels."""
    import splink as library

    inputs = frames(data)
    api = library.DuckDBAPI()
    tables = [api.register(frame.astype(object).where(frame.notna(), None)) for frame in inputs]
    linker = library.Linker(tables, _splink_settings(data, library), log_level=logging.ERROR)
    block = library.block_on
    if data.columns is FAKE:
        sure: list[Any] = [block("first_name", "dob"), block("surname", "dob"), block("email")]
        sessions = [block("first_name", "surname"), block("dob")]
    else:
        sure = [block("soc_sec_id"), block("given_name", "surname", "date_of_birth")]
        sessions = [block("date_of_birth"), block("soc_sec_id")]
    training = linker.training
    training.estimate_probability_two_random_records_match(sure, recall=0.7 if data.columns is FAKE else 0.9)
    training.estimate_u_using_random_sampling(1_000_000)
    for session in sessions:
        training.estimate_parameters_using_expectation_maximisation(session)
    rows = linker.inference.predict(threshold_match_probability=HALF).as_record_list()
    run = Run(ordered((row[f"{data.id}_l"], row[f"{data.id}_r"]) for row in rows))
    if not data.links_two:
        run.people = connected(run.pairs)
    return run


def _splink_settings(data: Set, library: Any) -> Any:
    import splink.comparison_library as comparisons

    block = library.block_on
    if data.columns is FAKE:
        compared = [
            comparisons.NameComparison("first_name"),
            comparisons.NameComparison("surname"),
            comparisons.DateOfBirthComparison("dob", input_is_string=True),
            comparisons.ExactMatch("city").configure(term_frequency_adjustments=True),
            comparisons.EmailComparison("email"),
        ]
        blocks = [block("first_name"), block("surname"), block("dob"), block("email")]
    else:
        compared = [
            comparisons.NameComparison("given_name"),
            comparisons.NameComparison("surname"),
            comparisons.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            comparisons.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            comparisons.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            comparisons.JaroWinklerAtThresholds("address_1", [0.9]),
            comparisons.JaroWinklerAtThresholds("suburb", [0.9]),
            comparisons.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            comparisons.ExactMatch("state"),
        ]
        blocks = [block(name) for name in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")]
    return library.SettingsCreator(
        link_type="link_only" if data.links_two else "dedupe_only",
        unique_id_column_name=data.id,
        comparisons=compared,
        blocking_rules_to_generate_predictions=blocks,
        retain_intermediate_calculation_columns=False,
    )


def recordlinkage(data: Set) -> Run:
    """Recordlinkage in its usual manner: blocks on several fields, Jaro-Winkler, its unsupervised ECM classifier."""
    import recordlinkage as library

    inputs = [frame.set_index(data.id) for frame in frames(data)]
    index = library.Index()
    blocks = ["first_name", "surname", "dob", "email"] if data.columns is FAKE else [
        "given_name", "surname", "date_of_birth", "soc_sec_id", "postcode"]  # fmt: skip
    for name in blocks:
        index.block(name)
    pairs = index.index(*inputs)
    compare = library.Compare()
    for name in data.columns:
        if name in {"dob", "date_of_birth", "soc_sec_id", "postcode", "state", "street_number"}:
            compare.exact(name, name, label=name)
        else:
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    features = compare.compute(pairs, *inputs)
    run = Run(ordered(library.ECMClassifier().fit_predict(features)))
    summed = ordered(features[features.sum(axis=1) > len(data.columns) / 2].index)
    run.notes.append(f"more than half of the fields alike, instead of ECM: {_figures(summed, data.truth)}")
    if not data.links_two:
        run.people = connected(run.pairs)
    return run


def measures(found: set[Ids], truth: frozenset[Ids]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    right = len(found & truth)
    precision, recall = right / max(len(found), 1), right / max(len(truth), 1)
    return precision, recall, 2 * right / max(len(found) + len(truth), 1)


def _figures(found: set[Ids], truth: frozenset[Ids]) -> str:
    return "P {:.4f}  R {:.4f}  F1 {:.4f}".format(*measures(found, truth))


CONTENDERS: Mapping[str, Callable[[Set], Run]] = {"iops": ours, "splink": splink, "recordlinkage": recordlinkage}


def _shared() -> Path:
    """The folder of the public sets, when it is at hand."""
    folders = [base / "shared" / "data" / "linkage" for base in (ROOT.parent, ROOT.parent.parent)]
    return next(filter(Path.is_dir, folders), folders[0])


def main() -> int:
    """Print the figures; 1 when F1 is behind a peer on any set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=_shared())
    folder = parser.parse_args().data
    if not folder.is_dir():
        print(f"There are no linkage sets in {folder}. Name their folder: --data FOLDER")
        return 2
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    behind = 0
    with tempfile.TemporaryDirectory(prefix="iops-linkage-") as room:
        for data in sets(folder, Path(room)):
            behind += _compare(data)
    print("bar, F1 behind no peer on any set:", "MISSED" if behind else "met")
    return 1 if behind else 0


def _compare(data: Set) -> int:
    table = Table("", "pairs", "precision", "recall", "F1", "seconds", title=data.name, title_justify="left")
    best: dict[str, float] = {}
    notes = []
    for name, find in CONTENDERS.items():
        began = time.perf_counter()
        run = find(data)
        run.seconds = time.perf_counter() - began
        for label, found in ((name, run.pairs), (f"{name}, joined into people", run.people)):
            if found is not None:
                figures = measures(found, data.truth)
                table.add_row(label, f"{len(found):,}", *(f"{one:.4f}" for one in figures), f"{run.seconds:.1f}")
                best[label] = figures[2]
        notes += [f"{name}: {note}" for note in run.notes]
    Console().print(table)
    print("\n".join([*notes, f"true pairs: {len(data.truth):,}", ""]))
    return _is_behind(best)


def _is_behind(best: Mapping[str, float]) -> int:
    """Whether a peer is ahead, pairs beside pairs and people beside people."""
    kinds = ("", ", joined into people")
    return int(
        any(
            best.get(f"{peer}{kind}", 0) > best.get(f"iops{kind}", 1) for peer in list(CONTENDERS)[1:] for kind in kinds
        )
    )


if __name__ == "__main__":
    sys.exit(main())
