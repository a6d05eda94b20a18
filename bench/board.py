"""How soon a change is on every board: streams of many browsers, open incidents, changes at a steady rate.

    python -m bench.board [--streams 200] [--incidents 500] [--rate 20] [--seconds 60]

Counted from the commit of a change to its arrival at each browser's socket, for every change at every browser. Changes
go through the services, the stream is the process that `up` starts. Ends with 1 when the bar is missed or a change
never came.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.harness import console, owner, server, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOST = "127.0.0.1"
BAR = 500
"""Milliseconds from the commit to the browser, for 95 in 100."""
GRACE = 5.0
"""Seconds after the last change in which it may still come."""
UNITS = 60
Told = tuple[int, float]
"""An incident, and the moment its change was committed or came."""


def main() -> int:
    """Measure, print, and answer 1 when the bar is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("streams", 200), ("incidents", 500), ("rate", 20), ("seconds", 60)):
        options.add_argument(f"--{name}", type=int, default=usual)
    given = options.parse_args()
    with server() as running:
        os.environ["IOPS_HOSTS"] = HOST
        with get_context("spawn").Pool(1) as pool:
            ids, cookie = pool.apply(fill, (given.incidents,))
            with owner(running) as db:
                db.execute("analyze")  # as the server does by itself, within a minute
            with stream() as (port, process):
                before = _cpu(process.pid)
                changes, arrived = asyncio.run(measure(port, cookie, ids, given, pool))
                spent = _cpu(process.pid) - before
                return report(given, changes, arrived, spent, _memory(process.pid))


def fill(incidents: int) -> tuple[list[int], str]:
    """Open incidents, units on duty, and a signed-in account; the ids, and the cookie of the session."""
    import django

    django.setup()
    from datetime import timedelta

    from django.conf import settings
    from django.test import Client

    from iops.control import services
    from iops.control.dispatch import services as dispatch
    from iops.foundation import clock
    from iops.foundation.context import acting
    from iops.foundation.models import District, Membership, Team, User
    from iops.foundation.roles import Role

    with acting(reason="bench"):
        district = District.objects.create(code="B", name="Bench (made up)")
        team = Team.objects.create(name="Bench (made up)")
        people = {}
        for role in (Role.DISPATCHER, Role.SERGEANT):
            people[role] = User.objects.create(username=role.value, name=f"{role.label} (made up)", made_up=True)
            Membership.objects.create(user=people[role], team=team, role=role)
    by = people[Role.SERGEANT]
    ids = [
        services.open_incident(where=f"{n} Mill Lane", what="Shouting heard", by=by, district_id=district.id).id
        for n in range(incidents)
    ]
    for n in range(UNITS):
        with acting(reason="bench"):
            officer = User.objects.create(username=f"officer-{n}", name=f"Officer {n} (made up)", made_up=True)
        unit = dispatch.register_unit(f"B{n}", "response", district.id, by, made_up=True)
        dispatch.book_on(unit.id, [officer.id], clock.now() + timedelta(hours=8), by)
    client = Client()
    client.force_login(people[Role.DISPATCHER])
    name = settings.SESSION_COOKIE_NAME
    return ids, f"{name}={client.cookies[name].value}"


def change(ids: Sequence[int], rate: int, seconds: int) -> list[Told]:
    """Mark incidents as domestic, and take the mark away again, at a steady rate; when each was committed."""
    from iops.control import services
    from iops.foundation.models import User

    by = User.objects.get(username="sergeant")
    done, start = [], time.monotonic() + 0.5
    for n in range(rate * seconds):
        time.sleep(max(0.0, start + n / rate - time.monotonic()))
        services.mark_domestic(ids[n % len(ids)], n // len(ids) % 2 == 0, "bench", by)
        done.append((ids[n % len(ids)], time.monotonic()))
    return done


@contextmanager
def stream() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The process of the live board, as `up` starts it: its port, and itself."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", HOST, "--port", str(port)]
    command += ["--workers", "1", "--no-access-log", "--log-level", "warning", "iops.project.stream:application"]
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    break
            time.sleep(0.2)
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=30)


async def measure(
    port: int, cookie: str, ids: Sequence[int], given: argparse.Namespace, pool: Any
) -> tuple[list[Told], list[list[Told]]]:
    """All browsers listen while the changes are made: the changes, and what came to each browser."""
    arrived: list[list[Told]] = [[] for _ in range(given.streams)]
    browsers = [asyncio.create_task(browse(port, cookie, came)) for came in arrived]
    await asyncio.sleep(3.0)
    making = pool.apply_async(change, (ids, given.rate, given.seconds))
    while not making.ready():
        await asyncio.sleep(0.5)
    await asyncio.sleep(GRACE)
    for browser in browsers:
        browser.cancel()
    return making.get(), arrived


async def browse(port: int, cookie: str, came: list[Told]) -> None:
    """One browser: an open stream, and which incidents each event tells of."""
    reading, writing = await asyncio.open_connection(HOST, port, limit=2**24)
    writing.write(f"GET /board/events HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\n\r\n".encode())
    if b" 200 " not in await reading.readline():
        raise SystemExit("the stream refused a browser")
    while line := await reading.readline():
        if line.startswith(b"event: change"):
            await reading.readline()
            data = await reading.readline()
            now = time.monotonic()
            came.extend((row[0], now) for row in json.loads(data[6:])["rows"])


def report(
    given: argparse.Namespace, changes: Sequence[Told], arrived: Sequence[Sequence[Told]], cpu: float, memory: int
) -> int:
    """Print, and judge."""
    took, missing = [], 0
    for came in arrived:
        when: dict[int, list[float]] = defaultdict(list)
        for incident, moment in came:
            when[incident].append(moment)
        for incident, committed in changes:
            # Seen by the look that was under way when the commit returned, it may come a moment before that.
            after = [moment for moment in when[incident] if moment >= committed - 0.05]
            missing += not after
            took += [max(0.0, after[0] - committed)] if after else []
    took.sort()
    cut = {share: took[int(len(took) * share)] * 1000 for share in (0.5, 0.95, 0.99)} if took else {0.95: 1e9}
    wanted = len(changes) * len(arrived)
    what = f"{given.streams} browsers, {given.incidents} open incidents, {given.rate} changes a second"
    show(
        f"{what} for {given.seconds} s",
        [
            ("changes at browsers", f"{len(took):,} of {wanted:,}", "", "", "all"),
            *(
                (f"p{share * 100:.0f}", f"{ms:.0f} ms", "", "", f"< {BAR} ms" if share == 0.95 else "")
                for share, ms in cut.items()
            ),
            ("processor of the stream", f"{cpu / given.seconds:.2f} of one", "", "", ""),
            ("memory of the stream", f"{memory:,} MB", "", "", ""),
        ],
    )  # fmt: skip
    console.print(f"Never came: {missing:,}")
    return 0 if cut[0.95] < BAR and missing == 0 else 1


def _family(pid: int) -> list[int]:
    found = [pid]
    for at in found:
        children = Path(f"/proc/{at}/task/{at}/children")
        found += [int(child) for child in children.read_text().split()] if children.exists() else []
    return found


def _cpu(pid: int) -> float:
    """Processor seconds of a process and its children so far."""
    stats = [Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split() for each in _family(pid)]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> int:
    """Megabytes that a process and its children hold."""
    pages = sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in _family(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


if __name__ == "__main__":
    sys.exit(main())
