"""MATAC: serial perpetrators are derived and explained; a nomination is considered within four weeks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from iops.control import services as control
from iops.foundation.context import acting
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError
from iops.pole.identity import services as identity
from iops.safeguarding.schemes import perpetrators
from tests.safeguarding.schemes.conftest import Unit, duties, london

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from iops.pole.models import Person

    Clock = Callable[[str], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 10)


def serial(unit: Unit) -> list[tuple[Person, int, int]]:
    with acting(user_id=unit.keeper.id):
        found = perpetrators.serial_perpetrators(unit.keeper, DAY)
    return [(row.person, row.incidents, row.victims) for row in found.rows]


def test_two_records_against_two_victims_within_three_years(unit: Unit) -> None:
    ann, eve, bob = (unit.person(n) for n in ("Ann", "Eve", "Bob"))
    unit.between(ann, bob, "2023-11-10 09:00")
    unit.between(ann, bob, "2025-01-10 09:00")
    assert serial(unit) == []
    unit.between(eve, bob, "2026-11-09 09:00")
    assert serial(unit) == [(bob, 3, 2)]


def test_what_is_older_than_three_years_does_not_count(unit: Unit) -> None:
    ann, eve, bob = (unit.person(n) for n in ("Ann", "Eve", "Bob"))
    unit.between(ann, bob, "2023-11-09 23:59")
    unit.between(eve, bob, "2026-11-09 09:00")
    assert serial(unit) == []


@pytest.mark.parametrize(("born", "counts"), [("2010-11-10", True), ("2010-11-11", False), ("", True)])
def test_somebody_under_16_is_no_serial_perpetrator(unit: Unit, born: str, counts: bool) -> None:
    ann, eve, bob = unit.person("Ann"), unit.person("Eve"), unit.person("Bob", born)
    unit.between(ann, bob, "2026-01-10 09:00")
    unit.between(eve, bob, "2026-02-10 09:00")
    assert bool(serial(unit)) is counts


def test_one_record_with_two_victims_is_one_record(unit: Unit) -> None:
    incident = unit.between(unit.person("Ann"), unit.person("Bob"), "2026-01-10 09:00")
    unit.link(unit.person("Eve"), "victim", incident)
    assert serial(unit) == []


def test_nominals_of_one_person_count_as_one(unit: Unit) -> None:
    bob, robert, ann, anne = (unit.person(n) for n in ("Bob", "Robert", "Ann", "Anne"))
    unit.between(ann, bob, "2026-01-10 09:00")
    unit.between(anne, robert, "2026-02-10 09:00")
    assert serial(unit) == []
    identity.merge([bob.id, robert.id], "Same fingerprints", unit.sergeant)
    assert serial(unit) == [(bob, 2, 2)]
    identity.merge([ann.id, anne.id], "Same woman", unit.sergeant)
    assert serial(unit) == []


def test_a_restricted_incident_is_not_counted_for_others(unit: Unit) -> None:
    ann, eve, bob = (unit.person(n) for n in ("Ann", "Eve", "Bob"))
    unit.between(ann, bob, "2026-01-10 09:00")
    secret = unit.between(eve, bob, "2026-02-10 09:00")
    control.restrict(secret.id, [unit.inspector.id], [], "Witness protection", unit.inspector)
    assert serial(unit) == []


def test_the_flag_explains_itself(unit: Unit) -> None:
    ann, eve, bob = (unit.person(n) for n in ("Ann", "Eve", "Bob"))
    incidents = [unit.between(ann, bob, "2026-01-10 09:00"), unit.between(eve, bob, "2026-02-10 09:00")]
    (row,) = perpetrators.serial_perpetrators(unit.keeper, DAY).rows
    assert row.incident_ids == tuple(i.id for i in incidents)
    assert row.why == (
        "Suspect or offender in 2 domestic abuse records against 2 victims"
        " between 10 January 2026 and 10 February 2026."
    )


def test_a_nomination_is_considered_within_four_weeks_and_one_is_open_at_a_time(unit: Unit, on: Clock) -> None:
    with on("2026-11-10 09:00"):
        incident, bob = unit.incident(), unit.person("Bob")
        made = perpetrators.nominate(incident.id, bob.id, "Police", "Three victims", unit.officer)
        assert duties("matac_nomination", made.id)["matac-consider"].due == "2026-12-08 09:00"
        with pytest.raises(ConflictError), transaction.atomic():
            perpetrators.nominate(incident.id, bob.id, "Probation", "Also", unit.officer)
        for wrong in ({"decision": "perhaps"}, {"plan": " "}, {"considered_at": london("2026-11-10 08:59")}):
            told: dict[str, Any] = {"decision": "adopted", "plan": "Disrupt", "by": unit.keeper}
            with pytest.raises(InvalidError), transaction.atomic():
                perpetrators.consider(made.id, **(told | wrong))
        with pytest.raises(NotAllowedError):
            perpetrators.consider(made.id, "adopted", "Disrupt", unit.officer)
        perpetrators.consider(made.id, "adopted", "Disrupt", unit.keeper)
        assert duties("matac_nomination", made.id)["matac-consider"].state == "met"
        with pytest.raises(ConflictError), transaction.atomic():
            perpetrators.consider(made.id, "adopted", "Disrupt", unit.keeper)
        assert perpetrators.nominate(incident.id, bob.id, "Police", "A fourth", unit.officer).id != made.id
