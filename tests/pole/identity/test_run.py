"""The duplicate run: what it proposes, what it never asks again, that it can be stopped, and who sees what it found."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from iops.foundation.errors import NotAllowedError
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.identity import selectors
from iops.pole.identity import services as identity
from iops.pole.identity.run import Progress, find_duplicates
from iops.pole.identity.selectors import PairsFilter
from iops.pole.models import Birth, DuplicateBlock, DuplicatePair, DuplicateRun, Link, Name, Person
from tests.force import Force
from tests.foundation.acting_as import as_user
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db
WHY = "Fingerprints agree"


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def sergeant(force: Force) -> User:
    return force.one(Role.SERGEANT)


def record(name: str, by: User, born: str = "", phone: str = "", postcode: str = "") -> int:
    person = pole.register_person(name, by, born=born)
    if phone:
        pole.link(("person", person.id), "user", ("phone", pole.add_phone(phone, by).id), by)
    if postcode:
        pole.place_at(person.id, pole.register_location(f"1 Mill Lane, {postcode}", by).id, by)
    return person.id


@pytest.fixture
def people(sergeant: User) -> list[int]:
    """Two spellings of one man, a twin sister at the same address, and somebody else."""
    return [
        record("Jonathan Featherstone", sergeant, "12/3/1985", "0161 496 0001", "AB1 2CD"),
        record("Jon Fetherstone", sergeant, "12/3/1985", "0161 496 0001", "AB1 2CD"),
        record("Joan Featherstone", sergeant, "12/3/1985", "", "AB1 2CD"),
        record("Precious Okonkwo", sergeant, "1/1/1990", "0161 496 0009"),
    ]


def waiting(user: User, **wanted: object) -> list[tuple[int, int]]:
    found = selectors.pairs_to_decide(user, PairsFilter(**wanted))  # type: ignore[arg-type]
    return [(w.pair.one_id, w.pair.other_id) for w in found.page.rows]


def test_likely_duplicates_are_proposed_the_weightiest_first_each_explained(people: list[int], sergeant: User) -> None:
    with as_user(None):
        done = find_duplicates()
    assert done.finished
    assert done.compared >= 1
    found = waiting(sergeant)
    assert (people[0], people[1]) in found
    with as_user(sergeant):
        weights = [DuplicatePair.objects.get(one=one, other=other).weight for one, other in found]
    assert weights == sorted(weights, reverse=True)
    assert all(people[3] not in pair for pair in found)
    with as_user(sergeant):
        pair = DuplicatePair.objects.get(one=people[0], other=people[1])
    assert Decimal("0.9") < pair.probability <= 1
    assert {f["field"] for f in pair.explanation} >= {"given", "family", "born", "phone", "postcode"}
    assert pair.model == "person 2026-11-23"


def test_a_second_run_proposes_nothing_twice(people: list[int], sergeant: User) -> None:
    with as_user(None):
        find_duplicates()
        first = waiting(sergeant)
        find_duplicates()
    assert waiting(sergeant) == first
    assert DuplicateRun.objects.exclude(finished_at=None).count() == 2


@pytest.mark.parametrize("verb", [identity.merge, identity.not_same])
def test_a_pair_that_is_decided_is_never_asked_about_again(people: list[int], sergeant: User, verb: object) -> None:
    with as_user(None):
        find_duplicates()
    if verb is identity.merge:
        identity.merge(people[:2], WHY, sergeant)
    else:
        identity.not_same(people[0], people[1], "Cousins", sergeant)
    assert (people[0], people[1]) not in waiting(sergeant)
    with as_user(None):
        find_duplicates()
    assert (people[0], people[1]) not in waiting(sergeant)


def test_nor_is_one_that_was_decided_before_any_run(people: list[int], sergeant: User) -> None:
    identity.not_same(people[0], people[1], "Cousins", sergeant)
    with as_user(None):
        find_duplicates()
    assert (people[0], people[1]) not in waiting(sergeant)


def test_nor_one_that_is_kept_apart_by_a_decision_about_others_of_the_same_persons(
    people: list[int], sergeant: User
) -> None:
    third = record("J Featherstone", sergeant, "12/3/1985")
    with as_user(None):
        find_duplicates()
    identity.merge([people[1], third], WHY, sergeant)
    identity.not_same(people[0], third, "Cousins", sergeant)
    assert (people[0], people[1]) not in waiting(sergeant)
    assert (people[0], third) not in waiting(sergeant)


def test_a_pair_whose_decision_is_taken_back_waits_again(people: list[int], sergeant: User) -> None:
    with as_user(None):
        find_duplicates()
    before = waiting(sergeant)
    identity.merge(people[:2], WHY, sergeant)
    identity.unmerge(people[0], "Another man", sergeant)
    assert waiting(sergeant) == before


def test_a_stopped_run_goes_on_where_it_stopped(people: list[int], sergeant: User) -> None:
    told: list[Progress] = []
    with as_user(None):
        stopped = find_duplicates(told.append, chunk=1, most_chunks=2)
        assert not stopped.finished
        assert stopped.reached == people[1]
        done = find_duplicates(told.append, chunk=1)
    assert done.finished
    assert [p.reached for p in told] == [*people, people[-1]]
    assert (people[0], people[1]) in waiting(sergeant)
    assert DuplicateRun.objects.count() == 1


def test_a_run_that_another_model_began_begins_again(people: list[int], sergeant: User) -> None:
    with as_user(None):
        find_duplicates(chunk=1, most_chunks=2)
        with connection.cursor() as cursor:
            cursor.execute("select iops.duplicates_begin('person another')")
        run = DuplicateRun.objects.get()
    assert (run.model, run.reached, run.proposed) == ("person another", 0, 0)


def test_a_pair_that_a_run_finds_no_more_is_asked_about_no_more(people: list[int], sergeant: User) -> None:
    with as_user(None):
        find_duplicates()
    assert (people[0], people[1]) in waiting(sergeant)
    pole.add_name(people[1], "Zebedee Quirk", sergeant, kind="main")
    for model, of in (
        (Name, {"full": "Jon Fetherstone"}),
        (Birth, {"person": people[1]}),
        (Link, {"from_id": people[1]}),
    ):
        for value in model._default_manager.filter(**of):
            pole.withdraw(value, "Of somebody else", sergeant)
    pole.add_birth(people[1], "1/1/1931", sergeant)
    with as_user(sergeant):
        Person.objects.filter(id=people[1]).update(born=None)
    with as_user(None):
        find_duplicates()
    assert all(people[1] not in pair for pair in waiting(sergeant))


def test_nothing_at_all_is_compared_in_an_empty_force(sergeant: User) -> None:
    with as_user(None):
        done = find_duplicates()
    assert (done.compared, done.proposed, done.finished) == (0, 0, True)
    assert waiting(sergeant) == []


def test_a_key_that_very_many_share_is_not_used_and_is_counted(sergeant: User) -> None:
    people = Person.objects.bulk_create(Person(name=f"Unknown {n}", made_up=True) for n in range(401))
    Name.objects.bulk_create(
        Name(person=p, full=p.name, given="", family="", recorded_at="2020-01-01T00:00Z", kind="description")
        for p in people
    )
    with as_user(None):
        find_duplicates(most_chunks=0)
        run = DuplicateRun.objects.get()
    assert run.crowded >= 1
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        DuplicateBlock.objects.count()


def test_the_ratio_tells_what_is_still_open_and_by_which_model(people: list[int], sergeant: User) -> None:
    with as_user(None):
        find_duplicates()
    with as_user(sergeant):
        ratio = selectors.duplicate_ratio()
    assert ratio.likely_pairs == len(waiting(sergeant))
    assert 1 <= ratio.expected_duplicates <= ratio.likely_pairs
    assert "wait for a decision" in ratio.text
    assert "person 2026-11-23" in ratio.text


def test_pairs_are_asked_for_by_nominal_by_likelihood_and_by_page(people: list[int], sergeant: User) -> None:
    with as_user(None):
        find_duplicates()
    assert all(people[2] in pair for pair in waiting(sergeant, person_id=people[2]))
    assert waiting(sergeant, at_least=Decimal(1)) == [] or len(waiting(sergeant, at_least=Decimal(1))) > 0
    assert waiting(sergeant, page=7) == []
    assert waiting(sergeant, person_id=people[3]) == []


def test_each_page_of_pairs_is_a_look(people: list[int], sergeant: User) -> None:
    with as_user(None):
        find_duplicates()
    shown = {i for pair in waiting(sergeant) for i in pair}
    with assert_consulted("person", shown, sergeant):
        selectors.pairs_to_decide(sergeant, PairsFilter())


def test_a_pair_with_a_hidden_nominal_is_there_for_its_list_alone(
    people: list[int], force: Force, sergeant: User
) -> None:
    inspector = force.one(Role.INSPECTOR)
    pole.restrict_person(people[1], "Protected witness", inspector, hinted=False)
    with as_user(None):
        find_duplicates()
    assert (people[0], people[1]) in waiting(inspector)
    assert all(people[1] not in pair for pair in waiting(sergeant))
    with as_user(sergeant):
        mine = selectors.duplicate_ratio()
    with as_user(inspector):
        theirs = selectors.duplicate_ratio()
    assert mine.likely_pairs < theirs.likely_pairs
    assert theirs.nominals - mine.nominals == 1


def test_nobody_runs_it_in_their_own_name(people: list[int], sergeant: User) -> None:
    with as_user(sergeant), pytest.raises(DatabaseError, match="by the system"), transaction.atomic():
        find_duplicates()
    for made in (DuplicatePair, DuplicateRun):
        with as_user(sergeant), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            made.objects.update(model="forged")


def test_names_as_hostile_as_they_come_are_compared(sergeant: User) -> None:
    for name in ("x" * 300, "'; drop table pole_person; --", "%_\\", "محمد عبد الله", "👮" * 20, "Ꮪ" * 50, "a b " * 30):
        for _ in range(2):
            record(name, sergeant, "29/2/1904")
    with as_user(None):
        done = find_duplicates()
    assert done.finished
    assert done.proposed >= 1


def test_only_those_who_decide_may_decide_what_was_found(people: list[int], force: Force) -> None:
    with as_user(None):
        find_duplicates()
    officer = force.one(Role.RESPONSE)
    assert waiting(officer)
    with pytest.raises(NotAllowedError):
        identity.merge(people[:2], WHY, officer)
