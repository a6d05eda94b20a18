"""Merging, un-merging and keeping apart: what works, what is refused and why, and what is kept of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError, NotFoundError
from iops.foundation.models import History
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.identity import clusters
from iops.pole.identity import services as identity
from iops.pole.identity.restating import Restate
from iops.pole.models import Identity, IdentityDecision, Link, Name, Person, Verdict
from tests.force import Force
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.foundation.models import User

pytestmark = pytest.mark.django_db
WHY = "Same scar and tattoo, fingerprints agree"


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def sergeant(force: Force) -> User:
    return force.one(Role.SERGEANT)


@pytest.fixture
def people(sergeant: User) -> list[int]:
    return [pole.register_person(f"John Smith {n}", sergeant, born="12/3/1985").id for n in "abcde"]


def persons(user: User, people: list[int]) -> list[tuple[int, ...]]:
    """How the nominals stand together, as the user sees them."""
    with as_user(user):
        return sorted({tuple(clusters.together(p)) for p in people})


# --- merging --------------------------------------------------------------------------------------------------------


def test_merged_nominals_are_one_person_and_the_records_are_untouched(people: list[int], sergeant: User) -> None:
    before = list(Person.objects.order_by("id").values())
    a, b, *rest = people
    (made,) = identity.merge([a, b], WHY, sergeant)
    assert (made.one_id, made.other_id, made.verdict, made.reason, made.by) == (a, b, "same", WHY, sergeant)
    assert persons(sergeant, people) == [(a, b), *((r,) for r in rest)]
    assert list(Person.objects.order_by("id").values()) == before


def test_a_decision_keeps_what_the_model_said_at_the_time(people: list[int], sergeant: User) -> None:
    (made,) = identity.merge(people[:2], WHY, sergeant)
    made.refresh_from_db()
    assert made.weight is not None
    assert made.weight > 0
    assert made.model == "person 2026-11-23"
    assert {f["field"] for f in made.explanation} >= {"given", "born"}
    assert abs(sum(Decimal(f["weight"]) for f in made.explanation) - made.weight) <= Decimal("0.005")


def test_several_are_merged_at_once_each_with_the_first(people: list[int], sergeant: User) -> None:
    made = identity.merge(people[:4], WHY, sergeant)
    assert [(d.one_id, d.other_id) for d in made] == [(people[0], p) for p in people[1:4]]
    assert persons(sergeant, people) == [tuple(people[:4]), (people[4],)]


def test_persons_of_several_nominals_become_one(people: list[int], sergeant: User) -> None:
    a, b, c, d, _ = people
    identity.merge([d, c], WHY, sergeant)
    identity.merge([b, a], WHY, sergeant)
    identity.merge([d, b], WHY, sergeant)
    assert persons(sergeant, people)[0] == (a, b, c, d)
    assert set(Identity.objects.values_list("lead_id", flat=True)) == {a}


@pytest.mark.parametrize("role", [Role.SERGEANT, Role.INSPECTOR, Role.REGISTRAR, Role.SAFEGUARDING])
def test_these_roles_decide(force: Force, people: list[int], role: Role) -> None:
    by = force.one(role)
    identity.merge(people[:2], WHY, by)
    identity.unmerge(people[0], WHY, by)
    made = identity.not_same(people[0], people[1], WHY, by)
    identity.take_back(made.id, WHY, by)
    assert IdentityDecision.objects.count() == 4


@pytest.mark.parametrize("role", sorted(set(Role) - set(identity.DECIDERS)))
def test_others_decide_nothing(force: Force, people: list[int], role: Role) -> None:
    by = force.one(role)
    made = identity.not_same(people[2], people[3], WHY, force.one(Role.SERGEANT))
    for verb in (
        lambda: identity.merge(people[:2], WHY, by),
        lambda: identity.unmerge(people[0], WHY, by),
        lambda: identity.not_same(people[0], people[1], WHY, by),
        lambda: identity.take_back(made.id, WHY, by),
    ):
        with pytest.raises(NotAllowedError) as refused:
            verb()
        assert "sergeant" in refused.value.message
        assert refused.value.mend
    assert IdentityDecision.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_every_decision_has_a_reason(people: list[int], sergeant: User, reason: str) -> None:
    a, b, *_ = people
    for verb in (
        lambda: identity.merge([a, b], reason, sergeant),
        lambda: identity.unmerge(a, reason, sergeant),
        lambda: identity.not_same(a, b, reason, sergeant),
    ):
        with pytest.raises(InvalidError) as refused:
            verb()
        assert refused.value.details["field"] == "Reason"


@pytest.mark.parametrize("reason", ["a\x00b", "x" * 20_001])
def test_a_reason_that_cannot_be_kept_is_refused(people: list[int], sergeant: User, reason: str) -> None:
    with pytest.raises(InvalidError):
        identity.merge(people[:2], reason, sergeant)
    assert not IdentityDecision.objects.exists()


def test_a_nominal_is_not_merged_with_itself(people: list[int], sergeant: User) -> None:
    with pytest.raises(InvalidError, match="one and the same"):
        identity.merge([people[0], people[0]], WHY, sergeant)
    with pytest.raises(InvalidError, match="one and the same"):
        identity.not_same(people[0], people[0], WHY, sergeant)


def test_too_many_and_none_at_all_are_refused(people: list[int], sergeant: User) -> None:
    for wanted in ([], [*range(1, 22)]):
        with pytest.raises(InvalidError):
            identity.merge(wanted, WHY, sergeant)


@pytest.mark.parametrize("missing", [0, -1, 2**62])
def test_a_nominal_that_is_not_there_is_not_merged(people: list[int], sergeant: User, missing: int) -> None:
    with pytest.raises(NotFoundError):
        identity.merge([people[0], missing], WHY, sergeant)
    assert not Identity.objects.exists()


def test_what_is_one_person_already_is_not_merged_again(people: list[int], sergeant: User) -> None:
    a, b, c, *_ = people
    identity.merge([a, b], WHY, sergeant)
    identity.merge([b, c], WHY, sergeant)
    for again in ([a, b], [b, a], [a, c]):
        with pytest.raises(ConflictError, match="one person already"):
            identity.merge(again, WHY, sergeant)


def test_when_one_of_several_is_refused_none_is_merged(people: list[int], sergeant: User) -> None:
    identity.not_same(people[0], people[2], WHY, sergeant)
    with pytest.raises(ConflictError):
        identity.merge(people[:3], WHY, sergeant)
    assert not Identity.objects.exists()


# --- not the same ---------------------------------------------------------------------------------------------------


def test_nominals_decided_different_are_not_merged_and_the_refusal_says_who_decided(
    people: list[int], sergeant: User
) -> None:
    identity.not_same(people[0], people[1], "Twins", sergeant)
    with pytest.raises(ConflictError) as refused:
        identity.merge(people[:2], WHY, sergeant)
    assert sergeant.name in refused.value.message
    assert "Take that decision back" in refused.value.mend


def test_nor_by_way_of_a_third(people: list[int], sergeant: User) -> None:
    a, b, c, *_ = people
    identity.not_same(a, b, "Twins", sergeant)
    identity.merge([a, c], WHY, sergeant)
    with pytest.raises(ConflictError, match="John Smith a and John Smith b"):
        identity.merge([c, b], WHY, sergeant)
    assert persons(sergeant, [a, b, c]) == [(a, c), (b,)]


def test_the_database_refuses_it_by_any_route(people: list[int], sergeant: User) -> None:
    a, b, c, *_ = people
    identity.not_same(a, b, "Twins", sergeant)
    identity.merge([a, c], WHY, sergeant)
    refusal = pytest.raises(DatabaseError, match="decided not to be the same person")
    with as_user(sergeant), refusal as refused, transaction.atomic():
        IdentityDecision.objects.create(one_id=b, other_id=c, verdict="same", reason="by hand", at=clock.now())
    assert not {str(p) for p in (a, b, c)} & set(str(refused.value).replace(".", " ").split())


def test_merged_nominals_decided_different_are_merged_no_more(people: list[int], sergeant: User) -> None:
    a, b, *_ = people
    identity.merge([a, b], WHY, sergeant)
    identity.not_same(a, b, "Twins after all", sergeant)
    assert persons(sergeant, [a, b]) == [(a,), (b,)]
    with pytest.raises(ConflictError, match="already"):
        identity.not_same(b, a, "Twins", sergeant)


def test_those_who_are_one_person_by_way_of_a_third_are_not_decided_different(
    people: list[int], sergeant: User
) -> None:
    a, b, c, *_ = people
    identity.merge([a, b, c], WHY, sergeant)
    with pytest.raises(ConflictError):
        identity.not_same(b, c, "Twins", sergeant)
    assert persons(sergeant, [a, b, c]) == [(a, b, c)]


def test_a_decision_that_was_taken_back_stands_in_the_way_no_more(people: list[int], sergeant: User) -> None:
    a, b, *_ = people
    made = identity.not_same(a, b, "Twins", sergeant)
    identity.take_back(made.id, "A clerk's slip", sergeant)
    identity.merge([a, b], WHY, sergeant)
    assert persons(sergeant, [a, b]) == [(a, b)]
    with pytest.raises(ConflictError, match="does not stand any more"):
        identity.take_back(made.id, "again", sergeant)


def test_a_decision_that_is_not_there_is_not_taken_back(sergeant: User) -> None:
    with pytest.raises(NotFoundError):
        identity.take_back(2**40, WHY, sergeant)


# --- un-merging -----------------------------------------------------------------------------------------------------


def test_an_unmerged_nominal_stands_alone_and_those_it_joined_stand_apart(people: list[int], sergeant: User) -> None:
    a, b, c, d, _ = people
    identity.merge([a, b], WHY, sergeant)
    identity.merge([b, c, d], WHY, sergeant)
    identity.unmerge(b, "Two brothers", sergeant)
    assert persons(sergeant, [a, b, c, d]) == [(a,), (b,), (c,), (d,)]


def test_others_stay_together_by_their_own_decisions(people: list[int], sergeant: User) -> None:
    a, b, c, *_ = people
    identity.merge([a, b], WHY, sergeant)
    identity.merge([b, c], WHY, sergeant)
    identity.unmerge(a, "Another man", sergeant)
    assert persons(sergeant, [a, b, c]) == [(a,), (b, c)]


def test_one_pair_alone_is_unmerged(people: list[int], sergeant: User) -> None:
    a, b, c, *_ = people
    identity.merge([a, b, c], WHY, sergeant)
    identity.unmerge([(c, a)], "Another man", sergeant)
    assert persons(sergeant, [a, b, c]) == [(a, b), (c,)]
    with pytest.raises(ConflictError, match="not merged with each other"):
        identity.unmerge([(b, c)], "Another man", sergeant)


def test_there_must_be_something_to_take_back(people: list[int], sergeant: User) -> None:
    with pytest.raises(ConflictError):
        identity.unmerge(people[0], WHY, sergeant)
    with pytest.raises(ConflictError):
        identity.unmerge([], WHY, sergeant)


def test_unmerging_is_a_later_decision_and_nothing_is_deleted(people: list[int], sergeant: User) -> None:
    identity.merge(people[:2], WHY, sergeant)
    identity.unmerge(people[0], "Another man", sergeant)
    kept = list(IdentityDecision.objects.order_by("id").values_list("verdict", "reason"))
    assert kept == [("same", WHY), ("open", "Another man")]
    assert not Identity.objects.exists()


def test_history_of_every_decision_is_written(people: list[int], sergeant: User) -> None:
    identity.merge(people[:2], WHY, sergeant)
    identity.unmerge(people[0], "Another man", sergeant)
    made = list(IdentityDecision.objects.order_by("id").values_list("id", flat=True))
    with as_user(sergeant):
        rows = History.objects.filter(table_name="pole_identitydecision", row_id__in=made).order_by("id")
        assert [(h.row_id, h.actor_id, h.reason) for h in rows] == [
            (made[0], sergeant.id, WHY), (made[1], sergeant.id, "Another man")
        ]  # fmt: skip


# --- what was added since, and what was seen ------------------------------------------------------------------------


def test_what_was_added_since_can_go_to_the_nominal_it_belongs_to(people: list[int], sergeant: User) -> None:
    a, b, *_ = people
    identity.merge([a, b], WHY, sergeant)
    name = pole.add_name(a, "Johnny the Fish", sergeant, provenance=pole.Provenance(source="caller", detail="his aunt"))
    phone = pole.add_phone("0161 496 0000", sergeant)
    link = pole.link(("person", a), "user", ("phone", phone.id), sergeant)
    identity.unmerge(a, "Two men", sergeant, restate=[Restate("name", name.id, b), Restate("link", link.id, b)])
    name.refresh_from_db()
    link.refresh_from_db()
    assert name.withdrawn_reason == f"It belongs to nominal {b}: Two men"
    assert link.withdrawn_at is not None
    moved = Name.objects.get(person=b, full="Johnny the Fish")
    assert (moved.source, moved.source_detail, moved.kind, moved.withdrawn_at) == ("caller", "his aunt", "alias", None)
    assert Link.objects.get(withdrawn_at=None, to_id=phone.id, to_kind="phone").from_id == b


def test_a_value_goes_to_none_but_those_who_stood_together(people: list[int], sergeant: User) -> None:
    a, b, c, *_ = people
    identity.merge([a, b], WHY, sergeant)
    name = Name.objects.get(person=a)
    others = Name.objects.get(person=c)
    for wrong in (Restate("name", name.id, c), Restate("name", others.id, b), Restate("name", name.id, a)):
        with pytest.raises(IopsError):
            identity.unmerge(a, "Two men", sergeant, restate=[wrong])
    for missing in (Restate("name", 2**40, b), Restate("user", 1, b)):
        with pytest.raises(NotFoundError):
            identity.unmerge(a, "Two men", sergeant, restate=[missing])
    assert persons(sergeant, [a, b]) == [(a, b)]
    assert not Name.objects.exclude(withdrawn_at=None).exists()


@pytest.mark.parametrize("step", ["merge", "unmerge", "not_same"])
def test_a_preview_that_is_out_of_date_is_looked_at_again(people: list[int], sergeant: User, step: str) -> None:
    a, b, c, *_ = people
    with as_user(sergeant):
        seen = clusters.token([a, b])
    identity.merge([b, c], "meanwhile", sergeant)
    verbs: dict[str, Callable[[], object]] = {
        "merge": lambda: identity.merge([a, b], WHY, sergeant, seen=seen),
        "unmerge": lambda: identity.unmerge([(b, c)], WHY, sergeant, seen=seen),
        "not_same": lambda: identity.not_same(a, b, WHY, sergeant, seen=seen),
    }
    with pytest.raises(ConflictError, match="meanwhile") as refused:
        verbs[step]()
    assert "again" in refused.value.mend


def test_a_preview_that_is_still_true_stands(people: list[int], sergeant: User) -> None:
    with as_user(sergeant):
        seen = clusters.token(people[:2])
    identity.merge(people[3:], "others, meanwhile", sergeant)
    assert identity.merge(people[:2], WHY, sergeant, seen=seen)


# --- recording in spite of a strong match ---------------------------------------------------------------------------


def test_recording_in_spite_of_a_match_keeps_that_they_are_different(force: Force, people: list[int]) -> None:
    officer = force.one(Role.RESPONSE)
    made = identity.register_despite(
        lambda: pole.register_person("John Smith", officer), people[:2], "His passport is another", officer
    )
    kept = IdentityDecision.objects.order_by("one_id")
    assert [(d.one_id, d.other_id, d.verdict, d.by) for d in kept] == [
        (p, made.id, Verdict.DIFFERENT, officer) for p in people[:2]
    ]


def test_recording_in_spite_of_a_match_needs_a_reason_and_makes_nothing_without(
    force: Force, people: list[int]
) -> None:
    officer = force.one(Role.RESPONSE)
    before = Person.objects.count()
    with pytest.raises(InvalidError, match="recorded already") as refused:
        identity.register_despite(lambda: pole.register_person("John Smith", officer), people[:1], " ", officer)
    assert refused.value.details["matches"] == people[:1]
    assert Person.objects.count() == before


def test_recording_without_a_match_needs_none(force: Force) -> None:
    officer = force.one(Role.RESPONSE)
    assert identity.register_despite(lambda: pole.register_person("Ann Other", officer), [], "", officer).id
    assert not IdentityDecision.objects.exists()


def test_only_a_decider_keeps_apart_a_nominal_about_which_something_is_decided(force: Force, people: list[int]) -> None:
    identity.keep_apart(people[0], [people[1]], WHY, force.one(Role.RESPONSE))
    with pytest.raises(NotAllowedError):
        identity.keep_apart(people[0], [people[2]], WHY, force.one(Role.RESPONSE))


def test_the_table_of_identities_is_written_by_decisions_alone(people: list[int], sergeant: User) -> None:
    with as_user(sergeant), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Identity.objects.create(person_id=people[0], lead_id=people[1])
