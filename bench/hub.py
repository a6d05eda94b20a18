"""The triage queue among a million incidents, ranking anew all that is open of a perpetrator, and what a save pays.

    python -m bench.hub [--incidents 1000000] [--domestic 35107] [--asked 200] [--explain] [--strict]

The page and the answer of the API over HTTP, signed in, under row-level security, each look logged. The domestic ones
that are open have a victim and a suspect; one suspect has 300 of them. Bars: 95 in 100 pages within 500 ms; ranking all
300 anew within 1 s, the worst of ten. A save is measured with the triggers of the ranking and without them.
`--explain` prints the plan of the page's statement. `--strict`: exit 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

import psycopg

from bench.clients import Caller, web
from bench.harness import console, server, show
from bench.intake import at, load
from bench.lists import timed

MILLION, DOMESTIC = 1_000_000, 35_107
PAGE_BAR, RANK_BAR = 500, 1000
HEAVY = 300
"""Open incidents of the one perpetrator."""
API = "/api/v1/safeguarding/triage"
DEEP = 20
"""Pages turned by key."""
TIMES, ROUNDS, EACH = 10, 6, 10
"""How often something is ranked anew; and saves in turn, so many each."""
RANKED_BY = (
    ("control_incident", "ranking_insert"),
    ("control_incident", "ranking_update"),
    ("pole_link", "ranking_insert"),
)
TABLES = ("control_incident", "obligations_obligation", "pole_person", "pole_link")
PEOPLE = """
update control_incident i set closed_at = reported_at + interval '1 hour'
where i.id not in (select id from control_incident where domestic order by reported_at desc limit {domestic});
update obligations_obligation o set met_at = o.arose_at + interval '1 hour'
from control_incident i
where o.record_kind = 'incident' and o.record_id = i.id and i.closed_at is not null and o.met_at is null;
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
PAGE = """select r.* from safeguarding_rankeditem r order by r.floored desc, r.place desc, r.reported_at, r.incident_id
limit 51"""


@dataclass
class Measured:
    """Times in milliseconds, sorted, and the seconds of ranking all."""

    all_ranked: float = 0
    pages: list[float] = field(default_factory=list)
    hub: list[float] = field(default_factory=list)
    queues: list[float] = field(default_factory=list)
    people: list[float] = field(default_factory=list)
    tiles: list[float] = field(default_factory=list)
    deep: list[float] = field(default_factory=list)
    filtered: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    links: list[float] = field(default_factory=list)
    plain_links: list[float] = field(default_factory=list)
    ranks: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    plain_saves: list[float] = field(default_factory=list)


def fill(db: psycopg.Connection, incidents: int, domestic: int) -> float:
    """Have so many incidents, so many domestic ones of them open, with victims and suspects. Seconds of ranking all."""
    load(db, incidents)
    link_people(db, domestic, max(2, incidents // 15))
    db.execute("vacuum analyze")
    took = timed(lambda: db.execute("select iops.rank_all()"))
    db.execute("vacuum analyze safeguarding_rankeditem")
    return took / 1000


def link_people(db: psycopg.Connection, domestic: int, people: int) -> None:
    """Leave so many domestic incidents open, each with a victim and a suspect; the others owe nothing."""
    with db.transaction():
        for table in TABLES:
            db.execute(f"alter table {table} disable trigger user")
        for statement in PEOPLE.format(domestic=domestic, people=people, heavy=HEAVY).split(";\n"):
            db.execute(statement.encode())
        db.execute("set constraints all immediate")
        for table in TABLES:
            db.execute(f"alter table {table} enable trigger user")


def heaviest(db: psycopg.Connection) -> int:
    """The suspect with the most open items."""
    row = db.execute(
        "select l.from_id from pole_link l join safeguarding_rankeditem r on r.incident_id = l.to_id"
        " where l.role = 'suspect' group by l.from_id order by count(*) desc limit 1"
    ).fetchone()
    return int(row[0]) if row else 0


def ranked_anew(db: psycopg.Connection, person: int, times: int) -> list[float]:
    """Milliseconds of ranking anew all that is open of a person, as the job does after a new incident."""
    took = []
    for _ in range(times):
        db.execute("select iops.rank_others(array[%s]::bigint[], '{}')", [person])
        took.append(timed(lambda: db.execute("select iops.rank_waiting(500)")))
    return sorted(took)


def linked(db: psycopg.Connection, person: int, times: int) -> list[float]:
    """Milliseconds of linking that suspect to a newly opened incident: what the save of a link pays."""
    sent = """insert into pole_link (from_kind, from_id, to_kind, to_id, role, note, source, source_detail, confidence,
        recorded_at, withdrawn_reason)
        select 'person', %s, 'incident', max(id), 'suspect', '', 'unknown', '', 'unconfirmed', now(), ''
        from control_incident where domestic"""
    took = []
    for _ in range(times):
        with db.transaction(force_rollback=True):
            took.append(timed(lambda: db.execute(sent, [person])))
    return sorted(took)


def switched(db: psycopg.Connection, how: str) -> None:
    """The triggers of the ranking on ("enable") or off ("disable")."""
    for table, trigger in RANKED_BY:
        db.execute(f"alter table {table} {how} trigger {trigger}".encode())


def asked(found: Measured, db: psycopg.Connection, port: int, password: str, many: int) -> None:
    """The queue as a page, by key, and by the API; and saves with and without the ranking, in turn."""
    caller = Caller(port, "sergeant", password)
    district = (db.execute("select min(id) from foundation_district").fetchone() or (0,))[0]
    told = {"where": "1 Mill Lane", "what": "Shouting heard", "district_id": district, "domestic": True}
    for _ in range(10):
        caller.ask("GET", "/hub/triage/")
    found.pages = sorted(timed(lambda: caller.ask("GET", "/hub/triage/")) for _ in range(many))
    found.filtered = sorted(
        timed(lambda: caller.ask("GET", f"/hub/triage/?district={district}&children=on")) for _ in range(many // 4)
    )
    for path, times, of in (
        ("/hub/", found.hub, many // 4),
        ("/hub/queues/assessments/", found.queues, many // 4),
        ("/hub/counted/", found.people, 3),
        ("/assurance/invariants/", found.tiles, 3),
    ):
        times.extend(sorted(timed(partial(caller.ask, "GET", path)) for _ in range(of)))
    after = ""
    for number in range(1, DEEP + 1):
        began = time.perf_counter()
        page = json.loads(caller.ask("GET", f"{API}?{urlencode({'page': number, 'after': after})}"))["page"]
        found.answers.append((time.perf_counter() - began) * 1000)
        after = page["next"]
    found.answers.sort()
    saver = Caller(port, "call-handler", password)
    for _ in range(ROUNDS):
        for how, times in (("disable", found.plain_saves), ("enable", found.saves)):
            switched(db, how)
            took = [timed(lambda: saver.ask("POST", "/api/v1/incidents", json.dumps(told))) for _ in range(EACH + 2)]
            times.extend(took[2:])


def report(found: Measured, incidents: int) -> bool:
    """Print; whether the bars are met."""
    page, hub, queue, rank = at(found.pages, 95), at(found.hub, 95), at(found.queues, 95), found.ranks[-1]

    def half(times: list[float]) -> str:
        ordered = sorted(times)
        return f"{at(ordered, 50):.1f} / {at(ordered, 95):.1f}"

    def bar(held: bool, words: str) -> str:
        return words if held else f"{words}: MISSED"

    show(
        f"{incidents:,} incidents behind the hub; half / 95 in 100, ms",
        [
            ("triage queue, page", half(found.pages), "", "", bar(page < PAGE_BAR, f"95 in 100 under {PAGE_BAR}")),
            ("the hub", half(found.hub), "", "", bar(hub < PAGE_BAR, f"95 in 100 under {PAGE_BAR}")),
            ("one queue of the hub", half(found.queues), "", "", bar(queue < PAGE_BAR, f"95 in 100 under {PAGE_BAR}")),
            ("who comes up again, loaded after the hub", half(found.people), "", "", ""),
            ("the tiles of the 36 invariants, loaded after their page", half(found.tiles), "", "", ""),
            ("triage queue, one district, children undecided", half(found.filtered), "", "", ""),
            (f"triage queue, API, {DEEP} pages turned by key", half(found.answers), "", "", ""),
            (
                f"a perpetrator of {HEAVY} ranked anew; worst {rank:.0f}",
                half(found.ranks),
                "",
                "",
                bar(rank < RANK_BAR, f"worst under {RANK_BAR}"),
            ),
            ("a domestic incident saved, ranked beside not", half(found.saves), half(found.plain_saves), "", ""),
            ("that perpetrator linked, ranked beside not", half(found.links), half(found.plain_links), "", ""),
            ("every open item ranked, s", f"{found.all_ranked:.1f}", "", "", ""),
        ],
    )
    return max(page, hub, queue) < PAGE_BAR and rank < RANK_BAR


def measured(given: argparse.Namespace, owner_dsn: str, password: str) -> Measured:
    """Fill and measure."""
    found = Measured()
    with psycopg.connect(owner_dsn, autocommit=True) as db:
        found.all_ranked = fill(db, given.incidents, given.domestic)
        person = heaviest(db)
        found.ranks = ranked_anew(db, person, TIMES)
        found.links = linked(db, person, TIMES)
        switched(db, "disable")
        found.plain_links = linked(db, person, TIMES)
        switched(db, "enable")
        if given.explain:
            for line in db.execute(b"explain (analyze, buffers) " + PAGE.encode()).fetchall():
                console.print(line[0], markup=False)
        with web() as served:
            asked(found, db, served.port, password, given.asked)
    return found


def main() -> int:
    """Fill, ask, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--incidents", type=int, default=MILLION)
    options.add_argument("--domestic", type=int, default=DOMESTIC)
    options.add_argument("--asked", type=int, default=200)
    options.add_argument("--explain", action="store_true")
    options.add_argument("--strict", action="store_true")
    given = options.parse_args()
    password = os.environ["IOPS_MADE_UP_PASSWORD"] = secrets.token_urlsafe(12)
    with server() as running:
        import django

        django.setup()
        found = measured(given, running.owner_dsn, password)
    met = report(found, given.incidents)
    return 1 if given.strict and not met else 0


if __name__ == "__main__":
    sys.exit(main())
