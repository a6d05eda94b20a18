"""Kills the whole database outright (-9), again and again, while incidents are saved, and looks whether any is lost.

    python -m bench.kill [--rounds 50] [--writers 6]

Writers save incidents through the API and the services (an incident, a grade, a unit) and note what was acknowledged.
Then every process of the server is killed at once, the server is started again, and each acknowledged incident must
be there with its grade and every obligation, with numbers without gaps. It proves recovery from the log, not from a
power cut. Ends with 1 when anything is missing.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from rich.table import Table

from bench.harness import console, server

if TYPE_CHECKING:
    from iops.foundation.server import Cluster, Running

FORCE = """
insert into foundation_district (code, name) values ('K', 'Kill test (made up)') on conflict do nothing;
insert into foundation_user (username, name, password, collar_number, is_active, made_up, failed_sign_ins)
values ('writer', 'Writer (made up)', '!', '', true, true, 0) on conflict do nothing;
"""
WRITER = """
import json, sys, django
django.setup()
from django.test import Client
from iops.control import services
from iops.foundation.models import District, User
by, district = User.objects.get(username="writer"), District.objects.get(code="K").id
client = Client()
client.force_login(by)

def over_http(told):
    answer = client.post("/api/v1/incidents", json.dumps(told), content_type="application/json")
    return answer.json()["id"] if answer.status_code == 201 else sys.exit(1)

n = 0
while True:
    n += 1
    told = {"where": "1 Mill Lane", "what": "Shouting", "district_id": district, "domestic": n % 2 == 0}
    opened = services.open_incident(**told, by=by).id if n % 3 == 0 else over_http(told)
    print(opened, "open", flush=True)
    services.grade(opened, 1 + n % 3, "", by)
    print(opened, "graded", flush=True)
    if n % 2:
        services.assign_unit(opened, "K1", by)
        print(opened, "sent", flush=True)
"""
LOST = """
select a.id, a.step from unnest(%s::bigint[], %s::text[]) as a(id, step)
where not exists (select from control_incident i where i.id = a.id)
   or not exists (select from obligations_obligation o where o.record_id = a.id and o.rule = 'grade-incident')
   or (a.step = 'graded' and not exists (select from control_grading g where g.incident_id = a.id))
   or (a.step = 'graded' and not exists (select from obligations_obligation o where o.record_id = a.id
                                         and o.rule = 'grade-incident' and o.met_at is not null))
   or (a.step = 'sent' and not exists (select from control_deployment d where d.incident_id = a.id))
"""
GAPS = """
select count(*) from (select day, count(*) as many, max(number) as last from control_incident group by day) x
where many <> last
"""


@dataclass
class Outcome:
    """What came of all rounds so far."""

    rounds: int = 0
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    lost: list[tuple[int, str]] = field(default_factory=list)
    missing: int = 0
    surplus: int = 0
    gaps: int = 0
    slowest_start: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether nothing is missing, and something was really written."""
        return bool(self.acknowledged) and not (self.lost or self.missing or self.surplus or self.gaps)


def rounds(running: Running, many: int, writers: int) -> Outcome:
    """Kill that often; after each start all that was ever acknowledged is looked for again."""
    cluster = running.cluster
    if cluster is None:
        raise SystemExit("Only a server of our own can be killed.")
    with psycopg.connect(running.owner_dsn) as db:
        db.execute(FORCE)
    outcome = Outcome()
    for number in range(many):
        outcome.acknowledged += _write_until_killed(cluster, writers, seed=number)
        began = time.monotonic()
        cluster.start()
        outcome.slowest_start = max(outcome.slowest_start, time.monotonic() - began)
        outcome.rounds += 1
        _look(running, outcome)
    return outcome


def _write_until_killed(cluster: Cluster, writers: int, seed: int) -> list[tuple[int, str]]:
    """Let writers write, kill the server outright, and give back what they saw acknowledged."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / str(n) for n in range(writers)]
        children = []
        for file in files:
            with file.open("w") as out:
                children.append(subprocess.Popen([sys.executable, "-c", WRITER], stdout=out, stderr=subprocess.DEVNULL))
        try:
            _wait_for_lines(files, random.Random(seed).randrange(20, 120))  # noqa: S311 - a moment, not a secret
            _kill_server(cluster)
            for child in children:
                child.wait(timeout=30)
        finally:
            for child in children:
                child.kill()
                child.wait()
        lines = [line.split() for file in files for line in file.read_text().splitlines() if line.count(" ") == 1]
        return [(int(number), step) for number, step in lines]


def _wait_for_lines(files: list[Path], many: int) -> None:
    """Until so many writes are acknowledged in this round."""
    deadline = time.monotonic() + 60
    while sum(file.read_bytes().count(b"\n") for file in files) < many:
        if time.monotonic() > deadline:
            raise SystemExit("The writers do not write.")
        time.sleep(0.005)


def _kill_server(cluster: Cluster) -> None:
    """Kill -9 of the postmaster and of every process it has started, and of nothing else."""
    postmaster = int((cluster.data / "postmaster.pid").read_text().split()[0])
    command = ["ps", "--no-headers", "-o", "pid", "--ppid", str(postmaster)]
    started = subprocess.run(command, capture_output=True, text=True, check=True)
    for process in [postmaster, *map(int, started.stdout.split())]:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _look(running: Running, outcome: Outcome) -> None:
    with psycopg.connect(running.owner_dsn) as db:
        ids, steps = [i for i, _ in outcome.acknowledged], [s for _, s in outcome.acknowledged]
        outcome.lost = db.execute(LOST, [ids, steps]).fetchall()
        found = db.execute("select missing, surplus from iops.conservation(1)").fetchone() or (1, 1)
        outcome.missing, outcome.surplus = found
        outcome.gaps = (db.execute(GAPS).fetchone() or (1,))[0]


def main() -> int:
    """Run and print; 1 when anything is missing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=50)
    options.add_argument("--writers", type=int, default=6)
    given = options.parse_args()
    with server() as running:
        outcome = rounds(running, given.rounds, given.writers)
    table = Table("kills", "acknowledged", "lost", "obligations missing", "surplus", "days with gaps", "slowest start")
    counts = [
        outcome.rounds,
        len(outcome.acknowledged),
        len(outcome.lost),
        outcome.missing,
        outcome.surplus,
        outcome.gaps,
    ]
    table.add_row(*(f"{n:,}" for n in counts), f"{outcome.slowest_start:.1f} s")
    console.print(table)
    return 0 if outcome.whole else 1


if __name__ == "__main__":
    sys.exit(main())
