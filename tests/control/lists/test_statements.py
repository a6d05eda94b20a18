"""How many statements each page and list sends to the database: a fixed number, however much is on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iops.control import services as control
from iops.control.dispatch import services as dispatch
from iops.foundation.models import Membership, Team, User
from iops.foundation.roles import Role
from tests.control.dispatch.conftest import Room

if TYPE_CHECKING:
    from iops.control.models import Incident

pytestmark = pytest.mark.django_db
FIXED = {
    "/": 15,
    "/incidents/": 7,
    "/incidents/{ref}/": 42,
    "/search/?q=shouting": 16,
    "/api/v1/worklist": 14,
    "/api/v1/incidents": 6,
    "/api/v1/incidents/{ref}": 10,
    "/api/v1/search?q=shouting": 15,
    "/api/v1/units": 5,
    "/api/v1/welfare-checks": 4,
    "/api/v1/emergencies": 4,
    "/api/v1/deployments/mine": 5,
    "/api/v1/incidents/{ref}/deployments": 7,
    "/api/v1/incidents/{ref}/suggested-units": 8,
}
"""Statements of a request: who is signed in, in whose name, what is asked, and the note that it was looked at."""
TURNING = ("SAVEPOINT", "RELEASE SAVEPOINT")
"""What a test adds, which runs within a transaction of its own."""


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def viewer(room: Room) -> User:
    """Somebody in every role that these lists are for."""
    team = Team.objects.create(name="All of them (made up)")
    for role in (Role.CALL_HANDLER, Role.SERGEANT):
        Membership.objects.create(user=room.dispatcher, team=team, role=role)
    return User.objects.get(id=room.dispatcher.id)


def more(room: Room, first: int, many: int) -> Incident:
    """So many incidents more, each graded, with a unit sent and lines in its log; and as much again on the last."""
    for n in range(first, first + many):
        incident = room.force.incident(domestic=n % 2 == 0)
        fill(room, incident, n)
    return incident


def fill(room: Room, incident: Incident, n: int) -> None:
    """A grade, a line of the log, and a unit on its way."""
    control.grade(incident.id, 2, "", room.dispatcher)
    control.add_log_entry(incident.id, f"Shouting again, {n}", room.dispatcher)
    dispatch.assign(incident.id, [room.on_duty(f"A{n}").id], room.dispatcher)


def statements(client: Client, path: str, incident: Incident) -> list[str]:
    """What one request sends."""
    address = path.replace("{ref}", f"{incident.number}/{incident.day:%d%m%Y}")
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.content[:300])
    return [q["sql"] for q in asked.captured_queries if not q["sql"].startswith(TURNING)]


def test_every_list_and_page_sends_its_fixed_number_of_statements(room: Room, viewer: User) -> None:
    client = Client()
    client.force_login(viewer)
    incident = more(room, 0, 2)
    few = {path: statements(client, path, incident) for path in FIXED}
    more(room, 2, 4)
    for n in range(10, 14):
        fill(room, incident, n)
    many = {path: statements(client, path, incident) for path in FIXED}
    grown = {path: sorted(set(many[path]) - set(few[path])) for path in FIXED if len(many[path]) != len(few[path])}
    assert grown == {}, "more rows made more statements"
    assert {path: len(sent) for path, sent in few.items()} == FIXED
