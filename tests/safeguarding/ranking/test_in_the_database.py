"""The ranking as the database holds it: every open domestic incident has a rank that is true when the act commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from iops.foundation import clock
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.safeguarding import services
from iops.safeguarding.models import RankedItem
from iops.safeguarding.ranking.scorer import Assessed, History, floors, rank, upper_quartile
from iops.safeguarding.ranking.weights import in_force
from tests.force import Force

if TYPE_CHECKING:
    from iops.control.models import Incident

pytestmark = pytest.mark.django_db


def item(incident: Incident) -> RankedItem:
    return RankedItem.objects.get(incident=incident)


def test_a_domestic_incident_is_ranked_at_once_and_one_without_people_or_assessment_needs_a_person() -> None:
    force = Force()
    first = force.incident(domestic=True)
    other = force.incident(domestic=False)
    assert item(first).floors == ["no_assessment", "unresolved"]
    assert item(first).floored
    assert item(first).score == in_force(clock.today()).unknown_history
    assert not RankedItem.objects.filter(incident=other).exists()


def test_an_assessment_ranks_anew_and_agrees_with_the_pure_scorer() -> None:
    force = Force()
    incident = force.incident(domestic=True)
    yes = frozenset({"strangulation", "stalking", "separation", "suicide"})
    services.assess_risk(
        incident.id, dict.fromkeys(yes, "yes"), "medium", "Told at the scene", force.one(Role.RESPONSE)
    )
    said = Assessed(yes, len(yes), "medium")
    found = item(incident)
    pure = rank(History(known=False), said, in_force(clock.today()), upper_quartile(()))
    assert set(found.floors) == floors(History(known=False), said)
    assert (found.score, {k: v for k, v in found.terms.items() if v}) == (
        pure.score,
        {k: v for k, v in pure.terms.items() if v},
    )


def person(force: Force, name: str) -> int:
    return int(pole.register_person(name, force.one(Role.RESPONSE)).id)


def party(force: Force, incident: Incident, person_id: int, role: str) -> None:
    pole.link(("person", person_id), role, ("incident", incident.id), force.one(Role.RESPONSE))


def test_a_new_incident_of_a_perpetrator_ranks_all_their_open_incidents_anew_in_the_same_transaction() -> None:
    force = Force()
    suspect = person(force, "Alex Made-Up")
    found = [force.incident(domestic=True) for _ in range(3)]
    for number, incident in enumerate(found):
        party(force, incident, person(force, f"Victim {number}"), "victim")
        party(force, incident, suspect, "suspect")
    for incident in found:
        ranked = item(incident)
        assert ranked.known
        assert {"serial", "third_incident"} <= set(ranked.floors)
        expected = rank(History(True, 0, 2, 2, (), 3), None, in_force(clock.today()))
        assert ranked.terms == dict(expected.terms)


def test_a_closed_incident_leaves_the_queue_by_its_closing_alone() -> None:
    force = Force()
    incident = force.incident(domestic=True)
    with connection.cursor() as cursor:
        cursor.execute("select iops.rank_all()")
    assert RankedItem.objects.count() == 1
    with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("delete from safeguarding_rankeditem where incident_id = %s", [incident.id])
