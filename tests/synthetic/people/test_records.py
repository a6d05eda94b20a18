"""Further records of the same people: as many as asked for, wrong in the ways asked for, with known truth."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from iops.foundation.errors import InvalidError
from iops.synthetic.people import BATCH, Batch, Population, make_records
from iops.synthetic.people.making import MOST


def test_there_are_about_fifteen_in_a_hundred(records: Batch) -> None:
    assert len(records) / BATCH == pytest.approx(0.15, abs=0.02)
    assert records.kind == "records"


@pytest.mark.parametrize("rate", [0.5, 2.1])
def test_the_rate_can_be_chosen_up_to_that_of_a_force_drowning_in_duplicates(rate: float) -> None:
    (made,) = make_records(2000, 3, rate=rate)
    assert len(made) / 2000 == pytest.approx(rate, rel=0.2)


def test_a_few_people_have_very_many_records(records: Batch) -> None:
    numbers = Counter(records.people.identity.tolist())
    assert max(numbers.values()) >= 5
    assert sum(number == 1 for number in numbers.values()) > len(numbers) / 2


def test_record_numbers_are_unique_and_above_every_person_number(records: Batch) -> None:
    numbers = records.people.person
    assert len(np.unique(numbers)) == len(numbers)
    assert numbers.min() > MOST
    assert records.people.identity.max() <= BATCH


def test_records_of_different_batches_have_different_numbers() -> None:
    first, second = (set(part.people.person.tolist()) for part in make_records(2 * BATCH, 3))
    assert first
    assert second
    assert not first & second


def test_the_same_seed_gives_the_same_records(records: Batch) -> None:
    again = next(iter(make_records(BATCH, 11)))
    assert list(again.names.rows()) == list(records.names.rows())
    assert list(again.addresses.rows()) == list(records.addresses.rows())


def test_asking_for_fewer_people_gives_the_same_records_of_those(records: Batch) -> None:
    few = next(iter(make_records(3000, 11)))
    assert list(few.names.rows()) == [
        row
        for row, identity in zip(records.names.rows(), records.people.identity.tolist(), strict=True)
        if identity <= 3000
    ]


def test_starting_later_leaves_the_earlier_people_out() -> None:
    (late,) = make_records(3000, 11, start=2000)
    assert late.people.identity.min() > 2000


def test_every_record_has_one_name_that_is_mostly_nearly_the_true_one(batch: Batch, records: Batch) -> None:
    assert len(records.names) == len(records)
    main = batch.names.take(batch.names.kind == "main")
    true = main.family[records.people.identity - 1]
    same = (true == records.names.family).mean()
    assert 0.6 < same < 0.95


def test_dates_are_mostly_right_sometimes_missing_and_sometimes_only_a_span(batch: Batch, records: Batch) -> None:
    first, last = records.people.born_first, records.people.born_last
    known = ~np.isnat(first)
    assert 0.02 < (~known).mean() < 0.1
    assert (np.isnat(first) == np.isnat(last)).all()
    assert 0.02 < (first[known] != last[known]).mean() < 0.12
    true = batch.people.born_first[records.people.identity - 1]
    assert 0.75 < (true[known] == first[known]).mean() < 0.95


def test_a_span_of_birth_holds_the_true_day_and_never_ends_before_it_begins(batch: Batch, records: Batch) -> None:
    first, last = records.people.born_first, records.people.born_last
    span = ~np.isnat(first) & (first != last)
    true = batch.people.born_first[records.people.identity - 1]
    assert ((first[span] <= true[span]) & (true[span] <= last[span])).all()


def test_some_records_have_no_address_and_some_an_old_one(batch: Batch, records: Batch) -> None:
    assert 0.6 < len(records.addresses) / len(records) < 0.9
    now = {row[0]: row[3:5] for row in batch.addresses.rows() if row[2] is None}
    identity = dict(zip(records.people.person.tolist(), records.people.identity.tolist(), strict=True))
    old = [row[3:5] != now[identity[row[0]]] for row in records.addresses.rows()]
    assert 0.05 < sum(old) / len(old) < 0.4


def test_nobody_gives_no_records() -> None:
    assert [len(part) for part in make_records(0, 1)] == []
    (none,) = make_records(100, 1, rate=0)
    assert len(none) == 0
    assert list(none.names.rows()) == []


@pytest.mark.parametrize("rate", [-0.1, 5.1, float("nan"), float("inf")])
def test_an_absurd_rate_is_refused(rate: float) -> None:
    with pytest.raises(InvalidError):
        make_records(10, 1, rate=rate)
    with pytest.raises(InvalidError):
        Population(10, 1, rate)


def test_a_population_can_be_walked_through_again_with_the_same_result() -> None:
    population = Population(500, 8)
    first, again = ([row for part in population for row in part.names.rows()] for _ in range(2))
    assert first == again
    assert [part.kind for part in population] == ["people", "records"]
