"""Welfare timers and the emergency button: owed until answered, with escalation, kept press by press."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from iops.control.dispatch import selectors
from iops.control.dispatch import services as dispatch
from iops.control.models import EmergencyPress, UnitState, WelfareCheck
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import History
from iops.obligations.models import Obligation
from iops.obligations.records import labels
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from tests.control.dispatch.conftest import Room

pytestmark = pytest.mark.django_db


def duty(rule: str) -> Obligation:
    return Obligation.objects.get(rule_id=rule)


def test_a_welfare_check_is_owed_from_its_time_and_met_by_the_answer(room: Room) -> None:
    unit = room.on_duty("N1")
    check = dispatch.set_welfare_check(unit.id, 15, room.dispatcher)
    assert check.due_at - check.set_at == timedelta(minutes=15)
    owed = duty("welfare-answer")
    assert (owed.due_at, owed.met_at) == (check.due_at + timedelta(minutes=2), None)
    answered = dispatch.answer_welfare_check(check.id, True, room.crew("N1"), note="all well")
    assert (answered.well, answered.answered_by, duty("welfare-answer").met_at is not None) == (
        True,
        room.crew("N1"),
        True,
    )
    assert labels([("welfare_check", check.id)])["welfare_check", check.id].reference == "N1"
    with as_user(room.dispatcher):
        assert History.objects.filter(table_name="control_welfarecheck", row_id=check.id).count() == 2


def test_a_crew_that_is_not_well_is_an_emergency(room: Room) -> None:
    unit = room.on_duty("N1", at=(380_000, 398_000))
    check = dispatch.set_welfare_check(unit.id, 1, room.crew("N1"))
    dispatch.answer_welfare_check(check.id, False, room.dispatcher)
    press = EmergencyPress.objects.get()
    assert (press.unit, press.easting, press.northing) == (unit, 380_000, 398_000)
    assert UnitState.objects.latest("id").status == "emergency"


def test_welfare_checks_are_set_and_answered_once_by_who_may(room: Room) -> None:
    unit = room.on_duty("N1")
    for minutes in (0, -5, 241, 10**12):
        with pytest.raises(InvalidError):
            dispatch.set_welfare_check(unit.id, minutes, room.dispatcher)
    with pytest.raises(NotAllowedError):
        dispatch.set_welfare_check(unit.id, 5, room.stranger)
    with pytest.raises(NotFoundError):
        dispatch.set_welfare_check(999_999, 5, room.dispatcher)
    check = dispatch.set_welfare_check(unit.id, 5, room.dispatcher)
    with pytest.raises(ConflictError, match="open"):
        dispatch.set_welfare_check(unit.id, 5, room.dispatcher)
    with pytest.raises(NotAllowedError):
        dispatch.answer_welfare_check(check.id, True, room.stranger)
    with pytest.raises(NotFoundError):
        dispatch.answer_welfare_check(999_999, True, room.dispatcher)
    with pytest.raises(InvalidError):
        dispatch.answer_welfare_check(check.id, True, room.dispatcher, note="x" * 301)
    assert selectors.open_welfare_checks() == [check]
    dispatch.answer_welfare_check(check.id, True, room.dispatcher)
    with pytest.raises(ConflictError, match="already"):
        dispatch.answer_welfare_check(check.id, False, room.dispatcher)
    assert selectors.open_welfare_checks() == []


def test_an_emergency_is_owed_at_once_and_every_press_is_kept(room: Room) -> None:
    unit = room.on_duty("N1")
    first, second = dispatch.press_emergency(room.crew("N1")), dispatch.press_emergency(room.crew("N1"))
    assert first.easting is None
    assert {p.id for p in selectors.open_emergencies()} == {first.id, second.id}
    assert Obligation.objects.filter(rule_id="emergency-answer", met_at=None).count() == 2
    with pytest.raises(ConflictError, match="not answered"):
        dispatch.set_state(unit.id, 2, room.crew("N1"))
    for press in (first, second):
        dispatch.answer_emergency(press.id, "Units N2 and N3 sent, crew is well", room.dispatcher)
    assert not Obligation.objects.filter(rule_id="emergency-answer", met_at=None).exists()
    assert labels([("emergency_press", first.id)])["emergency_press", first.id].reference == "N1"
    dispatch.set_state(unit.id, 2, room.crew("N1"))
    assert UnitState.objects.latest("id").status == "available"


def test_a_press_is_answered_once_by_the_control_room_and_says_what_was_done(room: Room) -> None:
    room.on_duty("N1")
    with pytest.raises(ConflictError, match="crew of a unit"):
        dispatch.press_emergency(room.stranger)
    press = dispatch.press_emergency(room.crew("N1"))
    with pytest.raises(NotAllowedError):
        dispatch.answer_emergency(press.id, "fine", room.crew("N1"))
    with pytest.raises(InvalidError):
        dispatch.answer_emergency(press.id, "  ", room.dispatcher)
    with pytest.raises(NotFoundError):
        dispatch.answer_emergency(999_999, "fine", room.dispatcher)
    dispatch.answer_emergency(press.id, "Units sent", room.dispatcher)
    with pytest.raises(ConflictError, match="already"):
        dispatch.answer_emergency(press.id, "Again", room.dispatcher)


def test_what_was_pressed_and_answered_is_not_changed_at_a_sql_prompt(room: Room) -> None:
    unit = room.on_duty("N1")
    press = dispatch.press_emergency(room.crew("N1"))
    check = dispatch.set_welfare_check(unit.id, 5, room.dispatcher)
    dispatch.answer_welfare_check(check.id, True, room.dispatcher)
    changes: tuple[tuple[object, dict[str, object]], ...] = (
        (EmergencyPress.objects.filter(id=press.id), {"pressed_by": room.dispatcher}),
        (WelfareCheck.objects.filter(id=check.id), {"note": "another answer"}),
        (WelfareCheck.objects.filter(id=check.id), {"answered_at": None, "well": None}),
    )
    for rows, change in changes:
        with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
            rows.update(**change)  # type: ignore[attr-defined]


def test_a_crew_in_an_emergency_is_not_sent_and_its_state_stays_when_it_arrives(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    press = dispatch.press_emergency(room.crew("N1"))
    dispatch.at_scene(sent.id, room.crew("N1"))
    assert UnitState.objects.latest("id").status == "emergency"
    with pytest.raises(ConflictError, match="emergency button"):
        dispatch.divert(sent.id, room.force.incident().id, "nearer", room.dispatcher)
    dispatch.answer_emergency(press.id, "Help is there", room.dispatcher)
    dispatch.set_state(unit.id, 6, room.crew("N1"))
    assert UnitState.objects.latest("id").status == "at_scene"
