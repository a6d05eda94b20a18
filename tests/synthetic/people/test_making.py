"""The generator of people: the same for the same seed, in any part, and shaped like Greater Manchester."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.foundation.errors import InvalidError
from iops.synthetic.people import AS_AT, BATCH, Batch, make_batch, make_people
from iops.synthetic.people.as_copy import TABLES, copy_lines
from iops.synthetic.people.communities import COMMUNITIES


def written(batch: Batch) -> list[str]:
    return [line for table in TABLES for line in copy_lines([batch], table)]


def test_the_same_seed_gives_the_same_bytes(batch: Batch) -> None:
    assert written(make_batch(0, 11)) == written(batch)


def test_another_seed_gives_other_people(batch: Batch) -> None:
    other = make_batch(0, 12)
    same = sum(a == b for a, b in zip(other.names.full[:5000], batch.names.full[:5000], strict=True))
    assert same < 50


def test_a_batch_made_alone_is_the_batch_of_the_whole_run() -> None:
    whole = list(make_people(3 * BATCH, 4))
    assert [len(part) for part in whole] == [BATCH] * 3
    assert written(make_batch(2, 4)) == written(whole[2])


def test_starting_in_the_middle_gives_the_rest_of_the_people() -> None:
    whole = [row for part in make_people(BATCH + 40, 4) for row in part.people.rows()]
    rest = [row for part in make_people(BATCH + 40, 4, start=BATCH - 10) for row in part.people.rows()]
    assert rest == whole[BATCH - 10 :]
    assert [row[0] for row in rest] == list(range(BATCH - 9, BATCH + 41))


def test_a_smaller_count_gives_the_first_of_the_same_people(batch: Batch) -> None:
    few = next(make_people(100, 11))
    assert list(few.names.rows()) == [row for row in batch.names.rows() if row[0] <= 100]  # type: ignore[operator]
    assert list(few.addresses.rows()) == [row for row in batch.addresses.rows() if row[0] <= 100]  # type: ignore[operator]


@settings(max_examples=8)
@given(count=st.integers(0, 60), start=st.integers(0, 80))
def test_any_count_and_start_give_exactly_those_person_numbers(count: int, start: int) -> None:
    numbers = [n for part in make_people(count, 2, start) for n in part.people.person.tolist()]
    assert numbers == list(range(start + 1, count + 1))


def test_nobody_is_made_when_none_are_asked_for() -> None:
    assert list(make_people(0, 1)) == []


def test_one_person_has_a_name_and_an_address() -> None:
    (one,) = make_people(1, 1)
    assert len(one.people) == 1
    assert "main" in one.names.kind.tolist()
    assert len(one.addresses) >= 1


def test_a_huge_count_is_asked_lazily() -> None:
    people = make_people(10**9, 1)
    first = next(people)
    people.close()  # type: ignore[attr-defined]
    assert len(first) == BATCH


def test_the_last_of_a_huge_count_can_be_made_alone() -> None:
    (last,) = make_people(10**9, 1, start=10**9 - 5)
    assert last.people.person.tolist() == list(range(10**9 - 4, 10**9 + 1))


@pytest.mark.parametrize(
    ("count", "seed", "start"), [(-1, 1, 0), (10**9 + 1, 1, 0), (1, -1, 0), (1, 2**63, 0), (1, 1, -1)]
)
def test_absurd_parameters_are_refused_at_once(count: int, seed: int, start: int) -> None:
    with pytest.raises(InvalidError) as refused:
        make_people(count, seed, start)
    assert refused.value.mend


def test_every_batch_says_that_it_is_made_up(batch: Batch) -> None:
    assert batch.made_up is True
    assert batch.between(1, 5).made_up is True


def test_columns_of_a_table_are_equally_long_and_sorted_by_person(batch: Batch) -> None:
    for table in (batch.people, batch.names, batch.contacts, batch.addresses):
        assert {len(column) for column in table.columns()} == {len(table)}
        assert (np.diff(table.person) >= 0).all()


def test_every_person_has_one_main_name_and_one_present_address(batch: Batch) -> None:
    main = Counter(batch.names.person[batch.names.kind == "main"].tolist())
    homes = Counter(batch.addresses.person[np.isnat(batch.addresses.until)].tolist())
    everybody = dict.fromkeys(range(1, BATCH + 1), 1)
    assert main == everybody
    assert homes == everybody


def test_a_person_is_their_own_true_identity(batch: Batch) -> None:
    assert (batch.people.person == batch.people.identity).all()


def test_communities_have_the_shares_of_the_census() -> None:
    counted: Counter[str] = Counter()
    for part in make_people(4 * BATCH, 3):
        counted.update(part.people.community.tolist())
    everybody = sum(community.total for community in COMMUNITIES)
    for community in COMMUNITIES:
        expected, seen = community.total / everybody, counted[community.name] / (4 * BATCH)
        assert seen == pytest.approx(expected, rel=0.2, abs=0.003), community.name
    assert counted["White British"] / (4 * BATCH) == pytest.approx(0.713, abs=0.02)


def test_the_age_pyramid_is_near_the_census(batch: Batch) -> None:
    years = (np.datetime64(AS_AT) - batch.people.born_first).astype(int) / 365.25
    assert (years < 16).mean() == pytest.approx(0.20, abs=0.04)
    assert ((years >= 16) & (years < 65)).mean() == pytest.approx(0.64, abs=0.05)
    assert (years >= 65).mean() == pytest.approx(0.16, abs=0.03)
    assert years.min() >= 0
    assert years.max() < 102


def test_about_half_of_the_people_are_women(batch: Batch) -> None:
    assert (batch.people.sex == "F").mean() == pytest.approx(0.505, abs=0.03)


def test_everybody_was_born_and_moved_in_by_the_day_asked_for() -> None:
    early = make_batch(0, 9, date(2019, 7, 9))
    assert early.people.born_first.max() <= np.datetime64("2019-07-09")
    assert early.addresses.since.max() <= np.datetime64("2019-07-09")
    assert early.contacts.since.max() <= np.datetime64("2019-07-09")


def test_nobody_lived_anywhere_before_birth_and_no_stay_ends_before_it_begins(batch: Batch) -> None:
    born = batch.people.born_first[batch.addresses.person - 1]
    assert (batch.addresses.since >= born).all()
    ended = ~np.isnat(batch.addresses.until)
    assert (batch.addresses.until[ended] >= batch.addresses.since[ended]).all()


def homes(batch: Batch) -> dict[int, tuple[object, ...]]:
    return {row[0]: row[3:8] for row in batch.addresses.rows() if row[2] is None}  # type: ignore[misc]


def test_a_household_shares_its_address_and_nobody_else_does(batch: Batch) -> None:
    at, where = defaultdict(set), homes(batch)
    for person, household in zip(batch.people.person.tolist(), batch.people.household.tolist(), strict=True):
        at[where[person]].add(household)
    assert all(len(households) == 1 for households in at.values())
    sizes = Counter(batch.people.household.tolist()).values()
    assert sum(sizes) / len(sizes) == pytest.approx(2.36, abs=0.1)


def test_households_share_a_family_name_mostly(batch: Batch) -> None:
    main = batch.names.take(batch.names.kind == "main")
    by_household = defaultdict(list)
    for household, family in zip(batch.people.household.tolist(), main.family.tolist(), strict=True):
        by_household[household].append(family)
    shared = [Counter(names).most_common(1)[0][1] > 1 for names in by_household.values() if len(names) > 1]
    assert 0.6 < sum(shared) / len(shared) < 0.97


def test_some_sons_bear_their_fathers_whole_name(batch: Batch) -> None:
    main = batch.names.take(batch.names.kind == "main")
    named = Counter(zip(batch.people.household.tolist(), main.given.tolist(), main.family.tolist(), strict=True))
    assert sum(number > 1 for number in named.values()) > 20


def test_some_people_once_lived_where_another_household_of_their_name_lives(batch: Batch) -> None:
    main = batch.names.take(batch.names.kind == "main")
    family = dict(zip(main.person.tolist(), main.family.tolist(), strict=True))
    living = {(where, family[person]) for person, where in homes(batch).items()}
    earlier = [row for row in batch.addresses.rows() if row[2] is not None]
    assert sum((row[3:8], family[row[0]]) in living for row in earlier) > 100


def test_names_are_as_uneven_as_real_ones(batch: Batch) -> None:
    main = batch.names.take(batch.names.kind == "main")
    families = Counter(main.family.tolist())
    assert 0.006 < families["Smith"] / BATCH < 0.02
    assert len(families) > 5000
    pairs = Counter(zip(main.given.tolist(), main.family.tolist(), strict=True))
    assert pairs.most_common(1)[0][1] / BATCH < 0.002


def test_the_other_kinds_of_name_are_there_in_plausible_numbers(batch: Batch) -> None:
    kinds = Counter(batch.names.kind.tolist())
    assert 0.05 < kinds["maiden"] / BATCH < 0.25
    assert 0.02 < kinds["alias"] / BATCH < 0.06
    assert 0.05 < kinds["nickname"] / BATCH < 0.2
    main = batch.names.take(batch.names.kind == "main")
    assert 0.3 < (main.middle != "").mean() < 0.7
    assert 0.001 < (main.family == "").mean() < 0.01
    assert 0.01 < np.mean([("-" in name or " " in name) for name in main.family]) < 0.06


def test_some_people_are_stored_in_their_own_script_with_their_latin_name_beside_it() -> None:
    found = 0
    for part in make_people(2 * BATCH, 3):
        names = defaultdict(list)
        for person, kind, given_name, *_ in part.names.rows():
            names[person].append((kind, given_name))
        for kinds in names.values():
            if any(kind == "main" and not str(name).isascii() and str(name)[0] > "\u0370" for kind, name in kinds):
                found += 1
                assert any(kind == "alias" and str(name)[0] < "\u0250" for kind, name in kinds)
    assert found > 20


def test_the_full_name_holds_its_parts(batch: Batch) -> None:
    for _, _, given_name, middle, family, full in list(batch.names.rows())[:5000]:
        assert sorted(str(full).split()) == sorted(f"{given_name} {middle} {family}".split())


def test_no_name_is_empty_and_none_holds_what_names_do_not(batch: Batch) -> None:
    for name in batch.names.full.tolist():
        assert name.strip() == name != ""
        assert not any(sign in name for sign in "\t\n\\;<>0123456789")
