"""`iops pole link` and `iops pole train`: finding who is who in files, and fitting the model to records."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track

from iops.pole.matching import truth as labels
from iops.pole.matching.batch import Outcome, clusters, find_pairs
from iops.pole.matching.model import dumps, load
from iops.pole.matching.reading import ColumnsError, File, read
from iops.pole.matching.scoring import Frequencies, Scorer

if TYPE_CHECKING:
    from collections.abc import Iterable

File1 = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV file of people.")]
File2 = Annotated[
    Path | None, typer.Argument(exists=True, dir_okay=False, help="A second file; without it, duplicates in the first.")
]
Mapping = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="YAML: which column holds what. Else the names of columns decide."),
]


def register(app: typer.Typer) -> None:
    """Put these commands among the others of the area."""
    app.command()(link)
    app.command()(train)


def link(
    first: File1,
    second: File2 = None,
    columns: Mapping = None,
    truth: Annotated[Path | None, typer.Option(exists=True, help="CSV of true pairs, or of ids with clusters.")] = None,
    model: Annotated[
        Path | None, typer.Option(exists=True, help="Model file, taken as it is, without fitting.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the pairs go.")] = Path("pairs.csv"),
    people: Annotated[Path | None, typer.Option(help="Where to write which records are one person.")] = None,
    threshold: Annotated[float, typer.Option(min=0.0, max=1.0, help="Least probability of a pair.")] = 0.5,
    one_to_one: Annotated[
        bool, typer.Option("--one-to-one", help="Two clean files: each record once at most.")
    ] = False,
) -> None:
    """Find the records of one person in one file or between two, each pair with its explanation."""
    console, began = Console(), time.perf_counter()
    left = _read(first, columns, "left", out, console)
    right = _read(second, columns, "right", out, console) if second else None
    outcome = find_pairs(
        left.records,
        right.records if right else None,
        model=load(model) if model else None,
        threshold=threshold,
        one_to_one=one_to_one,
        progress=lambda pairs, n: track(pairs, "Comparing", n, console=console, transient=True),
    )
    _write_pairs(out, outcome)
    console.print(f"{outcome.compared:,} pairs compared, {len(outcome.pairs):,} found: {out}")
    if outcome.crowded:
        console.print(f"{outcome.crowded:,} keys were shared by too many records and not used.")
    groups = None if right else _people(left, outcome)
    if groups is not None:
        console.print(f"Joined into people: {sum(len(group) - 1 for group in groups):,} records are one too many.")
        if people:
            _write_people(people, groups)
    if truth:
        _judge(truth, outcome, groups, _ids(left), _ids(right) if right else None, console)
    console.print(f"{time.perf_counter() - began:.1f} s")


def train(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="CSV files of people.")],
    name: Annotated[str, typer.Option(help="What the records are, for the file: no personal data.")],
    columns: Mapping = None,
    out: Annotated[Path, typer.Option(help="Where the model goes.")] = Path("person-model.yaml"),
) -> None:
    """Fit the model to records with Splink; nobody has reviewed the file until they write their name into it."""
    from iops.foundation.clock import today
    from iops.pole.matching.train import train as fit

    console = Console()
    records = [record for file in files for record in _read(file, columns, "left", out, console).records]
    model = fit(records, trained_on=name, at=today())
    out.write_text(dumps(model), encoding="utf-8")
    console.print(f"{out}: {model.status}")


def _read(path: Path, columns: Path | None, side: str, out: Path, console: Console) -> File:
    """One file, its rejects written beside the outcome."""
    found = read(path, columns, side)
    used = "; ".join(f"{name}: {', '.join(cols)}" for name, cols in found.columns.of.items())
    console.print(f"{path.name}: {len(found.records):,} records ({used})")
    if found.unread_dates:
        console.print(f"  {found.unread_dates:,} dates of birth could not be read; the records count without them.")
    if found.rejects:
        rejects = out.with_name(f"{out.stem}.{path.stem}.rejects.csv")
        with rejects.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["line", "reason", "row"])
            writer.writerows([line, reason, *cells] for line, reason, cells in found.rejects)
        console.print(f"  {len(found.rejects):,} rows could not be used: {rejects}")
    if not found.records:
        raise ColumnsError(f"{path.name} holds no record that could be compared.", mend="Look at its rejects.")
    return found


def _write_pairs(path: Path, outcome: Outcome) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["left", "right", "probability", "weight", "explanation"])
        for left, right, score in outcome.pairs:
            why = "; ".join(f"{one.says} {one.weight:+.1f}" for one in score.agreements)
            writer.writerow([left.id, right.id, f"{score.probability:.6f}", f"{score.weight:.2f}", why])


def _people(file: File, outcome: Outcome) -> list[list[str]]:
    frequencies = Frequencies.of(record.known for record in file.records)
    groups = clusters(outcome.pairs, Scorer(outcome.model, frequencies))
    return [[record.id for record in group] for group in groups]


def _write_people(path: Path, groups: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "person"])
        writer.writerows([name, number] for number, group in enumerate(groups, start=1) for name in group)


def _ids(file: File) -> set[str]:
    return {record.id for record in file.records}


def _judge(
    path: Path,
    outcome: Outcome,
    groups: list[list[str]] | None,
    left: set[str],
    right: set[str] | None,
    console: Console,
) -> None:
    true = labels.read_truth(path, two_files=right is not None)
    known = labels.across(true, left, right) if right is not None else {one for one in true if left.issuperset(one)}
    if len(known) < len(true):
        console.print(f"{len(true) - len(known):,} true pairs are not among these records and were left out.")
    found = {labels.pair(a.id, b.id, two_files=right is not None) for a, b, _ in outcome.pairs}
    console.print(f"pairs:  {labels.judge(found, known)}")
    if groups is not None:
        console.print(f"people: {labels.judge(labels.pairs_within(groups), known)}")
