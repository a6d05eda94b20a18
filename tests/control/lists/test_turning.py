"""The lists of incidents and of duties turned by key: every row once, in the one order, forwards and back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iops.control import selectors
from iops.control.opening import Told, open_once
from iops.control.selectors import IncidentsFilter
from iops.foundation import clock, paging
from iops.foundation.context import acting
from iops.foundation.errors import InvalidError
from iops.foundation.models import District, Membership, Team, User
from iops.foundation.roles import Role
from iops.obligations.selectors import WorklistFilter, worklist
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.foundation.paging import Page

    Asked = Callable[..., Page[object]]

pytestmark = pytest.mark.django_db
MANY = 112
BAD = ["x", "1~2~3~4", "1", "~", "9" * 50, "0~0~0~0~'", "%00", "../..~1"]


@pytest.fixture
def viewer() -> User:
    """Somebody in several roles, force-wide, with incidents in two districts: many of one moment, risk and due time."""
    force = Force()
    viewer = force.one(Role.CALL_HANDLER)
    team = Team.objects.get(name="Everywhere (made up)")
    for role in (Role.SERGEANT, Role.DISPATCHER):
        Membership.objects.create(user=viewer, team=team, role=role)
    viewer = User.objects.get(id=viewer.id)
    places = [force.district.id, District.objects.create(code="S", name="South (made up)").id]
    moment = clock.now() - dt.timedelta(hours=30)
    for n in range(MANY):
        told = Told(
            where="1 Mill Lane",
            what="Shouting heard",
            district_id=places[n % 2],
            domestic=n % 3 == 0,
            grade=(None, 1, 2)[n % 3],
            reported_at=moment + dt.timedelta(minutes=n // 30),
        )
        open_once(told, viewer)
    return viewer


def incidents_of(viewer: User) -> Asked:
    def asked(**wanted: object) -> Page[object]:
        with acting(user_id=viewer.id):
            return selectors.incidents(viewer, IncidentsFilter(**wanted))  # type: ignore[arg-type,return-value]

    return asked


def duties_of(viewer: User) -> Asked:
    def asked(**wanted: object) -> Page[object]:
        with acting(user_id=viewer.id):
            return worklist(viewer, WorklistFilter(**wanted)).page  # type: ignore[arg-type,return-value]

    return asked


@pytest.mark.parametrize("of", [incidents_of, duties_of])
def test_turning_by_key_shows_the_list_as_it_stands_by_number(viewer: User, of: Callable[[User], Asked]) -> None:
    asked = of(viewer)
    by_number = [asked(page=1)]
    while by_number[-1].page < by_number[0].pages:
        by_number.append(asked(page=by_number[-1].page + 1))
    assert len(by_number) > 2
    assert sum(len(p.rows) for p in by_number) == by_number[0].total
    here, turned = by_number[0], [by_number[0]]
    while here.next:
        here = asked(page=here.page + 1, after=here.next)
        turned.append(here)
    assert [p.rows for p in turned] == [p.rows for p in by_number]
    back = [here]
    while here.previous:
        here = asked(page=here.page - 1, before=here.previous)
        back.insert(0, here)
    assert [p.rows for p in back] == [p.rows for p in by_number]


def test_turning_keeps_to_the_filter(viewer: User) -> None:
    asked = duties_of(viewer)
    first = asked(rule="grade-incident", late_only=True)
    assert {r.rule for r in first.rows} <= {"grade-incident"}  # type: ignore[attr-defined]
    domestic = incidents_of(viewer)(domestic=True)
    assert (domestic.total, domestic.next, domestic.more) == (len(domestic.rows), "", False)


@pytest.mark.parametrize("bad", BAD)
def test_a_key_that_no_list_gave_out_is_refused(bad: str) -> None:
    viewer = Force().one(Role.CALL_HANDLER)
    for asked in (incidents_of(viewer), duties_of(viewer)):
        with pytest.raises(InvalidError):
            asked(page=2, after=bad)
        with pytest.raises(InvalidError):
            asked(page=2, before=bad)


@pytest.mark.parametrize("path", ["/incidents/", "/", "/api/v1/incidents", "/api/v1/worklist"])
def test_a_bad_key_in_an_address_is_a_refusal_and_not_a_failure(path: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(Force().one(Role.CALL_HANDLER))
    for bad in BAD:
        assert client.get(path, {"page": "2", "after": bad}).status_code == 422
    assert client.get(path, {"after": "x" * 5_000}).status_code in {414, 422}


def test_more_than_can_be_counted_is_said_to_be_more(viewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "MOST_COUNTED", 60)
    first = incidents_of(viewer)()
    assert (first.total, first.at_least, first.more) == (60, True, True)
    last = incidents_of(viewer)(page=3)
    assert (last.at_least, last.more, len(last.rows)) == (True, False, MANY - 2 * paging.PAGE_SIZE)
    client = Client()
    client.force_login(viewer)
    page = client.get("/incidents/").content.decode()
    assert "more than 60" in page
    assert "after=" in page
    assert client.get("/api/v1/incidents").json()["page"]["at_least"] is True


def test_no_page_asks_how_many_incidents_there_are_in_all(viewer: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        incidents_of(viewer)()
    counts = [q["sql"] for q in asked.captured_queries if "COUNT(" in q["sql"]]
    assert len(counts) == 1
    assert f"LIMIT {paging.MOST_COUNTED + 1}" in counts[0]
