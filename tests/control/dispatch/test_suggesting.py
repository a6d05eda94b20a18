"""Suggested units from the database: nearest first, nothing hidden told, a fixed number of statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iops.control import services as control
from iops.control.dispatch import selectors
from iops.control.dispatch import services as dispatch
from iops.foundation.errors import NotFoundError
from iops.pole import services as pole
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from tests.control.dispatch.conftest import Room

pytestmark = pytest.mark.django_db
HERE = (380_000, 398_000)


def test_the_nearest_free_unit_comes_first_and_units_off_duty_not_at_all(room: Room) -> None:
    incident = room.force.incident()
    room.place_of(incident, HERE)
    room.on_duty("FAR", at=(395_000, 398_000))
    room.on_duty("NEAR", at=(380_300, 398_400))
    room.on_duty("LOST")
    room.unit("OFF")
    found = selectors.suggest_units(incident.id, room.dispatcher)
    assert [(s.unit.callsign, s.unit.metres) for s in found] == [("NEAR", 500), ("FAR", 15_000), ("LOST", None)]


def test_without_a_place_every_unit_of_the_district_is_still_suggested(room: Room) -> None:
    incident = room.force.incident()
    room.on_duty("N1", at=HERE)
    assert [s.unit.metres for s in selectors.suggest_units(incident.id, room.dispatcher)] == [None]


def test_skills_are_wanted_by_grade_mark_category_and_warnings(room: Room) -> None:
    incident = room.force.incident(domestic=True, category="Missing Person")
    control.grade(incident.id, 1, "", room.dispatcher)
    room.marker(person_id=room.person_on(incident).id, kind="firearms")
    room.on_duty("N1", skills=["response_driver", "domestic", "armed"])
    found = selectors.suggestions(incident.id, room.dispatcher)
    assert set(found.wanted.skills) == {"response_driver", "domestic", "search", "armed"}
    says = found.units[0].pros
    assert "Has authorised firearms. Somebody or somewhere involved has a firearms warning." in says
    assert any(c.startswith("Has not licensed search.") for c in found.units[0].cons)


def test_a_hidden_warning_is_not_betrayed_by_the_skill_it_would_want(room: Room) -> None:
    incident = room.force.incident()
    person = room.person_on(incident)
    pole.restrict_person(person.id, "protected", room.sergeant)
    pole.propose_marker(kind="firearms", severity="grave", grounds="x", by=room.sergeant, person_id=person.id)
    assert "armed" in selectors.suggestions(incident.id, room.sergeant).wanted.skills
    assert "armed" not in selectors.suggestions(incident.id, room.dispatcher).wanted.skills


def test_what_a_unit_is_on_is_told_to_who_may_see_it_alone(room: Room) -> None:
    secret, incident = room.force.incident(), room.force.incident()
    unit = room.on_duty("N1")
    control.restrict(secret.id, [], [], "sensitive", room.sergeant)
    dispatch.assign(secret.id, [unit.id], room.sergeant)
    hidden = selectors.suggest_units(incident.id, room.dispatcher)[0]
    assert (hidden.possible, hidden.unit.committed_to, hidden.unit.deployment_id) == (False, "", None)
    assert "Assigned; it cannot be diverted by you." in hidden.cons
    with assert_consulted("incident", [incident.id, secret.id], room.sergeant):
        seen = selectors.suggestions(incident.id, room.sergeant).units[0]
    assert (seen.possible, seen.must_divert, seen.unit.committed_to) == (True, True, secret.reference)
    with pytest.raises(NotFoundError):
        selectors.suggest_units(secret.id, room.dispatcher)


def test_units_that_are_on_this_incident_are_not_suggested_for_it(room: Room) -> None:
    incident = room.force.incident()
    dispatch.assign(incident.id, [room.on_duty("N1").id], room.dispatcher)
    assert selectors.suggest_units(incident.id, room.dispatcher) == []


def test_rest_between_tours_is_that_of_the_crew(room: Room) -> None:
    incident, unit = room.force.incident(), room.on_duty("N1", crew=["Amber"])
    assert selectors.suggest_units(incident.id, room.dispatcher)[0].unit.rested is None
    dispatch.book_off(unit.id, room.dispatcher)
    room.on_duty("N2", crew=["Amber", "Basil"])
    found = selectors.suggest_units(incident.id, room.dispatcher)[0]
    assert found.unit.rested == 0
    assert "Its crew had 0 hours between tours." in found.cons


@pytest.mark.parametrize("others", [0, 12])
def test_the_number_of_statements_does_not_depend_on_the_number_of_units(room: Room, others: int) -> None:
    incident = room.force.incident()
    room.place_of(incident, HERE)
    for n in range(others):
        room.on_duty(f"N{n}", at=(380_000 + n, 398_000))
    with CaptureQueriesContext(
        connection,
    ) as run:
        selectors.suggest_units(incident.id, room.dispatcher)
    told = [q for q in run.captured_queries if "set_config" not in q["sql"] and "SAVEPOINT" not in q["sql"]]
    # The day, the incident, the units, the consultation log.
    assert len(told) == 4
