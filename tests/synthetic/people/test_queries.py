"""Labelled queries: the mix, the errors in them, and that the right answers are right and all of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import phonenumbers
import pytest

from iops.foundation.errors import InvalidError
from iops.synthetic.people import AS_AT, Batch, LabelledQuery, Population, labelled_queries, make_people
from iops.synthetic.people.batches import Table
from iops.synthetic.people.errors import KINDS
from iops.synthetic.people.queries import MIX
from iops.synthetic.people.queries.labelled import MOST_TIES
from iops.synthetic.people.queries.plan import shares
from iops.synthetic.people.queries.ties import plain

if TYPE_CHECKING:
    from datetime import date

QUERIES = 1000
TWIN = 5000
AnyTable = TypeVar("AnyTable", bound=Table)
Names = dict[int, set[tuple[str, str]]]


@pytest.fixture(scope="session")
def names(population: list[Batch]) -> Names:
    found: Names = defaultdict(set)
    for batch in population:
        for person, _, given, _, family, *_ in batch.names.rows():
            found[person].add((plain(str(given)), plain(str(family))))  # type: ignore[index]
    return found


@pytest.fixture(scope="session")
def births(population: list[Batch]) -> dict[int, tuple[date | None, date | None]]:
    return {row[0]: row[6:8] for batch in population for row in batch.people.rows()}  # type: ignore[misc]


def test_there_are_as_many_as_asked_for(queries: list[LabelledQuery]) -> None:
    assert len(queries) == QUERIES


def test_shapes_come_in_the_shares_of_the_mix(queries: list[LabelledQuery]) -> None:
    counted = Counter(query.shape for query in queries)
    for shape, share in MIX.items():
        assert counted[shape] == pytest.approx(share * QUERIES, abs=QUERIES * 0.02), shape
    assert sum(MIX.values()) == pytest.approx(1)


@pytest.mark.parametrize("count", [0, 1, 7, 9999])
def test_the_shares_of_the_mix_add_up_to_the_count(count: int) -> None:
    assert sum(shares(count).values()) == count


def test_every_kind_of_error_has_three_in_a_hundred_queries(queries: list[LabelledQuery]) -> None:
    counted = Counter(error for query in queries for error in query.errors)
    for kind in KINDS:
        assert counted[kind.name] >= QUERIES * 0.03, kind.name


def test_every_query_has_one_or_two_errors_that_are_known_kinds(queries: list[LabelledQuery]) -> None:
    known = {kind.name for kind in KINDS} | {"stored_in_own_script"}
    for query in queries:
        assert set(query.errors) <= known
        assert 1 <= len([error for error in query.errors if error != "stored_in_own_script"]) <= 2


def test_all_records_of_the_one_meant_are_right(queries: list[LabelledQuery], population: list[Batch]) -> None:
    records = defaultdict(set)
    for batch in population:
        for person, identity in zip(batch.people.person.tolist(), batch.people.identity.tolist(), strict=True):
            records[identity].add(person)
    for query in queries:
        assert set(query.right) == records[query.identity]
        assert not set(query.right) & set(query.also_right)
    assert any(len(query.right) > 1 for query in queries)


def test_whoever_has_the_typed_name_and_date_is_right_or_also_right(
    queries: list[LabelledQuery], names: Names, births: dict[int, tuple[date | None, date | None]]
) -> None:
    by_date = defaultdict(set)
    for person, (first, last) in births.items():
        if first and first == last:
            by_date[first].add(person)
    for query in queries:
        if query.fields.born:
            typed = plain(query.fields.given), plain(query.fields.family)
            fitting = {p for p in by_date[query.fields.born] if names[p] & {typed, typed[::-1]}}
            assert fitting <= {*query.right, *query.also_right}, query.text


def test_also_right_are_only_people_with_a_name_that_was_meant_or_typed(
    queries: list[LabelledQuery], names: Names, population: list[Batch]
) -> None:
    identity = {row[0]: row[1] for batch in population for row in batch.people.rows()}
    for query in queries:
        for other in query.also_right:
            meant = {n for p, i in identity.items() if i == query.identity for n in names[p]}  # type: ignore[index]
            typed = plain(query.fields.given), plain(query.fields.family)
            his = {n for p, i in identity.items() if i == identity[other] for n in names[p]}  # type: ignore[index]
            assert his & (meant | {typed, typed[::-1]}) or len(typed[0]) == 1


def test_no_query_fits_many_people(queries: list[LabelledQuery]) -> None:
    assert max(len(query.also_right) for query in queries) <= MOST_TIES


def moved(table: AnyTable) -> AnyTable:
    columns = dict(zip((*Table.__slots__, *type(table).__slots__), table.columns(), strict=True))
    for number in {"person", "identity"} & set(columns):
        columns[number] = columns[number] + TWIN
    return type(table)(**columns)  # type: ignore[arg-type]


def twins_of(batch: Batch) -> Batch:
    """Other people with all the same facts."""
    return Batch(batch.kind, *map(moved, (batch.people, batch.names, batch.contacts, batch.addresses)))  # type: ignore[arg-type]


def test_a_person_with_the_same_facts_is_always_also_right() -> None:
    (people,) = make_people(400, 6)
    made = labelled_queries([people, twins_of(people)], 200, 1)
    assert len(made) > 150
    for query in made:
        assert query.identity + (TWIN if query.identity <= TWIN else -TWIN) in query.also_right, query.text


def test_records_of_the_same_identity_are_right_and_not_merely_also_right() -> None:
    (people,) = make_people(400, 6)
    twins = twins_of(people)
    same = replace(twins, people=replace(twins.people, identity=people.people.identity))
    for query in labelled_queries([people, same], 100, 1):
        assert {query.identity, query.identity + TWIN} == set(query.right)


def test_the_same_seed_gives_the_same_queries_and_another_seed_others(population: list[Batch]) -> None:
    first, again, other = (labelled_queries(population, 60, seed) for seed in (1, 1, 2))
    assert first == again
    assert [query.text for query in first] != [query.text for query in other]


def test_the_box_holds_what_the_fields_hold(queries: list[LabelledQuery]) -> None:
    for query in queries:
        text = query.text.lower()
        fields = query.fields
        for value in (fields.given, fields.family, fields.phone, fields.postcode, fields.street, fields.area):
            assert value.lower() in text
        for number in (fields.year, fields.age):
            assert number is None or str(number) in text


def test_every_query_asks_for_more_than_a_name(queries: list[LabelledQuery]) -> None:
    for query in queries:
        fields = query.fields
        asked = (fields.born, fields.year, fields.age, fields.phone, fields.street, fields.postcode)
        assert any(value not in {None, ""} for value in asked)


def test_telephone_numbers_asked_for_can_be_read(queries: list[LabelledQuery]) -> None:
    typed = [query.fields.phone for query in queries if query.fields.phone]
    assert typed
    assert all(phonenumbers.is_possible_number(phonenumbers.parse(number, "GB")) for number in typed)


def test_what_is_typed_differs_from_what_is_on_file_as_the_error_says(
    queries: list[LabelledQuery], names: Names, births: dict[int, tuple[date | None, date | None]]
) -> None:
    for query in queries:
        if query.shape == "name_date" and len(query.errors) == 1 and query.fields.born:
            wrong_date = query.fields.born != births[query.identity][0]
            wrong_date_said = query.errors[0].split("_")[0] in {"day", "month", "year", "digit", "digits"}
            assert wrong_date == wrong_date_said, query


def test_with_another_name_the_date_is_right(
    queries: list[LabelledQuery], births: dict[int, tuple[date | None, date | None]]
) -> None:
    other = [query for query in queries if query.shape == "other_name_date"]
    assert all(query.fields.born == births[query.identity][0] for query in other)
    assert {query.errors[0] for query in other} == {"alias", "nickname", "maiden_for_married"}


def test_a_guessed_age_is_near_the_true_one_on_the_day_asked_for(
    queries: list[LabelledQuery], births: dict[int, tuple[date | None, date | None]]
) -> None:
    guessed = [query for query in queries if query.fields.age is not None]
    assert guessed
    for query in guessed:
        born = births[query.identity][0]
        assert born
        assert query.fields.age is not None
        assert abs((AS_AT - born).days / 365.25 - query.fields.age) <= 3


def test_targets_are_spread_over_the_population(queries: list[LabelledQuery]) -> None:
    meant = Counter(query.identity for query in queries)
    assert len(meant) > QUERIES * 0.6


def test_a_generator_is_refused_as_it_can_be_walked_through_only_once() -> None:
    with pytest.raises(InvalidError, match="twice"):
        labelled_queries(make_people(10, 1), 10, 1)


@pytest.mark.parametrize("count", [-1, 10**7])
def test_an_absurd_count_is_refused(count: int) -> None:
    with pytest.raises(InvalidError):
        labelled_queries([], count, 1)


def test_an_empty_population_has_no_queries() -> None:
    assert labelled_queries([], 10, 1) == []
    assert labelled_queries(Population(0, 1), 10, 1) == []


def test_a_tiny_population_gets_what_it_can_bear() -> None:
    made = labelled_queries(Population(3, 1), 20, 1)
    assert all(query.identity in {1, 2, 3} for query in made)


def test_no_queries_are_made_when_none_are_asked_for(population: list[Batch]) -> None:
    assert labelled_queries(population, 0, 1) == []
