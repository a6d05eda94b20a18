"""The ranking as the database holds it: every open domestic incident has a rank that is true when the act commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from iops.control import services as control
from iops.crime import services as crime
from iops.foundation import clock
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.models import Link
from iops.safeguarding import jobs, services
from iops.safeguarding.jobs import rank_all, rank_waiting
from iops.safeguarding.models import RankedItem, RankingWait
from iops.safeguarding.ranking.scorer import Assessed, History, Offence, floors, rank, upper_quartile
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


def known(force: Force, suspect: int, name: str = "Victim Made-Up") -> Incident:
    """A domestic incident of that suspect with a victim of its own."""
    incident = force.incident(domestic=True)
    party(force, incident, person(force, name), "victim")
    party(force, incident, suspect, "suspect")
    return incident


def waiting() -> set[int]:
    return set(RankingWait.objects.values_list("incident_id", flat=True))


def test_a_new_incident_of_a_perpetrator_ranks_itself_at_once_and_all_their_others_by_the_job() -> None:
    force = Force()
    suspect = person(force, "Alex Made-Up")
    found = [known(force, suspect, f"Victim {number}") for number in range(3)]
    expected = rank(History(True, 0, 2, 2, (), 3), None, in_force(clock.today()))
    assert item(found[2]).terms == dict(expected.terms)
    assert waiting() == {found[0].id, found[1].id}
    assert rank_waiting() == 2
    assert not waiting()
    for incident in found:
        ranked = item(incident)
        assert ranked.known
        assert {"serial", "third_incident"} <= set(ranked.floors)
        assert ranked.terms == dict(expected.terms)


def test_an_incident_of_nobody_makes_nobody_wait_and_an_update_of_other_columns_neither() -> None:
    force = Force()
    incident = known(force, person(force, "Alex Made-Up"))
    force.incident(domestic=True)
    before = item(incident).ranked_at
    control.add_log_entry(incident.id, "The neighbour rang again", force.one(Role.RESPONSE))
    with connection.cursor() as cursor:
        cursor.execute("update control_incident set what = 'Shouting, and glass' where id = %s", [incident.id])
    assert not waiting()
    assert item(incident).ranked_at == before


def test_a_link_that_was_a_mistake_is_taken_back_from_the_history_of_the_others() -> None:
    force = Force()
    suspect = person(force, "Alex Made-Up")
    first, second = known(force, suspect), known(force, suspect)
    rank_waiting()
    assert item(first).terms["frequency"] > 0
    wrong = Link.objects.get(to_kind="incident", to_id=second.id, role="suspect")
    pole.withdraw(wrong, "Another man of that name", force.one(Role.RESPONSE))
    assert not item(second).known
    assert waiting() == {first.id}
    rank_waiting()
    assert item(first).terms["frequency"] == 0


def test_a_recorded_crime_weighs_on_the_other_incidents_of_its_people() -> None:
    force = Force()
    suspect = person(force, "Alex Made-Up")
    first, second = known(force, suspect), known(force, suspect)
    rank_waiting()
    crime.decide_recording(second.id, "crime", "Told of a blow", force.one(Role.RESPONSE))
    assert waiting() == {first.id}
    rank_waiting()
    harm = in_force(clock.today()).recorded_crime_harm
    pure = rank(History(True, 0, 1, 1, (Offence(harm, 0),), 2), None, in_force(clock.today()))
    assert item(first).terms == dict(pure.terms)


def test_what_waits_is_ranked_so_many_at_a_time_until_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_A_TIME", 1)
    force = Force()
    suspect = person(force, "Alex Made-Up")
    for _ in range(4):
        known(force, suspect)
    assert rank_waiting() == 3
    assert rank_waiting() == 0


def test_what_waits_is_taken_twice_a_minute() -> None:
    task = next(t for t in app.periodic_registry.periodic_tasks.values() if t.task.name == "rank-waiting")
    ticks = [task.croniter.get_next(start_time=start) - start for start in range(0, 120, 7)]
    assert max(ticks) <= 30


@pytest.mark.parametrize(("at_a_time", "parts"), [(500, 1), (2, 3), (1, 5)])
def test_an_unknown_history_stands_at_the_upper_quartile_once_all_were_ranked_in_however_many_parts(
    at_a_time: int, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_A_TIME", at_a_time)
    force = Force()
    suspect = person(force, "Alex Made-Up")
    found = [known(force, suspect) for _ in range(4)]
    unknown = force.incident(domestic=True)
    assert rank_all() == parts
    scores = [item(incident).score for incident in found]
    assert item(unknown).score == upper_quartile(scores) != in_force(clock.today()).unknown_history
    assert item(force.incident(domestic=True)).score == item(unknown).score


def test_a_closed_incident_leaves_the_queue_by_its_closing_alone() -> None:
    force = Force()
    incident = force.incident(domestic=True)
    with connection.cursor() as cursor:
        cursor.execute("select iops.rank_all()")
    assert RankedItem.objects.count() == 1
    with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("delete from safeguarding_rankeditem where incident_id = %s", [incident.id])
