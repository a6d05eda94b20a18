"""Two people pressing at the same moment: one is told that the other was first, and nothing is half done."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from iops.control import services as control
from iops.control.dispatch import services as dispatch
from iops.control.grading import services as grading
from iops.control.models import CrewMember, Deployment, Grading, UnitState
from iops.foundation.errors import ConflictError
from iops.obligations.conservation import check_conservation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.control.dispatch.conftest import Room

pytestmark = pytest.mark.django_db(transaction=True)


def together(*presses: Callable[[], object]) -> list[object]:
    """Run each in a thread of its own, all at once; what each gave, or the error it was refused with."""
    start, given = threading.Barrier(len(presses)), dict[int, object]()

    def press(number: int, what: Callable[[], object]) -> None:
        try:
            start.wait(timeout=10)
            given[number] = what()
        except ConflictError as refused:
            given[number] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=pair) for pair in enumerate(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [given[n] for n in range(len(presses))]


def refused(given: list[object]) -> int:
    return sum(isinstance(one, ConflictError) for one in given)


def test_two_dispatchers_send_one_unit_to_two_incidents(room: Room) -> None:
    unit, incidents = room.on_duty("N1"), [room.force.incident(), room.force.incident()]
    dispatcher = room.dispatcher
    given = together(*(lambda i=i: dispatch.assign(i.id, [unit.id], dispatcher) for i in incidents))
    assert refused(given) == 1
    assert Deployment.objects.count() == 1
    assert UnitState.objects.filter(status="assigned").count() == 1
    assert check_conservation().missing == 0


def test_a_step_pressed_by_crew_and_control_room_at_once_is_stamped_once(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    people = room.dispatcher, room.crew("N1")
    given = together(*(lambda who=who: dispatch.at_scene(sent.id, who) for who in people))
    assert refused(given) == 1
    assert UnitState.objects.filter(status="at_scene").count() == 1


def test_one_person_is_booked_into_two_crews_at_once(room: Room) -> None:
    from datetime import timedelta

    from iops.foundation import clock

    amber, units, until = room.officer("Amber"), [room.unit("N1"), room.unit("N2")], clock.now() + timedelta(hours=8)
    dispatcher = room.dispatcher
    given = together(*(lambda u=u: dispatch.book_on(u.id, [amber.id], until, dispatcher) for u in units))
    assert refused(given) == 1
    assert CrewMember.objects.filter(left_at=None).count() == 1


def test_a_slower_grade_cannot_slip_past_a_faster_one(room: Room) -> None:
    incident = room.force.incident(domestic=True)
    control.grade(incident.id, 3, "", room.dispatcher)
    dispatcher, sergeant = room.dispatcher, room.sergeant
    together(
        lambda: grading.grade(incident.id, 1, "", dispatcher), lambda: grading.grade(incident.id, 2, "less", sergeant)
    )
    grades = list(Grading.objects.order_by("at", "id").values_list("grade", flat=True))
    # Whichever was first: no later grade is slower than one before it.
    assert grades in ([3, 1], [3, 2, 1])
