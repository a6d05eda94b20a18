"""A queue that fills or that nobody opens rings, an inspector owes the answer, and the answer stands (I16, I17)."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.safeguarding import jobs
from iops.safeguarding import services as safeguarding
from iops.safeguarding.hub.page import selectors as page
from iops.safeguarding.hub.page.settings import Queue, hub_settings
from iops.safeguarding.hub.queues import selectors, services
from iops.safeguarding.models import QueueAlarm, QueueFault

if TYPE_CHECKING:
    from iops.foundation.models import User
    from tests.safeguarding.hub.conftest import Desks

SAID = "Two on leave; a desk was opened from tomorrow"
RULE = "queue-alarm-answer"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def inspector(desks: Desks) -> User:
    return desks.force.one(Role.INSPECTOR)


def in_hours(hours: int) -> dt.datetime:
    return clock.now() + dt.timedelta(hours=hours)


def child_waits(desks: Desks) -> None:
    """A child whose decision is owed, and whose queue nobody opened."""
    officer = desks.force.one(Role.RESPONSE)
    safeguarding.link_child(desks.incident, "Tom Brown (made up)", None, officer)


def of(code: str) -> list[tuple[str, int]]:
    return [(a.fault, a.waiting) for a in QueueAlarm.objects.filter(queue=code).order_by("fault")]


@pytest.fixture
def rung(desks: Desks) -> QueueAlarm:
    """The queue of children, filling and unopened for five hours; the alarm that nobody opened it."""
    child_waits(desks)
    with clock.at(in_hours(5)):
        services.raise_alarms()
    return QueueAlarm.objects.get(queue="children", fault=QueueFault.UNOPENED)


def test_nothing_rings_in_a_force_where_nothing_waits(desks: Desks) -> None:
    with clock.at(in_hours(5)):
        assert services.raise_alarms() == []


def test_a_queue_that_nobody_opened_for_its_hours_rings_and_not_before(desks: Desks) -> None:
    child_waits(desks)
    with clock.at(in_hours(3)):
        services.raise_alarms()
        assert of("children") == [("filling", 1)]
    with clock.at(in_hours(5)):
        services.raise_alarms()
        assert of("children") == [("filling", 1), ("unopened", 1)]


def test_opening_the_queue_keeps_it_from_ringing(desks: Desks) -> None:
    child_waits(desks)
    with clock.at(in_hours(3)):
        page.queue("children", 1, desks.keeper)
    with clock.at(in_hours(5)):
        services.raise_alarms()
        assert of("children") == [("filling", 1)]


def test_it_rings_once_while_it_waits_for_its_answer_and_once_a_day(desks: Desks, rung: QueueAlarm) -> None:
    with clock.at(in_hours(30)):
        services.raise_alarms()
        assert QueueAlarm.objects.filter(queue="children", fault="unopened").count() == 1
        services.answer_queue_alarm(rung.id, SAID, inspector(desks))
        services.raise_alarms()
        assert QueueAlarm.objects.filter(queue="children", fault="unopened").count() == 2
        again = QueueAlarm.objects.get(queue="children", fault="unopened", answered_at=None)
        services.answer_queue_alarm(again.id, SAID, inspector(desks))
        services.raise_alarms()
    assert QueueAlarm.objects.filter(queue="children", fault="unopened").count() == 2


def test_an_inspector_owes_the_answer_and_it_ends_with_it(desks: Desks, rung: QueueAlarm) -> None:
    owed = Obligation.objects.get(rule=RULE, subject_id=rung.id)
    assert (owed.met_at, owed.due_at - rung.raised_at) == (None, dt.timedelta(hours=8))
    named = selectors.labels([rung.id])[rung.id]
    assert (named.reference, named.address) == (str(rung), f"/hub/queue-alarms/#alarm-{rung.id}")
    services.answer_queue_alarm(rung.id, SAID, inspector(desks))
    owed.refresh_from_db()
    assert owed.met_at is not None


def test_nobody_below_inspector_answers_and_nothing_is_answered_twice(desks: Desks, rung: QueueAlarm) -> None:
    for role in (Role.SERGEANT, Role.SAFEGUARDING, Role.ANALYST):
        with pytest.raises(NotAllowedError, match="inspector"):
            services.answer_queue_alarm(rung.id, SAID, desks.force.one(role))
    with pytest.raises(InvalidError):
        services.answer_queue_alarm(rung.id, "  ", inspector(desks))
    services.answer_queue_alarm(rung.id, SAID, inspector(desks))
    with pytest.raises(ConflictError):
        services.answer_queue_alarm(rung.id, "Once more", inspector(desks))
    with pytest.raises(NotFoundError):
        services.answer_queue_alarm(10**9, SAID, inspector(desks))


@pytest.mark.parametrize(
    "change",
    [
        "waiting = 7",
        "fault = 'filling'",
        "answered_at = now(), answered_by_id = {stranger}, answer = 'x'",
        "answered_at = now(), answered_by_id = {keeper}, answer = 'x'",
    ],
)
def test_the_database_keeps_an_alarm_as_it_rang(desks: Desks, rung: QueueAlarm, change: str) -> None:
    said = change.format(stranger=inspector(desks).id, keeper=desks.keeper.id)
    by = acting(user_id=desks.keeper.id, request_id="t")
    with pytest.raises(DatabaseError), transaction.atomic(), by, connection.cursor() as cursor:
        cursor.execute(f"update safeguarding_queuealarm set {said} where id = %s", [rung.id])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from safeguarding_queuealarm")


def test_the_hub_says_that_the_inspector_was_told_and_leads_to_the_answer(desks: Desks, rung: QueueAlarm) -> None:
    shown = browser(desks.keeper).get("/hub/").content.decode()
    assert f"/hub/queue-alarms/#alarm-{rung.id}" in shown
    assert "was told" in shown
    services.answer_queue_alarm(rung.id, SAID, inspector(desks))
    assert f"#alarm-{rung.id}" not in browser(desks.keeper).get("/hub/").content.decode()


def test_an_answer_is_given_on_the_page_and_kept_when_it_is_refused(desks: Desks, rung: QueueAlarm) -> None:
    keeper, above = browser(desks.keeper), browser(inspector(desks))
    where = f"/hub/queue-alarms/{rung.id}/"
    assert above.post(where, {"answer": ""}).status_code == 422
    refused = keeper.post(where, {"answer": SAID})
    assert refused.status_code == 403
    assert SAID in refused.content.decode()
    assert above.post(where, {"answer": SAID}).status_code == 302
    assert above.post(where, {"answer": "Once more"}).status_code == 409
    assert above.post("/hub/queue-alarms/999999/", {"answer": "x"}).status_code == 404
    assert SAID in keeper.get("/hub/queue-alarms/").content.decode()


def test_who_may_not_answer_reads_who_does(desks: Desks, rung: QueueAlarm) -> None:
    assert "An inspector answers it." in browser(desks.keeper).get("/hub/queue-alarms/").content.decode()
    assert "An inspector answers it." not in browser(inspector(desks)).get("/hub/queue-alarms/").content.decode()


def test_a_force_in_which_nothing_rang_has_an_empty_page(desks: Desks) -> None:
    assert "No alarm was raised." in browser(desks.keeper).get("/hub/queue-alarms/").content.decode()


def test_programs_read_and_answer(desks: Desks, rung: QueueAlarm) -> None:
    above = browser(inspector(desks))
    listed = above.get("/api/v1/queue-alarms").json()
    assert {(a["queue"], a["fault"]) for a in listed} >= {("children", "unopened"), ("children", "filling")}
    where, said = f"/api/v1/queue-alarms/{rung.id}/answer", json.dumps({"answer": SAID})
    assert above.post(where, "{}", content_type="application/json").status_code == 422
    assert browser(desks.keeper).post(where, said, content_type="application/json").status_code == 403
    assert above.post(where, said, content_type="application/json").json()["answer"] == SAID
    assert above.post(where, said, content_type="application/json").status_code == 409


def test_the_job_raises_what_the_verb_would(desks: Desks) -> None:
    child_waits(desks)
    with clock.at(in_hours(5)):
        assert jobs.look_at_queues() == QueueAlarm.objects.count()
        assert jobs.look_at_queues() == 0
    assert QueueAlarm.objects.filter(queue="children").count() == 2


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.booleans())
def test_a_fault_is_told_exactly_when_something_waits_and_it_is_so(
    waiting: int, came_in: int, cleared: int, unopened: bool
) -> None:
    queue = next(iter(hub_settings().queues.values()))
    standing = _standing(queue, waiting, came_in, cleared, unopened)
    found = services.faults(standing)
    assert (QueueFault.FILLING in found) == (waiting > 0 and came_in > cleared)
    assert (QueueFault.UNOPENED in found) == (waiting > 0 and unopened)


def _standing(queue: Queue, waiting: int, came_in: int, cleared: int, unopened: bool) -> page.Standing:
    return page.Standing(queue, (), waiting, 0, None, came_in, cleared, None, unopened)
