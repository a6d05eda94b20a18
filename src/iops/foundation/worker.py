"""The worker: background jobs and schedules, and beside them the sealer and what areas keep going, until SIGTERM."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, cast

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from iops.foundation import keepers
from iops.foundation.logs import log
from iops.foundation.seal import seal_forever

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from procrastinate.contrib.django.django_connector import DjangoConnector

PATIENCE = 10.0
"""Seconds a job may take to finish after the worker was told to stop; the next worker takes up what was cut off."""
PAUSE = 5.0
"""Seconds between a failure of a keeper and its next start."""


def run_worker(*, wait: bool = True) -> None:
    """Work until SIGINT or SIGTERM (or, without `wait`, until nothing is left to do), then end in good order."""
    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    log.info("worker-started")
    with _connections_end_with_their_job(), ExitStack() as kept:
        for name, work in {"sealer": seal_forever, **keepers.registered()}.items():
            kept.enter_context(keeping(name, work))
        app.with_connector(connector).run_worker(
            wait=wait,
            concurrency=1,
            install_signal_handlers=wait,
            shutdown_graceful_timeout=PATIENCE,
            # One worker, asked every few seconds: nothing here is worth a NOTIFY in somebody's transaction.
            listen_notify=False,
        )
    log.info("worker-stopped")


@contextmanager
def _connections_end_with_their_job() -> Iterator[None]:
    """Jobs run in threads that come and go: none of them keeps its connection."""
    settings = connection.settings_dict
    kept = settings["CONN_MAX_AGE"]
    settings["CONN_MAX_AGE"] = 0
    try:
        yield
    finally:
        settings["CONN_MAX_AGE"] = kept


@contextmanager
def keeping(name: str, work: Callable[[threading.Event], None], *, pause: float = PAUSE) -> Iterator[threading.Thread]:
    """Keep `work` going in a thread beside what runs here, started again when it fails; told to stop at the end."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep, args=(name, work, stop, pause), name=name, daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(PATIENCE)


def _keep(name: str, work: Callable[[threading.Event], None], stop: threading.Event, pause: float) -> None:
    try:
        while not stop.is_set():
            try:
                work(stop)
            except Exception as error:  # noqa: BLE001 - it is logged, and the work goes on
                log.error("keeper-failed", job=name, exc_info=error)
                close_old_connections()
                stop.wait(pause)
            else:
                return
    finally:
        connection.close()
