"""Whatever fails, dies or starts again: each event is acknowledged at least once, and in order within its record."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from iops.control import services as control
from iops.exchange.models import Delivery
from iops.exchange.webhooks import sending
from iops.foundation.context import acting
from iops.foundation.roles import Role
from tests.conftest import worker_database
from tests.exchange.test_webhooks import NO, URL, YES, Subscriber, committed, subscribe
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from iops.control.models import Incident
    from iops.exchange.webhooks.calling import Answer
    from tests.force import Force

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
RECORDS = 3


class KilledError(BaseException):
    """The sender dies here, as by `kill -9`: nothing after this point happens."""


class Wire:
    """What the subscriber got, and in which order; the wire fails and the sender dies as it was drawn."""

    def __init__(self, fates: list[str]) -> None:
        self.fates = fates
        self.seen: list[tuple[int, int]] = []
        self.acknowledged: list[tuple[int, int]] = []
        self.lock = threading.Lock()

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        told = json.loads(body)
        one = (told["record"]["id"], told["sequence"])
        with self.lock:
            fate = self.fates.pop() if self.fates else "yes"
            if fate == "dies before":
                raise KilledError
            self.seen.append(one)
            if fate in {"yes", "dies after"}:
                self.acknowledged.append(one)
            if fate == "dies after":
                raise KilledError
            return YES if fate == "yes" else NO


@pytest.fixture
def listened(force: Force) -> tuple[Force, list[Incident]]:
    """Incidents, and somebody who wants to be told of every line of their logs."""
    subscribe(force, "incident.logged", url=URL)
    force.one(Role.SERGEANT)
    return force, [force.incident() for _ in range(RECORDS)]


fates = st.lists(st.sampled_from(["yes", "no", "dies before", "dies after"]), max_size=12)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, RECORDS - 1)),
        st.tuples(st.sampled_from(["send", "pass"]), st.just(0)),
    ),
    max_size=20,
)


@given(told=steps, fates_=fates)
@settings(max_examples=25)
def test_every_event_is_acknowledged_and_in_order_whatever_fails(
    let_time_pass: Callable[[], None],
    listened: tuple[Force, list[Incident]],
    told: list[tuple[str, int]],
    fates_: list[str],
) -> None:
    force, incidents = listened
    by = force.one(Role.SERGEANT)
    with transaction.atomic():
        wire = Wire(fates_)
        for what, which in [*told, *[("write", n) for n in range(RECORDS)]]:
            if what == "write":
                control.add_log_entry(incidents[which].id, "line", by)
                committed()
            elif what == "pass":
                let_time_pass()
            else:
                _send(wire)
        _until_nothing_waits(wire, let_time_pass)
        with as_user(force.one(Role.ADMINISTRATOR)):
            written = list(Delivery.objects.order_by("seq").values_list("record_id", "seq", "state"))
        assert {state for _, _, state in written} == {"acknowledged"}
        assert set(wire.acknowledged) == {(record, seq) for record, seq, _ in written}
        _assert_in_order(wire)
        transaction.set_rollback(True)


def _send(wire: Wire) -> int:
    try:
        return sending.send_due(wire)
    except KilledError:
        return 1


def _until_nothing_waits(wire: Wire, let_time_pass: Callable[[], None]) -> None:
    for _ in range(200):
        let_time_pass()
        if not _send(wire):
            return
    raise AssertionError("something waits for ever")


def _assert_in_order(wire: Wire) -> None:
    """Of one record, nothing is seen before all that came before it was acknowledged."""
    highest: dict[int, int] = {}
    for record, seq in wire.seen:
        assert seq >= highest.get(record, 0)
        highest[record] = seq


@pytest.mark.django_db(transaction=True)
class TestCommits:
    def test_the_order_of_a_record_is_the_order_of_its_commits(self, force: Force) -> None:
        subscribe(force, "incident.logged", url=URL)
        incident, by = force.incident(), force.one(Role.SERGEANT)
        written, go_on = threading.Event(), threading.Event()

        def slow() -> None:
            with acting(user_id=by.id):
                control.add_log_entry(incident.id, "written first, committed last", by)
                written.set()
                go_on.wait(20)
            connection.close()

        thread = threading.Thread(target=slow)
        thread.start()
        assert written.wait(20)
        control.add_log_entry(incident.id, "written last, committed first", by)
        subscriber = Subscriber()
        assert sending.send_due(subscriber) == 1
        go_on.set()
        thread.join(20)
        assert sending.send_due(subscriber) == 1
        first, second = subscriber.got
        assert first["sequence"] < second["sequence"]
        assert first["facts"]["entry_id"] > second["facts"]["entry_id"]

    def test_two_senders_at_once_send_each_delivery_once(self, force: Force) -> None:
        subscribe(force, "incident.opened", url=URL)
        for _ in range(12):
            force.incident()
        subscriber = Subscriber()

        def work(_: object = None) -> None:
            while sending.send_due(subscriber):
                pass
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len(subscriber.got) == 12
        assert len({one["delivery"] for one in subscriber.got}) == 12

    def test_a_sender_that_is_killed_loses_nothing(self, force: Force, owner: psycopg.Connection) -> None:
        subscribe(force, "incident.opened", url=URL)
        incident = force.incident()
        sender = _sender_that_hangs()
        assert sender.stdout is not None
        assert sender.stdout.readline() == "sent\n"
        sender.send_signal(signal.SIGKILL)
        sender.wait(20)
        subscriber = Subscriber()
        assert sending.send_due(subscriber) == 0
        owner.execute("update exchange_delivery set leased_until = leased_until - interval '1 day'")
        assert sending.send_due(subscriber) == 1
        assert subscriber.got[0]["record"]["id"] == incident.id


def _sender_that_hangs() -> subprocess.Popen[str]:
    """A sender in a process of its own that has sent what it claimed and never hears the answer."""
    code = (
        "import os, time, django; django.setup()\n"
        "from iops.exchange.webhooks import sending\n"
        "def hang(*_):\n    os.write(1, b'sent\\n'); time.sleep(60)\n"
        "sending.send_due(hang)"
    )
    own: dict[str, Any] = {
        **os.environ,
        "IOPS_APP_DSN": make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database()),
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "iops.project.settings",
    }
    return subprocess.Popen([sys.executable, "-c", code], env=own, cwd=ROOT, stdout=subprocess.PIPE, text=True)
