"""Allocation in the database: what waits and why, whom the database refuses, what is kept of the suggestion."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from iops.crime.allocation import selectors, services
from iops.crime.models import AllocationChoice, CrimeOutcome, CrimeOwner
from iops.crime.recorded import deciding, life
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.paging import Turn
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.safeguarding import services as safeguarding
from iops.safeguarding.vulnerability.services import Told, raise_record
from tests.crime.allocation.scene import GRAVE, crime, detective, standing
from tests.crime.recorded.rows import TWENTY

if TYPE_CHECKING:
    from tests.force import Force

pytestmark = pytest.mark.django_db


def test_a_recorded_crime_waits_until_it_is_allocated_and_again_when_nothing_holds_it(force: Force) -> None:
    sergeant, one = force.one(Role.SERGEANT), crime(force)
    row = standing(one)
    assert row is not None
    assert row.waits
    assert row.seriousness == 2
    ann = detective("Ann", force.district)
    services.allocate(one.id, sergeant, "Took the report", user_id=ann.id)
    row = standing(one)
    assert row is not None
    assert (row.waits, row.holder_id) == (False, ann.id)


def test_a_crime_that_has_ended_has_no_row_and_has_one_again_when_it_is_reopened(force: Force) -> None:
    one = crime(force)
    CrimeOutcome.objects.create(
        crime=one, code="20", facts=TWENTY, reason="x", at=clock.now(), by=force.one(Role.SERGEANT)
    )
    assert standing(one) is None
    deciding.reopen(one.id, "New facts", force.one(Role.SERGEANT))
    row = standing(one)
    assert row is not None
    assert row.waits


def test_floors_follow_the_facts_of_safeguarding_in_the_same_transaction(force: Force) -> None:
    officer, one = force.one(Role.RESPONSE), crime(force, GRAVE, domestic=True)
    row = standing(one)
    assert row is not None
    assert row.floors == []
    victim = one.victims.get().person
    raise_record(one.incident_id, Told(victim.id, "da_adult", "high", "Afraid of him", "given"), officer)
    row = standing(one)
    assert row is not None
    assert row.floors == ["serious_vulnerable"]
    assert row.critical
    safeguarding.assess_risk(one.incident_id, {}, "high", "Fear", officer)
    safeguarding.link_child(one.incident_id, "Lee Brown (made up)", dt.date(2019, 2, 3), officer)
    row = standing(one)
    assert row is not None
    assert row.floors == ["serious_vulnerable", "domestic_high", "child_present"]
    assert row.floored == 3


def test_a_victim_who_turns_out_to_be_a_child_lifts_the_crime(force: Force) -> None:
    officer, one = force.one(Role.RESPONSE), crime(force)
    child = pole.register_person("Lee Brown (made up)", officer, born="2015-02-03")
    pole.link(("person", child.id), "victim", ("crime", one.id), officer)
    row = standing(one)
    assert row is not None
    assert row.floors == ["child_victim"]
    assert not row.critical


def test_the_list_has_the_most_floors_first_then_the_gravest_then_the_oldest(force: Force) -> None:
    plain, older = crime(force), None
    grave = crime(force, GRAVE)
    older = crime(force)
    child = crime(force, born="2015-02-03")
    both = crime(force, GRAVE, born="2015-02-03")
    page = selectors.unallocated(force.one(Role.SERGEANT), selectors.Wanted())
    assert [w.row.crime_id for w in page.rows] == [both.id, child.id, grave.id, plain.id, older.id]
    assert page.rows[0].why[:2] == ("serious, and the victim is vulnerable", "the victim is a child")
    only = selectors.unallocated(force.one(Role.SERGEANT), selectors.Wanted(critical=True))
    assert [w.row.crime_id for w in only.rows] == [both.id]
    tile = selectors.tile()
    assert (tile.said, tile.oldest) == ("1", both.recorded_at)


def test_pages_go_on_by_key_and_come_back_without_losing_or_repeating_any(
    force: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iops.crime.allocation.selectors.PAGE_SIZE", 2)
    monkeypatch.setattr("iops.foundation.paging.PAGE_SIZE", 2)
    made = {crime(force, answers).id for answers in (GRAVE, GRAVE, {"class": "8N", "a.all.reporter": "victim"})}
    viewer = force.one(Role.SERGEANT)
    first = selectors.unallocated(viewer, selectors.Wanted())
    second = selectors.unallocated(viewer, selectors.Wanted(turn=Turn(2, after=first.next)))
    assert [len(first.rows), len(second.rows), second.next] == [2, 1, ""]
    assert {w.row.crime_id for w in (*first.rows, *second.rows)} == made
    back = selectors.unallocated(viewer, selectors.Wanted(turn=Turn(2, before=second.previous)))
    assert back.rows[-1].row.crime_id == first.rows[-1].row.crime_id
    with pytest.raises(InvalidError, match="no place"):
        selectors.unallocated(viewer, selectors.Wanted(turn=Turn(2, after="x~y")))


@pytest.mark.usefixtures("own_clock")
def test_what_lies_late_shows_to_whom_it_went_up(force: Force) -> None:
    one = crime(force)
    row = selectors.unallocated(force.one(Role.SERGEANT), selectors.Wanted()).rows[0]
    assert (row.late, row.escalated) == (False, "")
    assert row.due_at == one.recorded_at + dt.timedelta(hours=24)
    with clock.at(one.recorded_at + dt.timedelta(hours=49)):
        row = selectors.unallocated(force.one(Role.SERGEANT), selectors.Wanted()).rows[0]
    assert (row.late, row.escalated) == (True, "inspector")


# --- suggestion and choice -------------------------------------------------------------------------------------------


def test_following_the_suggestion_needs_no_reason_and_keeps_those_of_the_suggestion(force: Force) -> None:
    inspector = force.one(Role.INSPECTOR)
    detective("Ann", force.district)
    skilled = detective("Bea", force.district, "pip2", by=inspector)
    one = crime(force, GRAVE)
    owner = services.allocate(one.id, inspector, user_id=skilled.id)
    choice = AllocationChoice.objects.get(owner=owner)
    assert (choice.followed, choice.place, choice.against_reason) == (True, 1, "")
    assert owner.reason.startswith("Suggested first: PIP2 accredited; works in this district; holds no open crime")
    assert choice.suggested[0]["user"] == skilled.id


def test_against_the_suggestion_needs_a_reason_that_is_kept(force: Force) -> None:
    inspector = force.one(Role.INSPECTOR)
    plain = detective("Ann", force.district)
    detective("Bea", force.district, "pip2", by=inspector)
    one = crime(force, GRAVE)
    with pytest.raises(InvalidError, match="not the suggestion, Bea"):
        services.allocate(one.id, inspector, "  ", user_id=plain.id)
    assert not CrimeOwner.objects.filter(crime=one).exists()
    owner = services.allocate(one.id, inspector, "Took the statement already", user_id=plain.id)
    choice = AllocationChoice.objects.get(owner=owner)
    assert (choice.followed, choice.against_reason) == (False, "Took the statement already")
    assert choice.place is not None
    assert choice.place > 1


def test_the_database_keeps_no_choice_against_without_a_reason(force: Force) -> None:
    one, ann = crime(force), detective("Ann", force.district)
    owner = services.allocate(one.id, force.one(Role.SERGEANT), "x", user_id=ann.id)
    again = life.allocate(one.id, force.one(Role.SERGEANT), "x", user_id=ann.id)
    told = {"crime": one, "suggested": [{"user": ann.id}], "edition": dt.date(2026, 1, 1), "at": clock.now()}
    wrong_ones = (
        {"followed": False, "owner": again},
        {"followed": True, "place": 2, "owner": again},
        {"followed": True, "place": None, "owner": again},
        {"followed": True, "place": 1, "owner": owner},
    )
    for wrong in wrong_ones:
        with pytest.raises(DatabaseError), transaction.atomic():
            AllocationChoice.objects.create(**told, **wrong)
    other = life.allocate(crime(force).id, force.one(Role.SERGEANT), "x", user_id=ann.id)
    with pytest.raises(DatabaseError, match="another crime"), transaction.atomic():
        AllocationChoice.objects.create(**told, followed=True, place=1, owner=other)


def test_who_holds_a_crime_of_the_same_suspect_comes_before_who_holds_none(force: Force) -> None:
    inspector = force.one(Role.INSPECTOR)
    detective("Ann", force.district)
    holder = detective("Bea", force.district)
    tom = pole.register_person("Tom Reed (made up)", inspector, born="1991-01-01")
    before, later = crime(force, suspect=tom), crime(force, suspect=tom)
    services.allocate(before.id, inspector, "Near", user_id=holder.id)
    first = selectors.of_crime(later).suggestion.officers[0]
    assert first.officer.id == holder.id
    assert f"holds {before.reference} of the same people" in first.said


def test_skills_hold_from_and_until_a_day(force: Force) -> None:
    inspector, today = force.one(Role.INSPECTOR), clock.today()
    ann = detective("Ann", force.district)
    one = crime(force, GRAVE)

    def lacks() -> bool:
        found = selectors.of_crime(one).suggestion.of(ann.id)
        assert found is not None
        return bool(found.lacks)

    assert lacks()
    skill = services.give_skill(ann.id, "pip2", "Certificate", inspector, since=today + dt.timedelta(days=1))
    assert lacks()
    services.end_skill(skill.id, today + dt.timedelta(days=1), inspector)
    services.give_skill(ann.id, "pip2", "Certificate", inspector, since=today - dt.timedelta(days=9))
    assert not lacks()
    with pytest.raises(ConflictError):
        services.give_skill(ann.id, "pip2", "Certificate", inspector)
    told: dict[str, object] = {"user_id": ann.id, "skill": "hate", "shown_by": "x", "by": inspector}
    for wrong in ({"skill": "flying"}, {"shown_by": " "}, {"shown_by": "x" * 201}):
        with pytest.raises(InvalidError):
            services.give_skill(**(told | wrong))  # type: ignore[arg-type]
    with pytest.raises(NotAllowedError):
        services.give_skill(ann.id, "hate", "x", ann)
    with pytest.raises(NotFoundError):
        services.give_skill(10**9, "hate", "x", inspector)


# --- conflict of interest --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tie", "refused"), [("oneself", True), ("family", True), ("partner", True), ("knows", False)])
def test_a_party_or_relative_is_never_suggested_and_the_database_refuses_them(
    force: Force, tie: str, refused: bool
) -> None:
    inspector = force.one(Role.INSPECTOR)
    tied, other = detective("Ann", force.district), detective("Bea", force.district)
    victim = pole.register_person("Kay Shah (made up)", inspector, born="1980-05-06")
    one = crime(force, victim=victim)
    services.state_tie(tied.id, victim.id, tie, "Said so herself", tied)
    suggestion = selectors.of_crime(one).suggestion
    assert suggestion.of(tied.id) is None
    assert suggestion.of(other.id) is not None
    assert suggestion.tied == 1
    if refused:
        with pytest.raises(NotAllowedError, match="does not own it"):
            services.allocate(one.id, inspector, "Nobody else", user_id=tied.id)
        with pytest.raises(DatabaseError, match="does not own it"), transaction.atomic():
            CrimeOwner.objects.create(crime=one, user=tied, reason="x", at=clock.now())
    else:
        services.allocate(one.id, inspector, "Nobody else", user_id=tied.id)
        assert selectors.of_crime(one).owner_tie == "knows"


def test_a_tie_holds_for_every_nominal_of_the_same_person_and_until_it_is_withdrawn(force: Force) -> None:
    inspector = force.one(Role.INSPECTOR)
    ann = detective("Ann", force.district)
    one = crime(force)
    victim = one.victims.get().person
    tie = services.state_tie(ann.id, victim.id, "family", "Her brother", inspector)
    assert services.state_tie(ann.id, victim.id, "family", "Again", inspector) == tie
    with pytest.raises(NotAllowedError):
        services.withdraw_tie(tie.id, "Not so", ann)
    services.withdraw_tie(tie.id, "Another of that name", inspector)
    with pytest.raises(ConflictError):
        services.withdraw_tie(tie.id, "Twice", inspector)
    services.allocate(one.id, inspector, "Free again", user_id=ann.id)
    with pytest.raises(NotAllowedError):
        services.state_tie(inspector.id, victim.id, "family", "Gossip", ann)
    with pytest.raises(InvalidError):
        services.state_tie(ann.id, victim.id, "enemy", "x", ann)
