"""Schedules run as the application's role, the sealer is kept going, and the worker ends in good order."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from importlib import import_module

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from iops.foundation import jobs, sessions, worker
from iops.foundation.models import SignInSession
from tests.conftest import as_owner, worker_database

pytestmark = pytest.mark.django_db(transaction=True)

NIGHTLY = {"check-conservation", "clear-expired-sessions", "clear-finished-jobs", "ensure-history-partitions"}


def test_every_schedule_is_known_to_the_worker() -> None:
    import_module("iops.obligations.jobs")
    assert {periodic.task.name for periodic in app.periodic_registry.periodic_tasks.values()} >= NIGHTLY


@pytest.mark.parametrize("name", sorted(NIGHTLY))
def test_a_job_runs_in_the_worker_as_the_role_of_the_application(name: str) -> None:
    app.configure_task(name).defer(timestamp=0)
    worker.run_worker(wait=False)
    assert ProcrastinateJob.objects.get(task_name=name).status == "succeeded"


def test_a_job_is_queued_once_however_often_its_time_comes() -> None:
    from procrastinate.exceptions import AlreadyEnqueued

    app.configure_task("clear-expired-sessions", queueing_lock="clear-expired-sessions").defer(timestamp=0)
    with pytest.raises(AlreadyEnqueued):
        app.configure_task("clear-expired-sessions", queueing_lock="clear-expired-sessions").defer(timestamp=1)


def test_expired_sessions_are_deleted_and_others_kept() -> None:
    keys = []
    for _ in range(3):
        store = sessions.SessionStore()
        store.create()
        keys.append(store.session_key)
    SignInSession.objects.filter(session_key=keys[0]).update(
        expire_date=sessions.wall_clock() - dt.timedelta(minutes=1)
    )
    assert jobs.clear_expired_sessions() == 1
    assert set(SignInSession.objects.values_list("session_key", flat=True)) == set(keys[1:])


def test_finished_jobs_are_cleared_and_failed_ones_stay() -> None:
    ids = {}
    for status in ("succeeded", "failed"):
        job_id = app.configure_task("clear-expired-sessions").defer(timestamp=0)
        with connection.cursor() as cursor:
            cursor.execute("update procrastinate_jobs set status = %s where id = %s", [status, job_id])
        ids[status] = job_id
    assert jobs.clear_finished_jobs() == 0
    import psycopg

    with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
        owner.execute("update procrastinate_events set at = now() - interval '31 days'")
    assert jobs.clear_finished_jobs() == 1
    assert list(ProcrastinateJob.objects.values_list("id", flat=True)) == [ids["failed"]]


class TestKeeping:
    def test_what_fails_is_started_again_until_it_is_told_to_stop(self) -> None:
        starts: list[int] = []
        enough = threading.Event()

        def fragile(stop: threading.Event) -> None:
            starts.append(1)
            if len(starts) < 3:
                raise RuntimeError("cut off")
            enough.set()
            stop.wait()

        with worker.keeping("fragile", fragile, pause=0.01) as thread:
            assert enough.wait(20)
        assert not thread.is_alive()
        assert len(starts) == 3

    def test_what_ends_by_itself_is_left_alone(self) -> None:
        starts: list[int] = []
        with worker.keeping("done", lambda _: starts.append(1)) as thread:
            thread.join(20)
        assert starts == [1]


def test_the_worker_ends_in_good_order_on_sigterm() -> None:
    from psycopg.conninfo import make_conninfo

    environment = {
        **os.environ,
        "IOPS_APP_DSN": make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database()),
        "PYTHONPATH": "src",
        "DJANGO_SETTINGS_MODULE": "iops.project.settings",
    }
    code = "from iops.foundation.commands_worker import worker; worker()"
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if "worker-started" in line:
            break
    _until_a_worker_is_registered()
    process.send_signal(signal.SIGTERM)
    rest = process.communicate(timeout=60)[1]
    assert process.returncode == 0, (seen, rest)
    assert "worker-stopped" in rest


def _until_a_worker_is_registered() -> None:
    """Wait until the worker listens to signals: it has put itself down in its table by then."""
    import time

    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from procrastinate_workers")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.1)
    raise AssertionError("no worker came up")
