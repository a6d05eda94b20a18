"""How long a programme takes to freeze and screen its whole population; the bar is 10 s for 35,107 incidents.

    python -m bench.review [--incidents 35107] [--bar 10]

Ends with 1 when it is slower than the bar, or when an item is missing or without a reason.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from bench.harness import console, owner, seconds, server, show
from bench.settle import FACTS

if TYPE_CHECKING:
    import psycopg

PEOPLE = """
insert into foundation_user (username, name, password, collar_number, is_active, made_up, failed_sign_ins)
values ('bench-inspector', 'Bench (made up)', '', '', true, true, 0) returning id
"""
BEGIN = """
insert into review_programme (title, purpose, screen, since, until, at, by_id)
select 'Bench', 'Bench', 'domestic-2026', min(reported_at)::date, max(reported_at)::date + 1, now(), %s
from control_incident returning id
"""
MAY = "create or replace function iops.viewer_holds(wanted text[]) returns boolean language sql as 'select true'"
BANDS = """
select band, count(*), count(*) filter (where floor), max(rank) from review_programmeitem group by band order by band
"""


def freeze(db: psycopg.Connection, many: int) -> float:
    """Make so many domestic incidents, then freeze and screen them in one statement: the seconds of that statement."""
    with db.transaction():
        db.execute(FACTS.format(many=many))
        db.execute("update control_incident set domestic = true")
    db.execute("analyze")
    with db.transaction():
        db.execute(MAY)
        programme = db.execute(BEGIN, [who(db)]).fetchone()
        return seconds(lambda: db.execute("select iops.review_freeze(%s)", programme))


def who(db: psycopg.Connection) -> int:
    """An account to begin the programme."""
    row = db.execute(PEOPLE).fetchone()
    return int(row[0]) if row else 0


def main() -> int:
    """Run it and print what came out, beside the bar."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--incidents", type=int, default=35_107)
    asked.add_argument("--bar", type=float, default=10.0)
    given = asked.parse_args()
    with server() as running, owner(running) as db:
        took = freeze(db, given.incidents)
        bands = db.execute(BANDS).fetchall()
    show("Screened", [("band", "items", "floors", "highest rank"), *bands])
    placed = sum(int(row[1]) for row in bands)
    console.print(f"{placed} incidents frozen and screened in {took:.1f} s (bar {given.bar:.0f} s)")
    return 0 if placed == given.incidents and took <= given.bar else 1


if __name__ == "__main__":
    sys.exit(main())
