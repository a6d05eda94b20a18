"""Saving an incident over HTTP, durable, against the same statements under pgbench in the same run.

    python -m bench.saving [--seconds 10] [--clients 8]

The whole way of a request: granian, every middleware, session, CSRF, validation, service, obligations, history, answer.
The client runs on the same processors and takes its share of them.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench.harness import console, server, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.foundation.server import Running

HOST = "127.0.0.1"
RATE = 50
CREATED = 201
STATEMENTS = """
begin;
select set_config('iops.user_id', '{user}', true), set_config('iops.request_id', 'bench', true),
       set_config('iops.reason', 'incident opened', true);
insert into control_contact (channel, at, call_back, caller_name, taken_by_id, source, source_key, made_up)
values ('999', now(), '', '', {user}, '', '', false) returning id as contact \\gset
select d.day, iops.take_numbers('incident', d.day, 1) as number
from (select iops.local_date(now()) as day) d \\gset
insert into control_incident (day, number, contact_id, reported_at, "where", what, district_id, opened_by_id, domestic,
                              crime_reported, category, restricted, closing_note, made_up)
values (cast(:day as date), :number, :contact, now(), '1 Mill Lane', 'Shouting heard', {district}, {user}, true, true,
        '', false, '', false);
select iops.settle_now();
commit;
"""


class Caller:
    """One signed-in client with a connection of its own that stays open."""

    def __init__(self, port: int, password: str) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=30)
        self.cookies: dict[str, str] = {}
        page = self.ask("GET", "/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"username": "call-handler", "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        self.ask("POST", "/sign-in/", urlencode(form), "application/x-www-form-urlencoded")

    def ask(self, method: str, path: str, body: str | None = None, kind: str = "application/json") -> str:
        """One request; the answer's text. Raises RuntimeError when it is refused."""
        headers = {"Content-Type": kind, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        token = next((v for k, v in self.cookies.items() if "csrf" in k), "")
        headers |= {"X-CSRFToken": token, "Referer": f"http://{HOST}/"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]}")
        return text

    def save(self, district: int) -> None:
        """Open one incident; done when it is durable."""
        told = {"where": "1 Mill Lane", "what": "Shouting heard", "district_id": district, "domestic": True}
        self.ask("POST", "/api/v1/incidents", json.dumps(told | {"crime_reported": True}))


@contextmanager
def web() -> Iterator[int]:
    """The web server as `up` starts it; its port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "4", "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(
        [*command, "iops.project.wsgi:application"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    break
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def together(callers: list[Caller], work: str, district: int, seconds: float) -> list[float]:
    """Seconds of each save: `all` as fast as they can, `rate` at RATE a second, counted from when each was due."""
    took: list[float] = []
    failures: list[Exception] = []
    start, ticket, lock = time.perf_counter() + 0.2, iter(range(10**9)), threading.Lock()

    def run(caller: Caller) -> None:
        while True:
            with lock:
                due = start + next(ticket) / RATE if work == "rate" else time.perf_counter()
            if due > start + seconds:
                return
            time.sleep(max(0.0, due - time.perf_counter()))
            try:
                caller.save(district)
            except (OSError, RuntimeError, http.client.HTTPException) as failure:
                failures.append(failure)
                return
            took.append(time.perf_counter() - due)

    threads = [threading.Thread(target=run, args=[caller]) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"{len(failures)} clients failed: {failures[0]}")
    return sorted(took)


def pgbench(running: Running, script: str, clients: int, seconds: int) -> float:
    """Transactions a second of the same statements, sent by pgbench with prepared statements."""
    from iops.foundation.server.binaries import find

    parts = conninfo_to_dict(running.app_dsn)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    environment = {**os.environ, **{names[key]: str(parts[key]) for key in names if key in parts}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "save.sql"
        path.write_text(script)
        command = [find().program("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2"]
        done = subprocess.run(
            [*command, "-T", str(seconds), "-f", str(path)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode or not found:
        raise SystemExit(f"pgbench failed: {done.stderr[-500:]}")
    return float(found[1])


def main() -> int:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=10)
    options.add_argument("--clients", type=int, default=8)
    given = options.parse_args()
    password = secrets.token_urlsafe(12)
    os.environ["IOPS_MADE_UP_PASSWORD"] = password
    with server() as running:
        with psycopg.connect(running.owner_dsn) as db:
            find_ids = "select (select min(id) from foundation_user), (select min(id) from foundation_district)"
            user, district = db.execute(find_ids).fetchone() or (0, 0)
        script = STATEMENTS.format(user=user, district=district)
        with web() as port:
            callers = [Caller(port, password) for _ in range(given.clients)]
            together(callers, "all", district, 2)
            before = pgbench(running, script, given.clients, given.seconds)
            fast = together(callers, "all", district, given.seconds)
            steady = together(callers, "rate", district, given.seconds)
            after = pgbench(running, script, given.clients, given.seconds)
    limit, rate = (before + after) / 2, len(fast) / given.seconds
    tail = steady[int(len(steady) * 0.99)] * 1000
    lines = [
        [
            f"saves a second, {given.clients} clients",
            f"{rate:.0f}",
            f"{limit:.0f} pgbench",
            f"{rate / limit:.2f}",
            "0.3",
        ],
        [f"99 in 100 at {RATE} a second", f"{tail:.0f} ms", "", "", "under 100 ms"],
        [f"median at {RATE} a second", f"{steady[len(steady) // 2] * 1000:.0f} ms", "", "", ""],
    ]
    show(f"An incident saved over HTTP, durable (pgbench before {before:.0f}, after {after:.0f})", lines)
    console.print(f"{len(fast) + len(steady):,} saved, none refused.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
