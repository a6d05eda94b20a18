"""Makes all search tables anew from the facts, after a load with the triggers off: in slices, by several workers.

Does what `iops.rebuild_search()` does in the database, and faster: keys are computed by the Python twin, which
remembers the sounds of the words it has met. Runs as the owner of the database, while nobody writes.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg

from iops.pole.matching.keys import key, keys
from iops.pole.matching.spelling import fold, words
from iops.pole.search.columns import searched
from iops.pole.search.install import TARGET, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SLICE = 50_000
"""Ids of one piece of work."""
FETCH = 5_000
BEFORE = """
drop index if exists searchtext_words, searchperson_keys;
alter table pole_searchtext drop constraint if exists searchtext_once;
alter table pole_searchperson drop constraint if exists pole_searchperson_pkey;
truncate pole_searchtext, pole_searchperson, pole_searchword;
"""
AFTER = (
    "alter table pole_searchtext add constraint searchtext_once unique (row_id, table_name, part)",
    "alter table pole_searchperson add constraint pole_searchperson_pkey primary key (person_id)",
    "create index searchtext_words on pole_searchtext using gin (words) with (gin_pending_list_limit = 512)",
    "create index searchperson_keys on pole_searchperson using gin (keys gin__int_ops)"
    " with (gin_pending_list_limit = 512)",
    "select iops.recount_words()",
    "analyze pole_searchtext",
    "analyze pole_searchperson",
    "analyze pole_searchword",
)


def rebuild(owner_dsn: str, workers: int = 2, memory: str = "512MB") -> None:
    """Rebuild with so many workers; `memory` is what the building of one index may use."""
    with psycopg.connect(owner_dsn, autocommit=True) as session:
        session.execute(BEFORE)  # type: ignore[arg-type]  # several statements
        pieces = list(_pieces(session))
    with ProcessPoolExecutor(workers) as pool:
        for _ in pool.map(_work, [owner_dsn] * len(pieces), *zip(*pieces, strict=True)):
            pass
    with psycopg.connect(owner_dsn, autocommit=True) as session:
        session.execute("select set_config('maintenance_work_mem', %s, false)", [memory])
        for statement in AFTER:
            session.execute(statement)  # type: ignore[arg-type]  # constants of this file


def _pieces(session: psycopg.Connection) -> Iterator[tuple[str, int, int]]:
    """What to do: a table and a range of ids; `people` is what is known of nominals."""
    for name in ("people", *(t.table for t in searched())):
        table = "pole_person" if name == "people" else name
        row = session.execute(f"select min(id), max(id) from {table}").fetchone()  # type: ignore[arg-type]  # noqa: S608
        if row and row[0] is not None:
            yield from ((name, at, min(at + SLICE - 1, row[1])) for at in range(row[0], row[1] + 1, SLICE))


def _work(owner_dsn: str, name: str, first: int, last: int) -> None:
    with psycopg.connect(owner_dsn, autocommit=True) as session:
        if name == "people":
            _people(session, first, last)
            return
        table = next(t for t in searched() if t.table == name)
        source = f"(select * from {name} where id between {first} and {last})"  # noqa: S608 - our own names and numbers
        session.execute(f"insert into {TARGET} {rows(table, source)}")  # type: ignore[arg-type]


def _people(session: psycopg.Connection, first: int, last: int) -> None:
    """One slice of nominals: facts from the database, keys from Python, and back by COPY."""
    into = "copy pole_searchperson (person_id, keys, known, risk, seen_at, walled, hinted) from stdin"
    for at in range(first, last + 1, FETCH):
        ids = list(range(at, min(at + FETCH, last + 1)))
        facts = session.execute(
            "select person_id, given, family, earliest::text[], latest::text[], postcodes, phones, emails, names,"
            " numbers, known::text, risk, seen_at, walled, hinted from iops.search_people_facts(%s::bigint[])",
            [ids],
        ).fetchall()
        with session.cursor().copy(into) as copy:
            for row in facts:
                made = sorted({*_keys(row), *word_keys(row[8] or (), row[9] or (), row[11], row[12])})
                copy.write_row((row[0], made, *row[10:]))


def _keys(row: tuple[Any, ...]) -> Iterable[int]:
    born = [(_day(a), _day(b)) for a, b in zip(row[3] or (), row[4] or (), strict=True)]
    return keys(list(zip(row[1], row[2], strict=True)), born, row[5], row[6], row[7])


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def word_keys(names: Iterable[str], numbers: Iterable[str], risk: int, seen: dt.datetime | None) -> set[int]:
    """Twin of `iops.word_keys`."""
    year = seen.astimezone(dt.UTC).year if seen else 0
    found = {word for name in names for word in words(name)}
    texts = [text for word in found for text in (f"w|{word}", f"ws|{word}|{year}")]
    texts += [f"wr|{word}" for word in found] if risk else []
    texts += [f"i|{number}" for text in numbers if (number := fold(text).replace(" ", ""))]
    return set(map(key, texts))
