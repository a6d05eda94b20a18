"""Classing an incident, and deciding whether it is domestic abuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iops.control import services as control
from iops.control.classing import services
from iops.control.models import DomesticDecision
from iops.foundation.errors import BlockedError
from tests.force import owed

if TYPE_CHECKING:
    from tests.control.classing.conftest import Scene

pytestmark = pytest.mark.django_db


def test_a_classing_says_category_and_qualifiers_and_the_incident_reads_so(scene: Scene) -> None:
    incident = scene.force.incident(what="Drunk man shouting in the street")
    made = services.classify(incident.id, "asb-nuisance", ["alcohol"], scene.handler)
    incident.refresh_from_db()
    assert (made.edition, made.category, made.qualifiers, incident.category) == (
        "nsir-2011",
        "asb-nuisance",
        ["alcohol"],
        "ASB Nuisance",
    )
    assert made.suggestions == [{"code": "alcohol", "because": ["The text speaks of drink. (“Drunk”)"], "taken": True}]


def test_a_pair_that_qualifies_is_owed_a_decision_until_the_incident_is_marked(scene: Scene) -> None:
    incident = scene.force.incident(crime_reported=True)
    assert "da-mark-decide" not in owed(incident)
    scene.couple(incident)
    assert owed(incident)["da-mark-decide"] == "open"
    with pytest.raises(BlockedError):
        control.close(incident.id, "done", scene.handler)
    control.mark_domestic(incident.id, True, "", scene.handler)
    assert owed(incident)["da-mark-decide"] == "met"
    assert DomesticDecision.objects.get().answer == "qualifies"
