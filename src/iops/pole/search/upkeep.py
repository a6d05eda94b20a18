"""Keeps the search tables true to what this version looks for: made anew when that has changed, or on first use."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import make_conninfo
from rich.console import Console
from rich.progress import track

from iops.pole.matching import install as matching
from iops.pole.search import install as searching
from iops.pole.search import people_install
from iops.pole.search.rebuild import PARTS, rebuild

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iops.pole.search.rebuild import Piece

AREA = Path(__file__).parent.parent
FILES = {
    "texts": ("sql/10_spelling.sql", "sql/30_search.sql"),
    "people": ("sql/10_spelling.sql", "sql/31_search_people.sql"),
}
"""The installed SQL by which words and keys are made."""
TABLES = {"texts": "pole_searchtext", "people": "pole_searchperson"}
FEW = 2_000
"""Nominals up to which the database makes its tables anew by itself: sooner done than workers are started."""


@cache
def digest(part: str) -> str:
    """A fingerprint of everything that decides what words ("texts") or keys ("people") a row is found by."""
    made = hashlib.sha256()
    for name in FILES[part]:
        made.update((AREA / name).read_bytes())
    installed = people_install.statements() if part == "people" else searching.statements_of_texts()
    for statement in (*matching.statements(), *installed):
        made.update(str(statement).encode())
    return made.hexdigest()


def bring_up_to_date() -> tuple[str, ...]:
    """Make anew the search tables that another version made; which. Run as the owner, while nobody writes.

    The fingerprint of the version that made a table stands as its comment. Only what has changed is made anew; of many
    nominals by several workers, with a bar in a terminal. Stopped half-way, it is done by the next start.
    """
    stale = tuple(part for part in PARTS if _made_by(part) != digest(part))
    if not stale:
        return ()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from (select from pole_person limit %s) x", [FEW + 1])
        few = cursor.fetchone()[0] <= FEW
    if few:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select iops.rebuild_search()")
            _signed(PARTS)
        return stale
    rebuild(_dsn(), parts=stale, track=_shown)
    _signed(stale)
    return stale


def _dsn() -> str:
    """The database that is connected to, for the connections of the workers."""
    given = connection.get_connection_params()
    return make_conninfo(
        "", **{name: given[name] for name in ("host", "port", "dbname", "user", "password") if given.get(name)}
    )


def _made_by(part: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("select obj_description(%s::regclass)", [TABLES[part]])
        made: str | None = cursor.fetchone()[0]
        return made


def _signed(parts: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for part in parts:
            table = sql.Identifier(TABLES[part])
            cursor.execute(sql.SQL("comment on table {} is {}").format(table, sql.Literal(digest(part))))


def _shown(pieces: Sequence[Piece]) -> Iterable[Piece]:
    return track(pieces, "Search made anew", console=Console(stderr=True))
