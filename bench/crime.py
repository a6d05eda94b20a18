"""The list of crimes, one of them, what is saved of it and its allocation, among a million recorded crimes.

    python -m bench.crime [--crimes 1000000] [--asked 100] [--strict]

Over HTTP, one after the other, signed in, under row-level security, each look logged; pages as a browser gets them,
saves as the API takes them, durable. Beside lists and saves stands the plain statement of the same run. Bar: 95 in 100
of every kind within 300 ms. `--strict`: exit 1 when one is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from bench.clients import Caller, web
from bench.crime_load import fill
from bench.harness import server, show
from bench.intake import at
from bench.lists import timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MILLION, BAR, SEED = 1_000_000, 300, 2019
API = "/api/v1/crimes"
LISTS = {
    "the list, latest first": "/crimes/",
    "the list, open ones": "/crimes/?state=open",
    "the list, without an owner": "/crimes/?state=unowned",
    "the list, ended in an outcome": "/crimes/?state=outcome",
    "the list, one class, open": "/crimes/?class=8N&state=open",
    "the list, one district, open": "/crimes/?district={district}&state=open",
    "the list, my own": "/crimes/?mine=on",
    "crimes without an owner, ranked": "/crimes/unallocated/",
    "the list, one district and class, removed (none)": "/crimes/?district={district}&class=8N&state=removed",
}
PLAIN_LIST = """select c.*, i.*, d.name from crime_crime c join control_incident i on i.id = c.incident_id
join foundation_district d on d.id = i.district_id order by c.recorded_at desc, c.id desc limit 50"""
PLAIN_SAVE = """insert into crime_crimelogentry (crime_id, text, at) values (%s, 'Made up', now())"""


@dataclass
class Asked:
    """What one question took, in milliseconds, sorted; and the plain statement where there is one."""

    name: str
    took: list[float]
    plain: list[float] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether it meets the bar."""
        return at(self.took, 95) < BAR


def times(work: Callable[[int], object], many: int) -> list[float]:
    """Sorted milliseconds of so many turns, after two to warm up."""
    took = [timed(lambda n=n: work(n)) for n in range(many + 2)]  # type: ignore[misc]
    return sorted(took[2:])


def open_crimes(db: psycopg.Connection, where: str, many: int) -> list[tuple[int, str]]:
    """Ids and addresses of so many crimes of a state, spread over all of them."""
    rows = db.execute(
        f"select c.id, c.number, extract(year from c.year)::int from crime_crimestanding s"
        f" join crime_crime c on c.id = s.crime_id where {where}".encode()
    ).fetchall()
    drawn = random.Random(SEED).sample(rows, min(many, len(rows)))  # noqa: S311 - nothing secret
    return [(one, f"CR-{number}-{year}") for one, number, year in drawn]


def lists(caller: Caller, db: psycopg.Connection, many: int) -> Iterator[Asked]:
    """Each list, and pages turned by key."""
    district = (db.execute("select min(id) from foundation_district").fetchone() or (0,))[0]
    for name, path in LISTS.items():
        where = path.format(district=district)
        plain = times(lambda _: db.execute(PLAIN_LIST).fetchall(), 20) if path == "/crimes/" else []
        yield Asked(name, times(lambda _, where=where: caller.ask("GET", where), many), plain)  # type: ignore[misc]
    after = [""]

    def turn(number: int) -> None:
        page = json.loads(caller.ask("GET", f"{API}?page={number + 1}&after={after[0]}"))["page"]
        after[0] = page["next"]

    yield Asked("the list by the API, pages turned by key", times(turn, many))


def saves(caller: Caller, db: psycopg.Connection, many: int) -> Iterator[Asked]:
    """What is written of an open crime, and the bare row beside it, durable."""
    found = open_crimes(db, "s.state = 'open' and s.owner_id is not null", many + 2)
    owner = (db.execute("select id from foundation_user where username = 'detective'").fetchone() or (0,))[0]
    bodies: dict[str, tuple[str, dict[str, object]]] = {
        "an entry of the log": ("log", {"text": "Made up: seen the footage"}),
        "an action of the plan": ("actions", {"what": "Made up: see the neighbour"}),
        "that the victim was told": ("victim-told", {"about": "progress", "how": "by telephone", "words": "Made up"}),
        "an allocation": ("owner", {"user_id": owner, "reason": "Made up: least loaded"}),
    }
    for name, (part, body) in bodies.items():
        sent = json.dumps(body)
        plain = times(lambda n: db.execute(PLAIN_SAVE, [found[n % len(found)][0]]), many) if part == "log" else []

        def save(n: int, part: str = part, sent: str = sent) -> None:
            caller.ask("POST", f"{API}/{found[n % len(found)][1]}/{part}", sent)

        yield Asked(f"saved: {name}", times(save, many), plain)
    waiting = open_crimes(db, "s.state = 'open' and s.owner_id is null and s.team_id is null", many + 2)
    sent = json.dumps(bodies["an allocation"][1])
    took = times(lambda n: caller.ask("POST", f"{API}/{waiting[n % len(waiting)][1]}/owner", sent), many)
    yield Asked("saved: the first allocation of a crime", took)


def asked(port: int, password: str, db: psycopg.Connection, many: int) -> Iterator[Asked]:
    """Everything, one after the other."""
    caller = Caller(port, "sergeant", password)
    yield from lists(caller, db, many)
    for name, where in (("an open crime", "s.state = 'open'"), ("an ended crime", "s.state = 'outcome'")):
        found = open_crimes(db, where, many + 2)
        page = times(lambda n, f=found: caller.ask("GET", f"/crimes/{f[n % len(f)][1]}/"), many)  # type: ignore[misc]
        yield Asked(f"the page of {name}", page)
    yield from saves(caller, db, many)


def report(found: list[Asked], crimes: int) -> bool:
    """Print; whether every bar is met."""

    def half(took: list[float]) -> str:
        return f"{at(took, 50):.1f} / {at(took, 95):.1f}" if took else ""

    rows = [
        (
            one.name,
            half(one.took),
            half(one.plain),
            f"{at(one.took, 50) / at(one.plain, 50):.1f}" if one.plain else "",
            f"95 in 100 under {BAR}" + ("" if one.held else ": MISSED"),
        )
        for one in found
    ]
    show(f"{crimes:,} recorded crimes; half / 95 in 100, ms; beside the plain statement", rows)
    return all(one.held for one in found)


def main() -> int:
    """Fill, ask, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--crimes", type=int, default=MILLION)
    options.add_argument("--asked", type=int, default=100)
    options.add_argument("--strict", action="store_true")
    given = options.parse_args()
    password = os.environ["IOPS_MADE_UP_PASSWORD"] = secrets.token_urlsafe(12)
    with server() as running:
        import django

        django.setup()
        with psycopg.connect(running.owner_dsn, autocommit=True) as db:
            fill(db, given.crimes)
            with web() as served:
                found = list(asked(served.port, password, db, given.asked))
    met = report(found, given.crimes)
    return 1 if given.strict and not met else 0


if __name__ == "__main__":
    sys.exit(main())
