"""Recording crimes from the decision of the rules."""

from __future__ import annotations

import pytest

from iops.crime.feeding import asked, desk_of
from iops.crime.recorded import recording
from iops.foundation.roles import Role
from iops.pole.models import Link
from tests.crime.recorded.scene import SHOPLIFTING, shoplifting
from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


def test_a_shoplifting_becomes_one_crime_with_its_people_by_reference(force: Force) -> None:
    incident, thief = shoplifting(force)
    found = desk_of(incident, SHOPLIFTING)
    assert found.outcome == "crime", asked(found)
    made = recording.record_crimes(incident.id, SHOPLIFTING, force.one(Role.RESPONSE))
    (crime,) = made.crimes
    assert (crime.crime_class, crime.number, crime.incident_id) == ("46", 1, incident.id)
    links = Link.objects.filter(to_kind="crime", to_id=crime.id)
    assert {(link.role, link.from_id) for link in links} >= {("suspect", thief.id)}
    assert len(links) == 2
