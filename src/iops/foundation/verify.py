"""Finds what was changed behind the system's back, and names it: `iops verify`.

Four questions: do the seals still fit the entries, one another and what was handed out; does each entry's row before
agree with the entry before it; does each row agree with its latest entry; are there gaps in numbers that run without
gaps. All are asked of one snapshot, so that work going on meanwhile is no finding.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, transaction

from iops.foundation.errors import InvalidError
from iops.foundation.history import OUTPUT, fact_tables, fingerprint, kept
from iops.foundation.models import Fact
from iops.foundation.seal import SealLine, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

BEHIND = "behind the system's back"
MOST_NAMED = 10
"""Missing numbers of one day, or entries without a seal, that are named one by one; beyond, they are counted."""

MOST_EXPLAINED = 1000
"""Changed rows of one table for which it is found out what was changed, a few milliseconds each; the rest are named."""


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree: where (table, or "seal"), which row, and what about it."""

    where: str
    row: str
    what: str


@dataclass(frozen=True)
class Asked:
    """What to look at: all facts or some tables; everything or what was written since a true moment."""

    tables: Sequence[str]
    whole: bool
    since: datetime | None = None
    handed_out: Sequence[SealLine] = field(default=())


def verify(
    tables: Iterable[str] | None = None,
    *,
    since: datetime | None = None,
    handed_out: Sequence[SealLine] = (),
    step: Callable[[str], None] = lambda _: None,
) -> list[Finding]:
    """Everything that does not agree, seals first. Runs as the owner of the database, who may read it all.

    `tables` leaves out seals and numbers. `since` looks only at seals made, and rows written, from that moment on (and
    at rows without any history). `handed_out` are seals that were exported: the database must still hold each of them.
    `step` is told what is looked at next. Raises InvalidError: one of `tables` holds no facts.
    """
    asked = Asked(_chosen(tables), tables is None, since, handed_out)
    found: list[Finding] = []
    with _one_snapshot():
        for name, look in _steps(asked):
            step(name)
            found += look
    return found


def steps(tables: Iterable[str] | None = None) -> int:
    """How many times `verify` will tell what it looks at."""
    return len(_chosen(tables)) + (2 if tables is None else 0)


def _chosen(tables: Iterable[str] | None) -> list[str]:
    known = fact_tables()
    chosen = list(known) if tables is None else list(dict.fromkeys(tables))
    for table in chosen:
        if table not in known:
            raise InvalidError(f"{table} is no table of facts.", mend=f"The tables are: {', '.join(sorted(known))}.")
    return chosen


def _steps(asked: Asked) -> Iterator[tuple[str, Iterator[Finding]]]:
    if asked.whole:
        yield "seals", _seals(asked)
    for table in asked.tables:
        yield table, _rows(table, fact_tables()[table], asked.since)
    if asked.whole:
        yield "numbers", _numbers()


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """One snapshot for all questions, and rows written as text the way the triggers write them."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("set transaction isolation level repeatable read, read only")
        for name, value in OUTPUT.items():
            cursor.execute("select set_config(%s, %s, true)", [name, value])
        yield


def _ask(query: str, values: Sequence[str | int | datetime | list[Any] | None] = ()) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return list(cursor.fetchall())


def _seals(asked: Asked) -> Iterator[Finding]:
    yield from _broken_seals(asked.since)
    yield from _unsealed()
    held = {seal.seal: seal for seal in stored()} if asked.handed_out else {}
    for seal in asked.handed_out:
        if seal.seal not in held:
            yield Finding("seal", str(seal.seal), "was handed out and is no longer there")
        elif held[seal.seal] != seal:
            yield Finding("seal", str(seal.seal), "is not the one that was handed out")


def _broken_seals(since: datetime | None) -> Iterator[Finding]:
    rows = _ask(
        """
        with ranges as (
            select s.id, lower(r) < max(upper(r)) over (order by lower(r), s.id rows between unbounded preceding
                                                        and 1 preceding) as twice
            from foundation_seal s, unnest(s.members) r
        )
        select s.id, r.root is distinct from s.root, r.entries is distinct from s.entries, s.broken or s.cut,
               s.id in (select id from ranges where twice)
        from (select s.*, s.chained <> iops.seal_chain(s.previous, s.root, s.entries, s.members) as broken,
                     s.previous <> coalesce(lag(s.chained) over (order by s.id), decode(repeat('00', 32), 'hex')) as cut
              from foundation_seal s) s, lateral iops.history_root(s.members) r
        where %s::timestamptz is null or s.sealed_at >= %s
        order by s.id""",
        [since, since],
    )
    says = (
        "entries under it are missing or were added",
        "the seal itself, or one before it, was changed or removed",
        "an entry under it is under another seal too",
    )
    for number, other_root, other_count, broken, twice in rows:
        if other_root and not other_count:
            yield Finding("seal", str(number), "an entry under it was changed")
        for what, wrong in zip(says, (other_count, broken, twice), strict=True):
            if wrong:
                yield Finding("seal", str(number), what)


def _unsealed() -> Iterator[Finding]:
    """Entries below the mark up to which all was sealed that are under no seal: forged, or their seal was removed."""
    rows = _ask(
        """
        select h.table_name, h.row_id, h.id, count(*) over () from foundation_history h
        where h.id <= (select low from foundation_seal_head)
          and not (select coalesce(range_agg(m), '{}') from foundation_seal s, unnest(s.members) m) @> h.id
        order by h.id limit %s""",
        [MOST_NAMED],
    )
    for table, row, entry, _ in rows:
        yield Finding(str(table), str(row), f"entry {entry} of its history is under no seal, though those about it are")
    if rows and int(str(rows[0][3])) > MOST_NAMED:
        yield Finding("seal", "", f"{rows[0][3]} entries in all are under no seal, though those about them are")


def _rows(table: str, omits: tuple[str, ...], since: datetime | None = None) -> Iterator[Finding]:
    # `jsonb_strip_nulls(before)` of an entry must hash to what the entry before it says of the same row.
    rows = _ask(
        f"""
        with entries as (
            select row_id, id, op, row_hash, before, max(at) over (partition by row_id) as written,
                   lag(row_hash) over w as hash_before, lead(id) over w is null as latest
            from foundation_history where table_name = %s window w as (partition by row_id order by id)
        ), wanted as (
            select * from entries where %s::timestamptz is null or written >= %s
        ), broken as (
            select row_id, id, 'broken' as what from wanted
            where op <> 'I' and iops.fingerprint(before) is distinct from hash_before
               or op = 'I' and hash_before is not null
        ), rows as (
            select coalesce(c.id, e.row_id) as row_id, null::bigint as id, case
                when e.row_id is null then 'inserted'
                when c.id is null and e.op <> 'D' then 'deleted'
                when c.id is not null and e.row_hash is distinct from {fingerprint("c", omits)} then 'changed'
            end as what, e.written
            from {table} c full join (select * from entries where latest) e on e.row_id = c.id
        )
        select row_id, id, what from broken
        union all
        select row_id, id, what from rows
        where what is not null and (%s::timestamptz is null or written is null or written >= %s)
        order by row_id, what, id""",  # noqa: S608 - the table is one of ours
        [table, since, since, since, since],
    )
    differences = _differences(table, omits, [row for row, _, what in rows if what == "changed"][:MOST_EXPLAINED])
    for row, entry, what in rows:
        if what == "broken":
            yield Finding(table, str(row), f"entry {entry} of its history does not follow from the one before")
        else:
            yield Finding(table, str(row), f"the row was {what} {BEHIND}{differences.get(row, '')}")


def _differences(table: str, omits: tuple[str, ...], changed: list[object]) -> dict[object, str]:
    """What was changed in a row, where it can be told: the one value that makes its fingerprint right again.

    Tried for each column: nothing, the other of yes and no, an empty text, a small number, and whatever stood there
    before in the row's history. An untraceable change of free text stays unnamed.
    """
    if not changed:
        return {}
    found = _ask(
        f"""
        select c.id, k.name, v.was #>> '{{}}', j.now -> k.name #>> '{{}}'
        from {table} c
        cross join lateral (select {kept("c", omits)}) j(now)
        join lateral (select h.row_hash from foundation_history h where h.table_name = %s and h.row_id = c.id
                      order by h.id desc limit 1) latest on true
        cross join lateral jsonb_object_keys(j.now) k(name)
        join lateral (
            select jsonb 'null' union select jsonb '""' union select to_jsonb(b) from unnest(array[true, false]) b
            union select to_jsonb(n) from generate_series(0, 9) n
            union select h.before -> k.name from foundation_history h
                  where h.table_name = %s and h.row_id = c.id and jsonb_exists(h.before, k.name)
        ) v(was) on iops.fingerprint(j.now || jsonb_build_object(k.name, v.was)) = latest.row_hash
        where c.id = any(%s)""",  # noqa: S608 - the table is one of ours
        [table, table, changed],
    )
    return {row: f": {name} is {_said(now)}, was {_said(was)}" for row, name, was, now in found}


def _said(value: object) -> str:
    return "nothing" if value in (None, "") else str(value)


def _numbers() -> Iterator[Finding]:
    for model in apps.get_models():
        if issubclass(model, Fact) and model.numbered:
            series, day, number = model.numbered
            yield from _gaps(model._meta.db_table, series, day, number)


def _gaps(table: str, series: str, day: str, number: str) -> Iterator[Finding]:
    """Days whose rows do not bear exactly the numbers that were given out: 1, 2, 3 and so on to the last."""
    rows = _ask(
        f"""
        with found as (select {day} as day, count(*) as rows, max({number}) as highest from {table} group by 1)
        select coalesce(s.day, f.day), coalesce(s.last, 0), coalesce(f.rows, 0),
               array(select n from generate_series(1, s.last) n except select {number} from {table} t
                     where t.{day} = s.day order by 1 limit {MOST_NAMED + 1})
        from (select * from foundation_number_series where series = %s) s full join found f on f.day = s.day
        where f.rows is distinct from s.last or f.highest is distinct from s.last
        order by 1""",  # noqa: S608 - the names are of our own models
        [series],
    )
    for on, last, count, missing in rows:
        what = f"{last} numbers were given out and {count} rows bear one"
        yield Finding(table, f"{on:%d %B %Y}", what + _listed(missing))


def _listed(missing: object) -> str:
    numbers = [str(n) for n in missing] if isinstance(missing, list) else []
    if not numbers:
        return ""
    more = " and more" if len(numbers) > MOST_NAMED else ""
    return f": {', '.join(numbers[:MOST_NAMED])}{more} missing"
