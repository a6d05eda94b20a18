"""The hub's page: every number is the length of the list it leads to, and says who comes up again and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.errors import NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.services import Provenance
from iops.safeguarding import services as safeguarding
from iops.safeguarding.hub.page import selectors
from tests.force import Force
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User
    from iops.pole.models import Person


@dataclass
class Hub:
    """A force with people who stand to incidents as victim and suspect."""

    force: Force = field(default_factory=Force)

    @property
    def keeper(self) -> User:
        return self.force.one(Role.SAFEGUARDING)

    def person(self, name: str, born: str = "1990-02-03") -> Person:
        return pole.register_person(f"{name} (made up)", self.force.one(Role.RESPONSE), born=born)

    def incident(self, victim: Person, suspect: Person, grade: str = "", *, domestic: bool = True) -> Incident:
        by = self.force.one(Role.RESPONSE)
        incident = self.force.incident(domestic=domestic)
        for person, role in ((victim, "victim"), (suspect, "suspect")):
            pole.link(("person", person.id), role, ("incident", incident.id), by)
        if grade:
            safeguarding.assess_risk(incident.id, {"fear": "yes"}, grade, "She is afraid", by)
        return incident


@pytest.fixture
def hub(db: None) -> Hub:
    return Hub()


def numbers(viewer: User) -> dict[str, int]:
    return {which: counted.total for which, counted in selectors.counted_people(viewer).items()}


def test_an_empty_hub_says_nought_everywhere(hub: Hub) -> None:
    shown = selectors.hub(hub.keeper)
    assert numbers(hub.keeper) == {"pairs": 0, "repeats": 0, "serial": 0}
    assert {s.open for s in shown.queues} == {0}
    assert not any(s.unopened or s.filling for s in shown.queues)
    assert all(s.owners for s in shown.queues)


def test_each_queue_counts_what_its_list_holds(hub: Hub) -> None:
    first = hub.incident(hub.person("Ann Brown"), hub.person("Bob Brown"))
    hub.incident(hub.person("Cat Green"), hub.person("Dan Green"), "high")
    control.record_arrival(control.assign_unit(first.id, "AB12", hub.keeper).id, hub.keeper)
    safeguarding.link_child(first.id, "Tom Brown (made up)", None, hub.force.one(Role.RESPONSE))
    for standing in selectors.hub(hub.keeper).queues:
        _, _, page = selectors.queue(standing.queue.code, 1, hub.keeper)
        assert (page.total, len(page.rows)) == (standing.open, standing.open)
        assert standing.oldest == min((row.arose_at for row in page.rows), default=None)
    waiting = {s.queue.code: s.open for s in selectors.hub(hub.keeper).queues}
    assert (waiting["children"], waiting["assessments"]) == (1, 1)
    assert waiting["reviews"] >= 1
    assert waiting["referrals-owed"] == 1


def test_a_pair_is_one_while_it_is_open_and_high(hub: Hub) -> None:
    ann, bob = hub.person("Ann Brown"), hub.person("Bob Brown")
    hub.incident(ann, bob, "high")
    hub.incident(ann, bob, "high")
    hub.incident(ann, bob, "medium")
    page = selectors.people("pairs", 1, hub.keeper)
    assert [(r.person_id, r.other_id, r.incidents) for r in page.rows] == [(ann.id, bob.id, 2)]
    assert numbers(hub.keeper)["pairs"] == 1


def test_a_repeat_victim_has_so_many_domestic_incidents_and_others_do_not_count(hub: Hub) -> None:
    ann, bob = hub.person("Ann Brown"), hub.person("Bob Brown")
    for _ in range(2):
        hub.incident(ann, bob)
    hub.incident(ann, bob, domestic=False)
    assert numbers(hub.keeper)["repeats"] == 0
    last = hub.incident(ann, bob)
    page = selectors.people("repeats", 1, hub.keeper)
    assert [(r.person_id, r.incidents, r.latest_at) for r in page.rows] == [(ann.id, 3, last.reported_at)]


def test_a_victim_named_twice_on_one_incident_is_counted_once(hub: Hub) -> None:
    ann, bob = hub.person("Ann Brown"), hub.person("Bob Brown")
    for _ in range(2):
        incident = hub.incident(ann, bob)
        earlier = Provenance(since=dt.date(2019, 7, 1))
        pole.link(("person", ann.id), "victim", ("incident", incident.id), hub.keeper, provenance=earlier)
    assert numbers(hub.keeper)["repeats"] == 0


def test_a_serial_perpetrator_has_two_victims_in_two_incidents_and_is_no_child(hub: Hub) -> None:
    ann, cat = hub.person("Ann Brown"), hub.person("Cat Green")
    bob, boy = hub.person("Bob Brown"), hub.person("Sam White", born=f"{clock.today().year - 12}-01-01")
    nobody_knows = hub.person("Dan Grey", born="")
    for suspect in (bob, boy, nobody_knows):
        hub.incident(ann, suspect)
        hub.incident(ann, suspect)
    assert numbers(hub.keeper)["serial"] == 0
    for suspect in (bob, boy, nobody_knows):
        hub.incident(cat, suspect)
    page = selectors.people("serial", 1, hub.keeper)
    assert {(r.person_id, r.victims, r.incidents) for r in page.rows} == {(bob.id, 2, 3), (nobody_knows.id, 2, 3)}
    assert page.total == numbers(hub.keeper)["serial"] == 2


def test_two_victims_of_one_incident_do_not_make_a_serial_perpetrator(hub: Hub) -> None:
    ann, bob = hub.person("Ann Brown"), hub.person("Bob Brown")
    incident = hub.incident(ann, bob)
    pole.link(("person", hub.person("Cat Green").id), "victim", ("incident", incident.id), hub.keeper)
    assert numbers(hub.keeper)["serial"] == 0


def test_a_restricted_incident_counts_only_for_whoever_may_see_it(hub: Hub) -> None:
    ann, bob = hub.person("Ann Brown"), hub.person("Bob Brown")
    incident = hub.incident(ann, bob, "high")
    officer = hub.force.one(Role.RESPONSE)
    sergeant = hub.force.one(Role.SERGEANT)
    control.restrict(incident.id, [officer.id, sergeant.id], [], "A colleague", sergeant)
    assert numbers(hub.keeper)["pairs"] == 0
    assert selectors.people("pairs", 1, hub.keeper).total == 0
    assert numbers(sergeant)["pairs"] == 1


def test_to_open_a_list_is_logged_and_shows_that_it_was_opened(hub: Hub) -> None:
    ann, bob = hub.person("Ann Brown"), hub.person("Bob Brown")
    incident = hub.incident(ann, bob, "high")
    with assert_consulted("person", [ann.id, bob.id], hub.keeper):
        selectors.people("pairs", 1, hub.keeper)
    assert {s.queue.code: s.opened_at for s in selectors.hub(hub.keeper).queues}["reviews"] is None
    with assert_consulted("incident", [incident.id], hub.keeper):
        selectors.queue("reviews", 1, hub.keeper)
    opened = {s.queue.code: s.opened_at for s in selectors.hub(hub.keeper).queues}
    assert opened["reviews"] is not None
    assert opened["children"] is None


def test_an_empty_queue_that_was_opened_counts_as_opened(hub: Hub) -> None:
    selectors.queue("children", 1, hub.keeper)
    assert {s.queue.code: s.opened_at is not None for s in selectors.hub(hub.keeper).queues}["children"]


def test_whoever_has_no_part_in_safeguarding_does_not_read_the_hub(hub: Hub) -> None:
    stranger = hub.force.one(Role.CALL_HANDLER)
    for ask in (
        lambda: selectors.hub(stranger),
        lambda: selectors.queue("children", 1, stranger),
        lambda: selectors.people("pairs", 1, stranger),
        lambda: selectors.counted_people(stranger),
    ):
        with pytest.raises(NotAllowedError, match="The hub is read by"):
            ask()


@pytest.mark.parametrize("name", ["nothing", "x" * 300, "children; drop table", ""])
def test_there_is_no_such_list(hub: Hub, name: str) -> None:
    with pytest.raises(NotFoundError):
        selectors.queue(name, 1, hub.keeper)
    with pytest.raises(NotFoundError):
        selectors.people(name, 1, hub.keeper)


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("/hub/", 200),
        ("/hub/queues/children/", 200),
        ("/hub/queues/assessments/?page=2000", 200),
        ("/hub/queues/assessments/?page=%00x", 400),
        ("/hub/people/repeats/?page=-1", 200),
        ("/hub/people/serial/?page=999999999999", 200),
        ("/hub/queues/nothing/", 404),
        ("/hub/people/nothing/", 404),
    ],
)
def test_the_pages_answer_whatever_is_asked(hub: Hub, place: str, status: int) -> None:
    hub.incident(hub.person("Ann Brown"), hub.person("Bob Brown"), "high")
    client = Client()
    client.force_login(hub.keeper)
    assert client.get(place).status_code == status


def test_the_hub_sends_as_many_statements_however_much_there_is(hub: Hub) -> None:
    client = Client()
    client.force_login(hub.keeper)
    client.get("/hub/")
    seen = []
    for _ in range(2):
        for n in range(4):
            hub.incident(hub.person(f"Ann Brown {n}"), hub.person(f"Bob Brown {n}"), "high")
        with CaptureQueriesContext(connection) as sent:
            assert client.get("/hub/").status_code == 200
        seen.append(len([q for q in sent if "SAVEPOINT" not in q["sql"]]))
    assert seen == [STATEMENTS, STATEMENTS]


STATEMENTS = 10
"""Of the hub's page: four of its own, queue alarms, counts of referrals, who is signed in, in whose name it asks."""
