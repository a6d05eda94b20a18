"""Whatever is done to two units, in whatever order, what stands in the tables makes sense."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control import services as control
from iops.control.dispatch import services as dispatch
from iops.control.dispatch.states import states
from iops.control.models import (
    CrewMember,
    Deployment,
    Duty,
    EmergencyPress,
    Incident,
    Unit,
    UnitState,
    UnitStatus,
    WelfareCheck,
)
from iops.foundation import clock
from iops.foundation.errors import IopsError
from iops.obligations.conservation import check_conservation
from tests.control.dispatch.conftest import Room

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

STEPS = (
    "on", "off", "assign", "self", "typed", "acknowledge", "read", "go", "arrive", "clear", "divert", "press", "answer",
    "welfare", "well", "not well", "close", "marker", *(f"code {n}" for n in range(12)),
)  # fmt: skip
SENT = {UnitStatus.ASSIGNED, UnitStatus.EN_ROUTE, UnitStatus.AT_SCENE}


def step(room: Room, unit: Unit, incidents: list[Incident], what: str) -> None:
    """One step in the life of a unit. What is refused is refused."""
    crew, here = room.crew(unit.callsign), incidents[0]
    standing = Deployment.objects.filter(resource=unit, stood_down_at=None).first()
    deployment = standing.id if standing else 0
    match what.split():
        case ["on"]:
            dispatch.book_on(unit.id, [crew.id], clock.now() + timedelta(hours=8), crew)
        case ["off"]:
            dispatch.book_off(unit.id, crew)
        case ["assign"]:
            dispatch.assign(here.id, [unit.id], room.dispatcher)
        case ["self"]:
            dispatch.self_assign(here.id, crew)
        case ["typed"]:
            control.assign_unit(here.id, unit.callsign, room.dispatcher)
        case ["acknowledge"]:
            dispatch.acknowledge(deployment, crew)
        case ["read"]:
            dispatch.read_markers(deployment, [m.id for m in dispatch.show_markers(deployment, crew)], crew)
        case ["go"]:
            dispatch.en_route(deployment, crew)
        case ["arrive"]:
            dispatch.at_scene(deployment, crew)
        case ["clear"]:
            dispatch.clear(deployment, crew)
        case ["divert"]:
            dispatch.divert(deployment, incidents[1].id, "more urgent", room.dispatcher)
        case ["press"]:
            dispatch.press_emergency(crew)
        case ["answer"]:
            for press in EmergencyPress.objects.filter(unit=unit, answered_at=None):
                dispatch.answer_emergency(press.id, "help sent", room.dispatcher)
        case ["welfare"]:
            dispatch.set_welfare_check(unit.id, 5, room.dispatcher)
        case [*how, "well"]:
            for check in WelfareCheck.objects.filter(unit=unit, answered_at=None):
                dispatch.answer_welfare_check(check.id, not how, crew)
        case ["close"]:
            control.close(incidents[1].id, "done", room.dispatcher)
        case ["marker"]:
            room.marker(person_id=room.person_on(here).id)
        case [_, code]:
            dispatch.set_state(unit.id, int(code), crew)


@settings(max_examples=60)
@given(steps=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(STEPS)), min_size=4, max_size=24))
def test_two_units_live_whatever_life(steps: list[tuple[int, str]]) -> None:
    with transaction.atomic():
        room = Room()
        units = [room.on_duty("N1"), room.unit("N2")]
        incidents = [room.force.incident(), room.force.incident(domestic=True)]
        for which, what in steps:
            with suppress(IopsError), transaction.atomic():
                step(room, units[which], incidents, what)
            for unit in units:
                makes_sense(unit, (which, what))
        run = check_conservation()
        assert (run.missing, run.surplus) == (0, 0), run.examples
        transaction.set_rollback(True)


def makes_sense(unit: Unit, after: object) -> None:
    """What must hold of a unit at every moment."""
    told = [UnitStatus(s) for s in UnitState.objects.filter(unit=unit).order_by("id").values_list("status", flat=True)]
    now = told[-1] if told else UnitStatus.OFF_DUTY
    duty = Duty.objects.filter(unit=unit, ended_at=None).first()
    standing = Deployment.objects.filter(resource=unit, stood_down_at=None)
    assert (duty is None) == (now == UnitStatus.OFF_DUTY), after
    assert (duty is not None) == CrewMember.objects.filter(duty__unit=unit, left_at=None).exists(), after
    assert len(standing) <= 1, after
    if now in SENT:
        assert len(standing) == 1, after
    if standing:
        assert now in {*SENT, UnitStatus.COMMITTED, UnitStatus.EMERGENCY}, after
        assert standing[0].duty == duty, after
    if EmergencyPress.objects.filter(unit=unit, answered_at=None).exists():
        assert now == UnitStatus.EMERGENCY, after
    follows = states().follows
    assert all(b in follows[a] for a, b in zip([UnitStatus.OFF_DUTY, *told], told, strict=False)), after
    for deployment in Deployment.objects.filter(resource=unit):
        stamps = [deployment.assigned_at, deployment.acknowledged_at, deployment.en_route_at, deployment.arrived_at]
        kept = [s for s in (*stamps, deployment.stood_down_at) if s is not None]
        assert kept == sorted(kept), after
