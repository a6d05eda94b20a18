"""Trains the model with Splink on the force's own records, without labels.

Shares of levels come by expectation and maximisation, twice over, each time among records that agree on something else.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from importlib import import_module, metadata
from math import log
from typing import TYPE_CHECKING, Any

from iops.foundation.errors import InvalidError
from iops.pole.matching import training
from iops.pole.matching.batch import candidates
from iops.pole.matching.estimate import bounded, household_share, pattern
from iops.pole.matching.levels import FIELDS
from iops.pole.matching.model import LEAST, Model, Parameters, Trained, starting
from iops.pole.matching.scoring import Scorer

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from iops.pole.matching.batch import Record

RANDOM_PAIRS = 2_000_000
FEWEST = 200
"""Fewer records show too few pairs of one person to learn from."""
RECALL = 0.7
"""Share of the pairs of one person that agree on their birth and on name, postcode, phone or e-mail: a guess."""
_SURE = (("given_first", "family_whole", "day"), ("day", "postcode"), ("day", "phone"), ("day", "email"))
_SESSIONS = (("given_first", "family_whole"), ("day",))
WORTH = 20
"""The starting model counts as so many pairs."""
_DIGITS = Decimal("0.0000001")


class TrainingError(InvalidError):
    """The model cannot be trained here, or not from these records."""

    code = "training"


def train(
    records: Sequence[Record],
    *,
    trained_on: str,
    at: dt.date,
    start: Model | None = None,
    random_pairs: int = RANDOM_PAIRS,
) -> Model:
    """A model fitted to the records, not reviewed by anybody yet.

    `trained_on` says in words what the records were, `at` on which day. What the records cannot tell (a field that is
    always empty) keeps the figures of the starting model. Raises TrainingError without Splink or with too few records.
    """
    start = start or starting()
    library = _splink()
    if len(records) < FEWEST:
        raise TrainingError(f"{len(records)} records are too few to learn from.", mend=f"Bring {FEWEST} or more.")
    linker = _linker(library, records)
    _learn(library, linker, random_pairs)
    told = linker.misc.save_model_to_json()
    prior = Decimal(str(told["probability_two_random_records_match"])).quantize(Decimal("1e-12"))
    same = prior * len(records) * (len(records) - 1) / 2
    comparisons = {
        field.name: _parameters(field.name, told["comparisons"][place], start.comparisons[field.name], same)
        for place, field in enumerate(FIELDS)
    }
    trained = Trained(trained_on, len(records), random_pairs, at, f"splink {metadata.version('splink')}")
    model = Model(start.name, at.isoformat(), trained, "", prior, start.household, comparisons)
    return replace(model, household=_household(model, records))


def _household(model: Model, records: Sequence[Record]) -> Decimal:
    """The share of one person's among the pairs that share a household, from the pairs that meet by some key."""
    met, _ = candidates(records, None)
    known = [record.known for record in records]
    scorer = Scorer(model)
    patterns = Counter(pattern(scorer, known[a], known[b]) for a, b in met)
    weights = [[log(2.0) * weight for weight in model.weights()[field.name]] for field in FIELDS]
    return Decimal(household_share(patterns, weights, float(model.household))).quantize(_DIGITS)


def _splink() -> Any:
    try:
        return import_module("splink")
    except ImportError as missing:
        raise TrainingError(
            "Splink, which trains the model, is not installed.",
            mend="Install it beside iops: pip install 'splink>=5,<6'.",
        ) from missing


def _linker(library: Any, records: Sequence[Record]) -> Any:
    pyarrow, duckdb = import_module("pyarrow"), import_module("duckdb")
    connection = duckdb.connect()
    connection.execute(training.MACROS)
    columns = zip(*(training.row(str(at), record.known) for at, record in enumerate(records)), strict=True)
    kinds = {"varchar": pyarrow.string(), "varchar[]": pyarrow.list_(pyarrow.string())}
    arrays = {
        name: pyarrow.array(values, kinds[kind])
        for (name, kind), values in zip(training.COLUMNS.items(), columns, strict=True)
    }
    settings = {
        "link_type": "dedupe_only",
        "comparisons": training.comparisons(),
        "blocking_rules_to_generate_predictions": [],
    }
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = library.DuckDBAPI(connection)
    return library.Linker(api.register(pyarrow.table(arrays)), settings, log_level=logging.ERROR)


def _rule(columns: Sequence[str]) -> str:
    """Both say the same, and say something."""
    return " and ".join(f"l.{name} = r.{name} and l.{name} <> ''" for name in columns)


def _learn(library: Any, linker: Any, random_pairs: int) -> None:
    """What two people share comes from random pairs, what one person's records share from pairs that nearly must be."""
    training_steps = linker.training
    training_steps.estimate_u_using_random_sampling(random_pairs)
    training_steps.estimate_probability_two_random_records_match([_rule(columns) for columns in _SURE], recall=RECALL)
    for columns in _SESSIONS:
        training_steps.estimate_parameters_using_expectation_maximisation(library.block_on(*columns))


def _parameters(
    name: str, told: Mapping[str, Any], before: Sequence[Parameters], same: Decimal
) -> tuple[Parameters, ...]:
    """Figures as Splink tells them, without the level of missing values; `same` pairs of one person stand behind m."""
    levels = [level for level in told["comparison_levels"] if not level.get("is_null_level")]
    ms = _whole([level.get("m_probability") for level in levels], [p.m for p in before], same)
    us = _whole([level.get("u_probability") for level in levels], [p.u for p in before], Decimal(RANDOM_PAIRS))
    own = [Decimal(share).quantize(_DIGITS) for share in bounded(name, [float(m) for m in ms])]
    return tuple(Parameters(max(m, LEAST), u) for m, u in zip(own, us, strict=True))


def _whole(told: Sequence[float | None], before: Sequence[Decimal], pairs: Decimal) -> list[Decimal]:
    """Shares drawn a little towards the former ones, so that a level nobody happened to see does not become impossible.

    A field that is always empty keeps all its former shares.
    """
    if all(share is None for share in told):
        return list(before)
    found = [Decimal(str(share or 0)) * pairs + WORTH * old for share, old in zip(told, before, strict=True)]
    total = sum(found, Decimal(0))
    return [max((share / total).quantize(_DIGITS), LEAST) for share in found]
