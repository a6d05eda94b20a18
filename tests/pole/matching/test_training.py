"""Training counts the same levels that scoring uses, and learns what is true of the records."""

from __future__ import annotations

import datetime as dt
import random
import sys

import pytest
from hypothesis import given, settings

from iops.pole.matching import training
from iops.pole.matching.batch import Record, candidates, find_pairs
from iops.pole.matching.estimate import evidence, fit, pattern
from iops.pole.matching.keys import keys
from iops.pole.matching.known import Known, known
from iops.pole.matching.levels import FIELDS
from iops.pole.matching.model import dumps, loads, starting
from iops.pole.matching.scoring import Scorer
from iops.pole.matching.train import TrainingError, train
from tests.pole.matching.people import PEOPLE, one

duckdb = pytest.importorskip("duckdb")
DAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def connection() -> object:
    connection = duckdb.connect()
    connection.execute(training.MACROS)
    return connection


def in_duckdb(connection: object, a: Known, b: Known) -> list[int]:
    left, right = training.row("a", first_of_each(a)), training.row("b", first_of_each(b))
    columns = [f"?::{kind} as {name}_{side}" for side in "lr" for name, kind in training.COLUMNS.items()]
    asked = ", ".join(training.LEVEL[field.name] for field in FIELDS)
    query = f"select {asked} from (select {', '.join(columns)})"
    return list(connection.execute(query, [*left, *right]).fetchone())  # type: ignore[attr-defined]


def first_of_each(person: Known) -> Known:
    """What training looks at: the first of everything, and whole dates only."""
    return Known(
        names=person.names[:1],
        days=person.days[:1],
        sex=person.sex,
        postcodes=person.postcodes[:1],
        addresses=person.addresses[:1],
        phones=person.phones[:1],
        emails=person.emails[:1],
        identifiers=frozenset(sorted(person.identifiers)[:1]),
    )


def is_ascii(person: Known) -> bool:
    return repr(person).isascii()


@settings(max_examples=200)
@given(PEOPLE.filter(is_ascii), PEOPLE.filter(is_ascii))
def test_levels_are_the_same_in_python_and_in_duckdb(connection: object, a: Known, b: Known) -> None:
    here = pattern(Scorer(), first_of_each(a), first_of_each(b))
    assert in_duckdb(connection, a, b) == list(here)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (one("Jon", "Smyth", "1985-03-12"), one("Jonathan", "Smith", "1985-12-03")),
        (one("Smith", "John", "1985-03-31"), one("John", "Smith", "1985-04-01")),
        (one("Geoffery", "Hughes", "1985-03-12"), one("Jeffrey", "Hews", "1985-03-21")),
        (one("J", "de la Cruz", "1989-09-30"), one("John", "Cruz", "1989-10-30")),
        (one("Martha", "Brown", "1985-03-12"), one("Marhta", "Browne", "1995-03-12")),
    ],
)
def test_levels_of_worked_cases_are_the_same_in_duckdb(connection: object, a: Known, b: Known) -> None:
    assert in_duckdb(connection, a, b) == list(pattern(Scorer(), a, b))


GIVEN = [
    "darren",
    "sharon",
    "nigel",
    "tracy",
    "kevin",
    "mandy",
    "gary",
    "lorraine",
    "trevor",
    "denise",
    "clive",
    "maureen",
]
FAMILY = [
    "ackroyd",
    "bagshaw",
    "clegg",
    "dobson",
    "entwistle",
    "fairclough",
    "greenhalgh",
    "hargreaves",
    "ogden",
    "pickles",
]


def made_up(people: int) -> tuple[list[Record], set[tuple[str, str]]]:
    """Records of so many people, every second of whom has two, the second with a slip."""
    chance = random.Random(7)
    records, true = [], set()
    for number in range(people):
        given_name, family = chance.choice(GIVEN), chance.choice(FAMILY) + chance.choice(["", "son", "ley", "ton"])
        day = dt.date(1940, 1, 1) + dt.timedelta(days=chance.randrange(25_000))
        postcode = f"m{chance.randrange(1, 40)}{chance.randrange(10)}{chance.choice('abdefg')}{chance.choice('hjlnp')}"
        records.append(record(f"{number}a", given_name, family, day, postcode))
        if number % 2:
            at = chance.randrange(1, len(family) - 1)
            slipped = family[:at] + family[at + 1] + family[at] + family[at + 2 :]
            records.append(record(f"{number}b", given_name, slipped, day, postcode if number % 3 else "ol11aa"))
            true.add((f"{number}a", f"{number}b"))
    return records, true


def record(name: str, given_name: str, family: str, day: dt.date, postcode: str) -> Record:
    person = known([(given_name, family)], [(day, day)], postcodes=[postcode])
    return Record(name, person, keys([(given_name, family)], [(day, day)], [postcode]))


def test_fitting_without_labels_finds_the_people_and_their_share() -> None:
    records, true = made_up(600)
    outcome = find_pairs(records)
    found = {(a.id, b.id) for a, b, _ in outcome.pairs}
    assert len(found & true) >= 0.98 * len(true)
    assert len(found & true) >= 0.98 * len(found)
    expected = len(true) / (len(records) * (len(records) - 1) / 2)
    assert float(outcome.model.prior) == pytest.approx(expected, rel=0.1)


def test_fitting_to_nothing_keeps_the_model() -> None:
    seen = evidence([], [], [], starting(), linking=False)
    fitted = fit(starting(), seen)
    for field in FIELDS:
        for new, old in zip(fitted.comparisons[field.name], starting().comparisons[field.name], strict=True):
            assert float(new.m) == pytest.approx(float(old.m), abs=1e-6)


def test_a_field_that_is_always_empty_keeps_its_figures() -> None:
    records, _ = made_up(200)
    people = [r.known for r in records]
    fitted = fit(starting(), evidence(people, people, candidates(records)[0], starting(), linking=False))
    assert [float(p.m) for p in fitted.comparisons["email"]] == pytest.approx(
        [float(p.m) for p in starting().comparisons["email"]], abs=1e-6
    )


@pytest.mark.slow
def test_splink_learns_a_model_that_links_as_well_and_is_not_reviewed() -> None:
    pytest.importorskip("splink")
    records, true = made_up(1200)
    model = train(records, trained_on="made-up records", at=DAY, random_pairs=200_000)
    assert not model.is_reviewed
    assert model.trained.records == len(records)
    assert loads(dumps(model)) == model
    found = {(a.id, b.id) for a, b, _ in find_pairs(records, model=model).pairs}
    assert len(found & true) >= 0.97 * len(true)
    assert len(found & true) >= 0.97 * len(found)


def test_too_few_records_are_refused() -> None:
    pytest.importorskip("splink")
    with pytest.raises(TrainingError, match="too few"):
        train(made_up(10)[0], trained_on="a handful", at=DAY)


def test_without_splink_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "splink", None)
    with pytest.raises(TrainingError, match="pip install"):
        train(made_up(200)[0], trained_on="made-up records", at=DAY)
