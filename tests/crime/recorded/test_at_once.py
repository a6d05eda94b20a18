"""What is done to a crime while its incident moves to another district: the lists find it where it is now."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from iops.control import services as control
from iops.crime.models import CrimeStanding, OpenCrime
from iops.crime.recorded import deciding, life, recording
from iops.foundation.models import District
from iops.foundation.roles import Role
from tests.crime.recorded.scene import SHOPLIFTING, shoplifting
from tests.crime.recorded.standing import standing_otherwise
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.control.models import Incident

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30


def nowhere() -> District:
    """The district that stands for "not known yet"."""
    return District.objects.get(code=control.NOT_KNOWN_YET)


def beside(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """Do the second while the first is done and not committed yet: each on a connection of its own; what went wrong."""
    done, wrong = threading.Event(), list[str]()

    def hold() -> None:
        try:
            with transaction.atomic():
                first()
                done.set()
                go_on.wait(2)
        except Exception as error:  # noqa: BLE001 - told to the test
            wrong.append(repr(error))
        finally:
            done.set()
            connection.close()

    def follow() -> None:
        done.wait(PATIENCE)
        try:
            second()
        except Exception as error:  # noqa: BLE001 - told to the test
            wrong.append(repr(error))
        finally:
            go_on.set()
            connection.close()

    go_on = threading.Event()
    threads = [threading.Thread(target=hold), threading.Thread(target=follow)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return wrong


def moved(force: Force, incident: Incident) -> Callable[[], object]:
    handler = force.one(Role.CALL_HANDLER)
    return lambda: control.set_district(incident.id, force.district.id, handler)


def recorded_in(force: Force, incident: Incident) -> Callable[[], object]:
    officer = force.one(Role.RESPONSE)
    return lambda: recording.record_crimes(incident.id, SHOPLIFTING, officer)


def districts() -> set[int]:
    return {
        *CrimeStanding.objects.values_list("district_id", flat=True),
        *OpenCrime.objects.values_list("district_id", flat=True),
    }


@pytest.mark.parametrize("move_first", [True, False])
@pytest.mark.parametrize("act", ["record", "allocate", "class"])
def test_a_crime_is_listed_in_the_district_its_incident_moved_to_at_the_same_moment(act: str, move_first: bool) -> None:
    force = Force()
    incident, _ = shoplifting(force, district_id=None)
    move, do = moved(force, incident), recorded_in(force, incident)
    if act != "record":
        do()
        crime, sergeant, registrar = incident.crimes.get(), force.one(Role.SERGEANT), force.one(Role.REGISTRAR)
        do = {
            "allocate": lambda: life.allocate(crime.id, sergeant, "x", user_id=sergeant.id),
            "class": lambda: deciding.reclassify(crime.id, "49", "new_information", "x", registrar),
        }[act]
    assert beside(*((move, do) if move_first else (do, move))) == []
    assert districts() == {force.district.id}
    assert standing_otherwise() == []


def test_a_crime_that_waits_for_an_owner_waits_in_the_district_its_incident_moved_to() -> None:
    force = Force()
    incident, _ = shoplifting(force, district_id=None)
    recorded_in(force, incident)()
    assert districts() == {nowhere().id}
    moved(force, incident)()
    assert districts() == {force.district.id}
