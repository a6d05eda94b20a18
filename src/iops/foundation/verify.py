"""Finds what was changed behind the system's back, and names it: `iops verify`.

Four questions: do the seals still fit the entries and one another; does each entry's row before agree with the entry
before it; does each row agree with its latest entry; are there gaps in numbers that run without gaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connection

from iops.foundation.history import fact_tables, fingerprint
from iops.foundation.models import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree: where (table, or "seal"), which row, and what about it."""

    where: str
    row: str
    what: str


def verify(tables: Iterable[str] | None = None) -> Iterator[Finding]:
    """Everything that does not agree, seals first. Runs as the owner of the database, who may read it all."""
    wanted = fact_tables()
    chosen = list(wanted) if tables is None else [t for t in tables if t in wanted]
    if tables is None:
        yield from _seals()
    for table in chosen:
        yield from _rows(table, wanted[table])
    if tables is None:
        yield from _numbers()


def _seals() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select s.id, r.root is distinct from s.root, r.entries is distinct from s.entries,
                   s.chained <> iops.seal_chain(s.previous, s.root, s.entries, s.members),
                   s.previous <> coalesce(lag(s.chained) over (order by s.id), decode(repeat('00', 32), 'hex'))
            from foundation_seal s, lateral iops.history_root(s.members) r order by s.id"""
        )
        for number, other_root, other_count, broken, cut in cursor.fetchall():
            if other_count:
                yield Finding("seal", str(number), "entries under it are missing or were added")
            elif other_root:
                yield Finding("seal", str(number), "an entry under it was changed")
            if broken or cut:
                yield Finding("seal", str(number), "the seal itself, or one before it, was changed or removed")


def _rows(table: str, omits: tuple[str, ...]) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        # `jsonb_strip_nulls(before)` of an entry must hash to what the entry before it says of the same row.
        cursor.execute(
            f"""
            with entries as (
                select row_id, id, op, row_hash, before,
                       lag(row_hash) over w as hash_before, lead(id) over w is null as latest
                from foundation_history where table_name = %s window w as (partition by row_id order by id)
            ), broken as (
                select row_id, 'entry ' || id || ' of its history does not follow from the one before' as what
                from entries
                where op <> 'I' and sha256(convert_to(jsonb_strip_nulls(before)::text, 'UTF8')) is distinct from hash_before
            ), rows as (
                select coalesce(c.id, e.row_id) as row_id, case
                    when e.row_id is null then 'the row was inserted'
                    when c.id is null and e.op <> 'D' then 'the row was deleted'
                    when c.id is not null and e.row_hash is distinct from {fingerprint("c", omits)} then 'the row was changed'
                end as what
                from {table} c full join (select * from entries where latest) e on e.row_id = c.id
            )
            select row_id, what from broken union all select row_id, what from rows where what is not null
            order by row_id, what""",  # noqa: S608 - the table is one of ours
            [table],
        )
        for row, what in cursor.fetchall():
            behind = f"{what} behind the system's back" if what.startswith("the row") else what
            yield Finding(table, str(row), behind)


def _numbers() -> Iterator[Finding]:
    for model in apps.get_models():
        if issubclass(model, Fact) and model.numbered:
            series, day, number = model.numbered
            yield from _gaps(model._meta.db_table, series, day, number)


def _gaps(table: str, series: str, day: str, number: str) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select s.day, s.last, count(t.*), max(t.{number})
            from foundation_number_series s left join {table} t on t.{day} = s.day
            where s.series = %s group by s.day, s.last
            having count(t.*) <> s.last or max(t.{number}) is distinct from s.last order by s.day""",  # noqa: S608
            [series],
        )
        for on, last, found, _ in cursor.fetchall():
            yield Finding(table, f"{on:%d %B %Y}", f"{last} numbers were given out and {found} rows bear one")
