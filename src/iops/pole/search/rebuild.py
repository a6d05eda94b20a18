"""Makes all search tables anew from the facts, after a load with the triggers off: in slices, by several workers.

Does what `iops.rebuild_search()` does in the database, and faster: keys are computed by the Python twin, which
remembers the sounds of the words it has met. Runs as the owner of the database, while nobody writes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import orjson
import psycopg

from iops.pole.matching.keys import key, keys
from iops.pole.matching.spelling import fold, sound, words
from iops.pole.search import tokens
from iops.pole.search.columns import searched
from iops.pole.search.houses import house_texts
from iops.pole.search.install import MOST_IN_PART, TARGET, raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from iops.pole.search.columns import Searched

MOST_WORD = 60
"""Letters of the longest word of a name that is counted."""
_NULL = r"\N"
SLICE = 50_000
"""Ids of one piece of work."""
FETCH = 5_000
Piece = tuple[str, int, int]
"""A table, or `people`, and the first and last id of a slice of it."""
BEFORE = {
    "texts": """
drop index if exists searchtext_words;
alter table pole_searchtext drop constraint if exists searchtext_once;
truncate pole_searchtext;
""",
    "people": """
drop index if exists searchperson_keys, searchperson_walled;
alter table pole_searchperson drop constraint if exists pole_searchperson_pkey;
truncate pole_searchperson, pole_searchword;
""",
}
AFTER = {
    "texts": (
        "alter table pole_searchtext add constraint searchtext_once unique (row_id, table_name, part)",
        "create index searchtext_words on pole_searchtext using gin (words) with (gin_pending_list_limit = 512)",
        "analyze pole_searchtext",
    ),
    "people": (
        "alter table pole_searchperson add constraint pole_searchperson_pkey primary key (person_id)",
        """create index searchperson_keys on pole_searchperson using gin (keys gin__int_ops)
        with (gin_pending_list_limit = 512)""",
        """create index searchperson_walled on pole_searchperson using gin (keys gin__int_ops)
        with (gin_pending_list_limit = 512) where walled""",
        "analyze pole_searchperson",
        "analyze pole_searchword",
    ),
}
PARTS = ("people", "texts")
"""What nominals are found by, and the words of every row of every table."""


def rebuild(
    owner_dsn: str,
    workers: int = 2,
    memory: str = "512MB",
    parts: Sequence[str] = PARTS,
    track: Callable[[Sequence[Piece]], Iterable[Piece]] = iter,
) -> None:
    """Rebuild `parts` with so many workers; `memory` is what the building of one index may use.

    `track` is walked through as pieces are done, and may show how far it is. Stopped half-way, it is begun anew.
    """
    with psycopg.connect(owner_dsn, autocommit=True) as session:
        for part in parts:
            session.execute(BEFORE[part])
        pieces = [piece for part in parts for piece in _pieces(session, part)]
    borne: Counter[str] = Counter()
    with ProcessPoolExecutor(workers) as pool:
        working = pool.map(_work, [owner_dsn] * len(pieces), *zip(*pieces, strict=True)) if pieces else iter(())
        for _, counted in zip(track(pieces), working, strict=True):
            borne.update(counted)
    with psycopg.connect(owner_dsn, autocommit=True) as session:
        if "people" in parts:
            _words_counted(session, borne)
        session.execute("select set_config('maintenance_work_mem', %s, false)", [memory])
        for part in parts:
            for statement in AFTER[part]:
                session.execute(statement)


def _words_counted(session: psycopg.Connection, borne: Mapping[str, int]) -> None:
    with session.cursor().copy("copy pole_searchword (word, sound, borne) from stdin") as copy:
        for word, number in borne.items():
            copy.write_row((word, sound(word), number))


def _pieces(session: psycopg.Connection, part: str) -> Iterator[Piece]:
    """What to do: a table and a range of ids; `people` is what is known of nominals."""
    for name in ("people",) if part == "people" else tuple(t.table for t in searched()):
        table = "pole_person" if name == "people" else name
        row = session.execute(f"select min(id), max(id) from {table}").fetchone()  # noqa: S608
        if row and row[0] is not None:
            yield from ((name, at, min(at + SLICE - 1, row[1])) for at in range(row[0], row[1] + 1, SLICE))


def _work(owner_dsn: str, name: str, first: int, last: int) -> Counter[str]:
    with psycopg.connect(owner_dsn, autocommit=True) as session:
        if name == "people":
            return _people(session, first, last)
        _texts(session, next(t for t in searched() if t.table == name), first, last)
        return Counter()


def _texts(session: psycopg.Connection, table: Searched, first: int, last: int) -> None:
    """One slice of a table: its texts from the database, tokens from Python, and back by COPY."""
    source = f"(select * from {table.table} where id between {first} and {last})"  # noqa: S608 - our own names and numbers
    found = session.execute(raw(table, source)).fetchall()
    with session.cursor().copy(f"copy {TARGET} from stdin") as copy:
        for at in range(0, len(found), FETCH):
            copy.write("".join(line for row in found[at : at + FETCH] for line in _lines(table.table, row)))


def _lines(table: str, row: tuple[Any, ...]) -> Iterator[str]:
    """The lines of one fact row in the text format of COPY."""
    row_id, kind, record, text, codes, moment = row
    found = tokens.stored(text, [code for code in codes if code])
    for part in range(-(-len(found) // MOST_IN_PART)):
        words = " ".join(map(_lexeme, found[part * MOST_IN_PART : (part + 1) * MOST_IN_PART]))
        yield f"{table}\t{row_id}\t{part}\t{kind}\t{record}\t{words}\t{moment or _NULL}\n"


def _lexeme(token: str) -> str:
    if token.isalnum():
        return token
    quoted = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'".replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _people(session: psycopg.Connection, first: int, last: int) -> Counter[str]:
    """One slice of nominals: facts from the database, keys from Python, and back by COPY. How many bear each word."""
    borne: Counter[str] = Counter()
    into = "copy pole_searchperson (person_id, keys, known, risk, seen_at, walled, hinted) from stdin"
    for at in range(first, last + 1, FETCH):
        ids = list(range(at, min(at + FETCH, last + 1)))
        facts = session.execute(
            "select person_id, given, family, earliest::text[], latest::text[], postcodes, phones, emails, names,"
            " numbers, known::text, risk, seen_at, walled, hinted from iops.search_people_facts(%s::bigint[])",
            [ids],
        ).fetchall()
        with session.cursor().copy(into) as copy:
            copy.write("".join(map(_person_line, facts)))
        for row in facts:
            if not row[13]:
                borne.update({word for name in row[8] or () for word in words(name) if len(word) <= MOST_WORD})
    return borne


def _person_line(row: tuple[Any, ...]) -> str:
    """The line of one nominal in the text format of COPY."""
    made = {*_keys(row), *word_keys(row[8] or (), row[9] or (), row[11], row[12])}
    made.update(map(key, house_texts(row[8] or (), orjson.loads(row[10])["a"])))
    known = row[10].replace("\\", "\\\\")
    seen = row[12].isoformat() if row[12] else _NULL
    return f"{row[0]}\t{{{','.join(map(str, sorted(made)))}}}\t{known}\t{row[11]}\t{seen}\t{row[13]:d}\t{row[14]:d}\n"


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
