"""Handing a desk over: what is outstanding, who handed it to whom, and what becomes of what the first was told."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from iops.control import services as control
from iops.control.handover import selectors, services
from iops.control.models import DeskDuty, Handover
from iops.control.record import transfers
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import Consultation, District
from iops.foundation.roles import Role
from tests.control.handover.conftest import after, told
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from iops.foundation.models import User
    from tests.control.handover.conftest import Desk

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def on(desk: Desk, name: str, role: str = "dispatcher") -> User:
    return desk.on(name, role).user


def test_what_is_outstanding_is_there_by_grade_and_clock(desk: Desk) -> None:
    anna, handler = on(desk, "anna"), desk.force.one(Role.CALL_HANDLER)
    slow, fast, new, done = (desk.force.incident() for _ in range(4))
    control.grade(slow.id, 3, "", handler)
    control.grade(fast.id, 1, "", handler)
    control.grade(done.id, 5, "", handler)
    control.close(done.id, "No trace", anna)
    sent = control.assign_unit(fast.id, "N9", anna)
    services.leave_message(desk.team.id, "The lift key is with security", handler)
    found = selectors.outstanding(desk.team.id, anna)
    assert [(r.incident, r.grade) for r in found.incidents] == [(new, None), (fast, 1), (slow, 3)]
    assert [d.id for d in found.units] == [sent.id]
    assert {d.duty.rule_id for d in found.duties} == {"grade-incident", "attend-grade-1", "attend-grade-3"}
    assert found.counts == {"incidents": 3, "units": 1, "duties": 3, "late": 0, "transfers": 0, "messages": 1}


def test_only_what_falls_due_within_the_hours_is_there(desk: Desk) -> None:
    anna = on(desk, "anna")
    control.grade(desk.force.incident().id, 3, "", anna)
    assert selectors.outstanding(desk.team.id, anna, 3).counts["duties"] == 0
    assert selectors.outstanding(desk.team.id, anna, 5).counts["duties"] == 1


@pytest.mark.parametrize(("asked", "given"), [(-5, 1), (0, 1), (10_000, 72)])
def test_hours_out_of_reason_are_held_within_it(desk: Desk, asked: int, given: int) -> None:
    assert selectors.outstanding(desk.team.id, on(desk, "anna"), asked).hours == given


def test_a_desk_of_a_district_has_what_is_of_its_district(desk: Desk) -> None:
    south = District.objects.create(code="S", name="South (made up)")
    team = desk.desk_of(south)
    dispatcher = desk.force.one(Role.DISPATCHER)
    here, there = desk.force.incident(), desk.force.incident(district_id=south.id)
    offer = transfers.offer_to_district(here.id, south.id, "Over the river", dispatcher)
    found = selectors.outstanding(team.id, dispatcher)
    assert [r.incident for r in found.incidents] == [there]
    assert [t.id for t in found.transfers] == [offer.id]
    assert "transfer-accept" in {d.duty.rule_id for d in found.duties}


def test_a_restricted_incident_is_not_among_it_for_who_may_not_see_it(desk: Desk) -> None:
    anna, sergeant = on(desk, "anna"), desk.force.one(Role.SERGEANT)
    secret = desk.force.incident()
    control.restrict(secret.id, [], [], "Officer involved", sergeant)
    services.hand_over(desk.team.id, "dispatcher", "", anna)
    assert Handover.objects.get().snapshot["incidents"] == []
    assert selectors.outstanding(desk.team.id, anna).counts["incidents"] == 0
    assert [r.incident for r in selectors.outstanding(desk.team.id, sergeant).incidents] == [secret]


def test_the_look_is_logged(desk: Desk) -> None:
    anna, incident = on(desk, "anna"), desk.force.incident()
    selectors.outstanding(desk.team.id, anna)
    with as_user(anna):
        looks = list(Consultation.objects.filter(user=anna, kind="incident", query__team_id=desk.team.id))
    assert [look.record_ids for look in looks] == [[incident.id]]


def test_the_number_of_statements_does_not_grow_with_what_there_is(desk: Desk) -> None:
    anna = on(desk, "anna")

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            selectors.outstanding(desk.team.id, anna)
        return len(made)

    desk.force.incident()
    few = statements()
    for number in range(6):
        control.assign_unit(desk.force.incident().id, f"N{number}", anna)
    assert statements() <= few + 2


def test_x_hands_over_and_y_accepts_and_what_stood_open_is_kept(desk: Desk) -> None:
    anna, ben = on(desk, "anna"), desk.person("ben", "dispatcher")
    incident = desk.force.incident()
    given = services.hand_over(desk.team.id, "dispatcher", "Quiet night", anna)
    later = desk.force.incident()
    taken = services.accept_handover(given.id, ben)
    assert (taken.handed_by, taken.accepted_by, taken.note) == (anna, ben, "Quiet night")
    assert [i["id"] for i in taken.snapshot["incidents"]] == [incident.id]
    assert taken.accepted_snapshot is not None
    assert {i["id"] for i in taken.accepted_snapshot["incidents"]} == {incident.id, later.id}
    assert [d.user for d in selectors.on_at(desk.team.id)] == [ben]
    assert DeskDuty.objects.get(user=anna).ended_at == clock.now()


def test_until_it_is_accepted_who_hands_over_stays_on(desk: Desk) -> None:
    anna = on(desk, "anna")
    services.hand_over(desk.team.id, "dispatcher", "", anna)
    assert [d.user for d in selectors.on_at(desk.team.id)] == [anna]


def test_who_accepts_may_have_come_on_and_who_handed_over_may_have_left(desk: Desk) -> None:
    first, ben = desk.on("anna", "dispatcher"), on(desk, "ben")
    given = services.hand_over(desk.team.id, "dispatcher", "", first.user)
    services.go_off(first.id, first.user)
    services.accept_handover(given.id, ben)
    assert [d.user for d in selectors.on_at(desk.team.id)] == [ben]


@pytest.mark.usefixtures("own_clock")
def test_what_the_first_was_told_is_told_to_the_second_at_once(desk: Desk) -> None:
    begin = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
    with clock.at(begin):
        anna, ben = on(desk, "anna", "sergeant"), desk.person("ben", "sergeant")
        incident = desk.force.incident()
        control.grade(incident.id, 2, "", desk.force.one(Role.CALL_HANDLER))
    with after(begin, 45 * MINUTE):
        assert told(incident, "resource-grade-2") == ["anna"]
        services.accept_handover(services.hand_over(desk.team.id, "sergeant", "", anna).id, ben)
        assert told(incident, "resource-grade-2") == ["anna", "ben"]
        assert [t.escalation.rule for t in selectors.told_to(ben, begin)] == ["resource-grade-2"]


def test_nobody_accepts_their_own_handover_nor_without_the_role(desk: Desk) -> None:
    anna = on(desk, "anna")
    given = services.hand_over(desk.team.id, "dispatcher", "", anna)
    for who in (anna, desk.person("sam", "sergeant")):
        with pytest.raises(NotAllowedError):
            services.accept_handover(given.id, who)


def test_a_desk_is_handed_over_by_who_is_on_and_once_at_a_time(desk: Desk) -> None:
    anna, ben = on(desk, "anna"), desk.person("ben", "dispatcher")
    with pytest.raises(ConflictError, match="not on duty"):
        services.hand_over(desk.team.id, "dispatcher", "", ben)
    given = services.hand_over(desk.team.id, "dispatcher", "", anna)
    with pytest.raises(ConflictError, match="already"):
        services.hand_over(desk.team.id, "dispatcher", "", anna)
    services.accept_handover(given.id, ben)
    with pytest.raises(ConflictError, match="accepted already"):
        services.accept_handover(given.id, desk.person("cat", "dispatcher"))


@pytest.mark.parametrize("note", ["a\x00b", "x" * 20_001])
def test_a_note_that_cannot_be_kept_is_refused(desk: Desk, note: str) -> None:
    with pytest.raises(InvalidError):
        services.hand_over(desk.team.id, "dispatcher", note, on(desk, "anna"))


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    anna = on(desk, "anna")
    with pytest.raises(NotFoundError):
        services.accept_handover(0, anna)
    with pytest.raises(NotFoundError):
        selectors.outstanding(0, anna)


def test_the_database_keeps_two_people_apart(desk: Desk) -> None:
    anna = on(desk, "anna")
    given = services.hand_over(desk.team.id, "dispatcher", "", anna)
    with pytest.raises(DatabaseError, match="handover_second_person"), transaction.atomic():
        Handover.objects.filter(id=given.id).update(accepted_at=clock.now(), accepted_by=anna)
