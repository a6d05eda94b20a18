"""The triage queue among a million incidents, and ranking anew all that is open of a perpetrator.

    python -m bench.hub [--scale 1000000] [--open 35107] [--asked 200] [--strict]

The page over HTTP, signed in, under row-level security, each look logged. Bars: 95 in 100 pages within 500 ms; ranking
anew after a new link of a perpetrator with a long history within 1 s. `--strict`: exit 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time

import psycopg

from bench.clients import Caller, web
from bench.harness import console, server, show
from bench.intake import at, load
from bench.lists import timed

MILLION, OPEN = 1_000_000, 35_107
PAGE_BAR, RANK_BAR = 500, 1000
HEAVY = 300
"""Incidents of the one perpetrator whose open ones are ranked anew."""
TABLES = ("control_incident", "pole_person", "pole_link")
PEOPLE = """
update control_incident i set closed_at = reported_at + interval '1 hour'
where i.id not in (select id from control_incident where domestic order by reported_at desc limit {open});
insert into pole_person (name, described, own_right, restricted, hinted, made_up)
select 'Made Up ' || n, false, true, false, false, true from generate_series(1, {people}) n;
insert into pole_link (from_kind, from_id, to_kind, to_id, role, note, source, source_detail, confidence, recorded_at,
                       withdrawn_reason)
select 'person', p.first + case when r.role = 'suspect' and i.place <= {heavy} then 0
                                else (i.id * case r.role when 'victim' then 7919 else 104729 end) % {people} end,
       'incident', i.id, r.role, '', 'unknown', '', 'unconfirmed', i.reported_at, ''
from (select id, reported_at, row_number() over (order by reported_at desc) as place
      from control_incident where domestic) i
cross join (values ('victim'), ('suspect')) r(role)
cross join (select min(id) as first from pole_person where name like 'Made Up %') p
"""


def fill(db: psycopg.Connection, scale: int, still_open: int) -> None:
    """Have so many incidents, a fifth of them domestic, so many of these open, with victims and suspects; ranked."""
    load(db, scale)
    people = max(2, scale // 15)
    with db.transaction():
        for table in TABLES:
            db.execute(f"alter table {table} disable trigger user")
        for statement in PEOPLE.format(open=still_open, people=people, heavy=HEAVY).split(";\n"):
            db.execute(statement.encode())
        db.execute("set constraints all immediate")
        for table in TABLES:
            db.execute(f"alter table {table} enable trigger user")
    db.execute("analyze")
    began = time.perf_counter()
    db.execute("select iops.rank_all()")
    console.print(f"all open items ranked: {time.perf_counter() - began:.1f} s")
    db.execute("vacuum analyze safeguarding_rankeditem")


def ranked_anew(db: psycopg.Connection, times: int) -> list[float]:
    """Milliseconds of ranking anew all open items of the perpetrator with the longest history."""
    row = db.execute(
        "select max(to_id) from pole_link where role = 'suspect' and from_id = (select from_id from pole_link"
        " where role = 'suspect' group by from_id order by count(*) desc limit 1)"
    ).fetchone()
    incident = row[0] if row else 0
    return sorted(
        timed(lambda: db.execute("select iops.rank_with_people(array[%s]::bigint[])", [incident])) for _ in range(times)
    )


def report(pages: list[float], ranks: list[float], scale: int) -> bool:
    """Print; whether both bars are met."""
    page, rank = at(pages, 95), ranks[-1]
    show(
        f"{scale:,} incidents behind the hub",
        [
            ("triage queue: half / 95 in 100, ms", f"{at(pages, 50):.0f} / {page:.0f}", f"bar {PAGE_BAR}"),
            (f"ranking a perpetrator of {HEAVY} anew, worst, ms", f"{rank:.0f}", f"bar {RANK_BAR}"),
        ],
    )
    return page < PAGE_BAR and rank < RANK_BAR


def main() -> int:
    """Fill, ask, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=int, default=MILLION)
    options.add_argument("--open", type=int, default=OPEN)
    options.add_argument("--asked", type=int, default=200)
    options.add_argument("--strict", action="store_true")
    given = options.parse_args()
    password = os.environ["IOPS_MADE_UP_PASSWORD"] = secrets.token_urlsafe(12)
    with server() as running:
        import django

        django.setup()
        with psycopg.connect(running.owner_dsn, autocommit=True) as db:
            fill(db, given.scale, given.open)
            ranks = ranked_anew(db, 10)
        with web() as served:
            caller = Caller(served.port, "sergeant", password)
            for _ in range(10):
                caller.ask("GET", "/hub/triage/")
            pages = sorted(timed(lambda: caller.ask("GET", "/hub/triage/")) for _ in range(given.asked))
    met = report(pages, ranks, given.scale)
    return 1 if given.strict and not met else 0


if __name__ == "__main__":
    sys.exit(main())
