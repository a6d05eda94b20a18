"""Saving an incident over HTTP, durable, against the same statements under pgbench in the same run.

    python -m bench.intake [--seconds 10] [--clients 8] [--incidents 20000] [--million] [--strict]

The whole way of a request: granian, every middleware, session, CSRF, validation, the save, its obligations and history,
the answer with its entry in the consultation log. The client runs on the same processors and takes its share of them.
`--million` measures again over a million incidents. A missed bar ends with 1 only with `--strict`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench.clients import Caller, together, web
from bench.harness import console, server, show
from bench.processor import postmaster, spent

if TYPE_CHECKING:
    from iops.foundation.server import Running

RATE = 50
MILLION = 1_000_000
READ = ("/", "/incidents/", "/api/v1/incidents")
"""What others read meanwhile: the worklist, the list of incidents, and the same list for a program."""
LEAST_SAVES, LEAST_RATIO, MOST_95, MOST_99, LEAST_SHARE = 200, 0.3, 60, 100, 0.85
"""The bars: saves a second, share of pgbench, milliseconds at 8 clients and at RATE, share at a million."""
FILLED = ("control_contact", "control_incident", "control_grading")
WHAT = "'Shouting heard, ' || f.n"
FILL = """
create temporary table filling as
select n, nextval('control_contact_id_seq') as contact, nextval('control_incident_id_seq') as incident,
       now() - interval '400 days' * (n::bigint * 7919 %% 1000000) / 1000000 - interval '1 day' as at
from generate_series(1, %(many)s::int) n;
insert into control_contact (id, channel, at, call_back, caller_name, source, source_key, made_up)
select contact, 'imported', at, '', '', 'bench', 'bench-' || contact, false from filling;
insert into control_incident (id, day, number, contact_id, reported_at, "where", what, district_id, domestic,
                              crime_reported, category, restricted, closing_note, made_up)
select f.incident, iops.local_date(f.at),
       coalesce(s.last, 0) + row_number() over (partition by iops.local_date(f.at) order by f.incident),
       f.contact, f.at, (f.n %% 400) || ' Mill Lane', {what}, %(district)s, f.n %% 5 = 0,
       f.n %% 3 = 0, 'Disturbance', false, '', false
from filling f
left join foundation_number_series s on s.series = 'incident' and s.day = iops.local_date(f.at);
insert into foundation_number_series as s (series, day, last)
select 'incident', day, max(number) from control_incident group by day
on conflict (series, day) do update set last = excluded.last;
insert into control_grading (incident_id, grade, at, rationale) select incident, 1 + n %% 5, at, '' from filling;
insert into foundation_history (at, tx, table_name, row_id, op, db_user, reason, row_hash)
select now(), pg_current_xact_id(), t, case t when 'control_contact' then contact else incident end, 'I', 'bench',
       'bench', sha256(int8send(incident))
from filling, unnest(%(tables)s::text[]) t;
insert into obligations_obligation
      (subject, subject_id, rule, edition, record_kind, record_id, district_id, risk, restricted, arose_at, due_at,
       met_at, waived_at)
select subject, subject_id, rule, edition, record_kind, record_id, district_id, risk, restricted, arose_at, due_at,
       met_at, waived_at
from iops.obligation_due d
where subject = 'incident' and subject_id >= (select min(incident) from filling)
"""
"""Incidents of the last 400 days as saves would have left them: numbered, graded, owed on, in history. Set-based and
with the triggers off: what is measured is a save among them, and a million through the triggers takes an hour."""


@dataclass(frozen=True)
class Measured:
    """One measurement over a number of incidents; times in milliseconds, sorted."""

    incidents: int
    saves: float
    fast: list[float]
    steady: list[float]
    limit: float
    whole: float
    app_ms: float
    server_ms: float
    sent: int


def load(db: psycopg.Connection, upto: int, what: str = WHAT) -> int:
    """Have so many incidents, over the last 400 days; how many there are. As the owner, who may switch triggers off.

    `what` is what the caller says, as SQL over the number of the incident, `f.n`.
    """
    there, district = db.execute(
        "select count(*), (select min(id) from foundation_district) from control_incident"
    ).fetchone() or (0, 0)
    if there >= upto:
        return int(there)
    values = {"many": upto - there, "district": district, "tables": list(FILLED)}
    with db.transaction():
        for table in FILLED:
            db.execute(f"alter table {table} disable trigger user")
        for statement in FILL.replace("{what}", what).split(";\n"):
            # Some of them take values and some take none.
            db.execute(statement, values)
        for table in FILLED:
            # Foreign keys are looked at now: a table whose checks are still to come cannot be altered.
            db.execute("set constraints all immediate")
            db.execute(f"alter table {table} enable trigger user")
        db.execute("drop table filling")
    return upto


def statements(password: str, body: str) -> tuple[str, str, int]:
    """What a save sends to the database, as scripts for pgbench: what makes it durable, and all of its request.

    And how many statements its request sends.
    """
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.post("/sign-in/", {"username": "call-handler", "password": password})
    with CaptureQueriesContext(connection) as sent:
        answer = client.post("/api/v1/incidents", body, content_type="application/json")
    if answer.status_code != 201:
        raise SystemExit(f"The save was refused: {answer.status_code} {answer.content[:300]!r}")
    texts = [query["sql"].strip() for query in sent.captured_queries]
    save = next(text for text in texts if "iops.open_incident(" in text)
    confirm = next(text for text in texts if "pg_logical_emit_message" in text)
    return _script([save, "BEGIN", confirm, "COMMIT"]), _script(texts), len(texts)


def _script(texts: list[str]) -> str:
    return "".join(" ".join(text.split()) + ";\n" for text in texts)


def pgbench(running: Running, script: str, clients: int, seconds: int) -> float:
    """Transactions a second of a script, sent by pgbench with prepared statements."""
    from iops.foundation.server.binaries import find

    parts = conninfo_to_dict(running.app_dsn)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    environment = {**os.environ, **{names[key]: str(parts[key]) for key in names if key in parts}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "save.sql"
        path.write_text(script)
        command = [find().program("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2"]
        command += ["-T", str(seconds), "-f", str(path)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode or not found:
        raise SystemExit(f"pgbench failed: {done.stderr[-500:]}")
    return float(found[1])


def reading(caller: Caller, stop: threading.Event) -> None:
    """Read pages, two a second, until told to stop."""
    turn = 0
    while not stop.wait(0.5):
        caller.ask("GET", READ[turn % len(READ)])
        turn += 1


def measure(running: Running, incidents: int, given: argparse.Namespace, password: str, body: str) -> Measured:
    """Saves as fast as they come, then at a steady rate while two others read; pgbench before, between and after."""
    save, whole, sent = statements(password, body)
    with web() as server_of_pages:
        port, processes = server_of_pages.port, [server_of_pages.pid, postmaster(Path(os.environ["IOPS_VAR"])) or 0]
        callers = [Caller(port, "call-handler", password) for _ in range(given.clients)]
        work = [partial(caller.ask, "POST", "/api/v1/incidents", body) for caller in callers]
        together(work, 3)
        before = pgbench(running, save, given.clients, given.seconds)
        began = [spent(pid) for pid in processes]
        fast = together(work, given.seconds)
        app, base = ((spent(pid) - was) * 1000 / len(fast) for pid, was in zip(processes, began, strict=True))
        after = pgbench(running, save, given.clients, given.seconds)
        all_of_it = pgbench(running, whole, given.clients, given.seconds)
        stop = threading.Event()
        readers = [threading.Thread(target=reading, args=[Caller(port, "sergeant", password), stop]) for _ in "ab"]
        for reader in readers:
            reader.start()
        steady = together(work, given.seconds, rate=RATE)
        stop.set()
        for reader in readers:
            reader.join()
    fast, steady = ([took * 1000 for took in times] for times in (fast, steady))
    limit = (before + after) / 2
    return Measured(incidents, len(fast) / given.seconds, fast, steady, limit, all_of_it, app, base, sent)


def at(times: list[float], hundredths: int) -> float:
    """The time within which so many in a hundred were done."""
    return times[min(len(times) - 1, len(times) * hundredths // 100)]


def report(m: Measured, clients: int) -> bool:
    """Print one measurement; whether every bar is met."""
    ratio, tail, calm = m.saves / m.limit, at(m.fast, 95), at(m.steady, 99)
    saves = f"{m.saves:.0f}"
    rows = [
        (f"saves a second, {clients} clients", saves, "", "", "at least 200", m.saves >= LEAST_SAVES),
        ("of the save alone in pgbench", saves, f"{m.limit:.0f}", f"{ratio:.2f}", "at least 0.3", ratio >= LEAST_RATIO),
        ("of the whole request's statements", saves, f"{m.whole:.0f}", f"{m.saves / m.whole:.2f}", "", True),
        ("statements of a save, with its answer", f"{m.sent}", "", "", "", True),
        ("processor, ms: web server, database", f"{m.app_ms:.1f}, {m.server_ms:.1f}", "", "", "", True),
        ("half of them within, ms", f"{at(m.fast, 50):.0f}", "", "", "", True),
        ("95 in 100 within, ms", f"{tail:.0f}", "", "", "under 60", tail < MOST_95),
        ("99 in 100 within, ms", f"{at(m.fast, 99):.0f}", "", "", "", True),
        (f"{RATE} a second, pages read: half, ms", f"{at(m.steady, 50):.0f}", "", "", "", True),
        (f"{RATE} a second, pages read: 99 in 100, ms", f"{calm:.0f}", "", "", "under 100", calm < MOST_99),
    ]
    table = [[*row, bar if met else f"{bar}: MISSED"] for *row, bar, met in rows]
    show(f"An incident saved over HTTP, durable, beside {m.incidents:,} others", table)
    return all(met for *_, met in rows)


def main() -> int:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=10)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--incidents", type=int, default=20_000)
    options.add_argument("--million", action="store_true")
    options.add_argument("--strict", action="store_true")
    given = options.parse_args()
    password = os.environ["IOPS_MADE_UP_PASSWORD"] = secrets.token_urlsafe(12)
    with server() as running:
        import django

        django.setup()
        with psycopg.connect(running.owner_dsn, autocommit=True) as db:
            district = (db.execute("select min(id) from foundation_district").fetchone() or (0,))[0]
            told = {"where": "1 Mill Lane", "what": "Shouting heard", "district_id": district, "domestic": True}
            body = json.dumps(told | {"crime_reported": True})
            found = []
            for upto in [given.incidents, *([MILLION] if given.million else [])]:
                incidents = load(db, upto)
                db.execute("vacuum analyze")
                found.append(measure(running, incidents, given, password, body))
    met = [report(m, given.clients) for m in found]
    if len(found) > 1:
        share = found[1].saves / found[0].saves
        met.append(share >= LEAST_SHARE)
        console.print(f"A million against {found[0].incidents:,}: {share:.2f} of the saves a second (bar 0.85).")
    console.print(f"{sum(len(m.fast) + len(m.steady) for m in found):,} saved, none refused.")
    return 1 if given.strict and not all(met) else 0


if __name__ == "__main__":
    sys.exit(main())
