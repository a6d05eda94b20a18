"""The verb of migration: replay an extract, so that each row becomes a fact or stands in the ledger with a reason.

Rows are taken in batches, each one transaction: facts, ledger and the count of rows together, so that a replay that was
stopped at any moment goes on after the last whole batch. A row that is here already is known by its source and key.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.db.models import Max

from iops.control.bulk import STAGING, open_incidents_in_bulk
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.districts import have_districts
from iops.foundation.errors import ConflictError, InvalidError
from iops.migration.batches import Batch, Refused, Tally, batches, kept
from iops.migration.models import LedgerRow, Load
from iops.migration.reading import Extract
from iops.migration.selectors import Reconciliation, reconciliation
from iops.migration.transforms import transform
from iops.obligations.services import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.db.backends.utils import CursorWrapper

    from iops.migration.mapping import Mapping

    Progress = Callable[[int, int, int], None]

AT_ONCE: Final = 20_000
PATIENCE: Final = 30.0
"""Seconds to wait for another replay of the same source, such as the last statement of one that was just killed."""

_STAGED = ", ".join(f'"{name}" {kind}' for name, kind in STAGING.items())
_COLUMNS = ", ".join(f'"{name}"' for name in STAGING)
_TABLES = f"""
create temporary table if not exists replay_staged (line bigint, row_hash uuid, {_STAGED}) on commit delete rows;
create temporary table if not exists replay_new (line bigint, row_hash uuid, {_STAGED}) on commit delete rows;
create temporary table if not exists replay_here (source_key text, contact_id bigint) on commit delete rows;
truncate replay_staged, replay_new, replay_here;
"""
_HERE = """
insert into replay_here
select * from iops.contacts_of_source(%s, (select array_agg(distinct source_key) from replay_staged))
"""
_NEW = f"""
insert into replay_new
select distinct on (s.source_key) s.line, s.row_hash, {_COLUMNS.replace('"source_key"', "s.source_key")}
from replay_staged s left join replay_here h using (source_key)
where h.contact_id is null
order by s.source_key, s.line
"""  # noqa: S608 - names from this module
_LOADED = """
insert into migration_ledgerrow (load_id, line, row_hash, fate, contact_id, reason)
select %s, n.line, n.row_hash, 'loaded', o.contact_id, ''
from replay_new n join opened_in_bulk o using (source_key) order by n.line
"""
# What is left of a batch was here before: the same row is a duplicate, the same key with other content is set aside.
_AGAIN = """
with contacts as (
    select source_key, contact_id from replay_here union all select source_key, contact_id from opened_in_bulk
), again as materialized (
    select s.line, s.row_hash, c.contact_id, f.line as first_line, f.load_id = %(load)s as here,
           f.row_hash = s.row_hash as same, coalesce(p.file_name, '') as file_name
    from replay_staged s
    join contacts c using (source_key)
    left join replay_new n using (line)
    left join migration_ledgerrow f on f.contact_id = c.contact_id and f.fate = 'loaded'
    left join migration_load p on p.id = f.load_id
    where n.line is null
), told as (
    insert into migration_ledgerrow (load_id, line, row_hash, fate, contact_id, same_as_line, reason)
    select %(load)s, line, row_hash, 'duplicate', contact_id, case when here then first_line end,
           case when here then 'the same row as line ' || first_line
                else 'loaded before, from line ' || first_line || ' of ' || file_name end
    from again where same order by line
)
select line, row_hash,
       case when here then 'the key stands on line ' || first_line || ' with other content'
            when first_line is not null
            then 'the key was loaded before with other content, from line ' || first_line || ' of ' || file_name
            else 'the key is here already, from no load of the ledger' end
from again where same is not true order by line
"""


def replay(
    mapping: Mapping,
    path: Path,
    *,
    at_once: int = AT_ONCE,
    accept_changed_mapping: bool = False,
    progress: Progress | None = None,
) -> Reconciliation:
    """Load an extract with a mapping, or go on where an earlier run was stopped; a finished load is not done twice.

    Returns how every row of the file is accounted for. `progress` is told bytes read, bytes of the file and rows done.
    Raises InvalidError when the file or a look-up cannot be read at all, ConflictError when another replay of the same
    source runs, or when the mapping has changed since the load was begun.
    """
    if at_once < 1:
        raise InvalidError("A batch has at least one row.")
    extract = Extract(path, mapping.layout)
    turn = transform(mapping, path.parent, latest=clock.now())
    with _alone(mapping.source):
        load = _begin(mapping, extract, accept_changed_mapping)
        if load.finished_at is not None:
            return reconciliation(load)
        tally, done = Tally(), load.rows
        after = LedgerRow.objects.filter(load=load).aggregate(last=Max("line"))["last"] or 0
        for batch in batches(extract, turn, tally, after=after, at_once=at_once):
            _take(load, mapping.source, batch)
            done += batch.rows
            if progress:
                progress(extract.done, extract.size, done)
        _finish(load)
        return reconciliation(load, tally, extract.damage)


def mapping_digest(mapping: Mapping, folder: Path) -> str:
    """A fingerprint of all that decides what rows become: the mapping and its look-up files."""
    parts = [mapping.digest]
    parts += [hashlib.sha256((folder / each.file).read_bytes()).hexdigest() for each in mapping.lookups]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _begin(mapping: Mapping, extract: Extract, accept_changed: bool) -> Load:
    """The load of this file under this mapping, made when it is new."""
    digest, file_hash = mapping_digest(mapping, extract.path.parent), extract.digest()
    load = Load.objects.filter(mapping=mapping.name, file_hash=file_hash).first()
    if load is None:
        next(extract.records(), None)  # a file that is refused whole leaves no load behind
        with acting(reason=f"replay of {extract.path.name}"):
            return Load.objects.create(
                mapping=mapping.name,
                mapping_hash=digest,
                file_name=extract.path.name[:200],
                file_hash=file_hash,
                started_at=clock.now(),
            )
    if load.finished_at is None and load.mapping_hash != digest:
        if not accept_changed:
            raise ConflictError(
                f"The mapping {mapping.name} or its look-ups have changed since line 1 of this file was loaded.",
                mend="Put them back, or go on with --accept-changed-mapping: rows already loaded stay as they are.",
            )
        with acting(reason=f"replay of {extract.path.name} goes on with a changed mapping"):
            load.mapping_hash = digest
            load.save(update_fields=["mapping_hash"])
    return load


def _take(load: Load, source: str, batch: Batch) -> None:
    """Load one batch: facts, ledger and count in one transaction, obligations settled."""
    names = {row.facts.district_code: row.facts.district_name for row in batch.taken}
    with writing(None, reason=f"replay of {load.file_name}"), connection.cursor() as cursor:
        cursor.execute(_TABLES)
        have_districts(names)
        refused = list(batch.refused)
        if batch.taken:
            refused += _open(cursor, load, source, batch)
        columns = "load_id, line, row_hash, fate, reason, raw"
        with cursor.copy(f"copy migration_ledgerrow ({columns}) from stdin") as copy:
            for row in refused:
                copy.write_row((load.id, row.line, row.row_hash, "rejected", row.reason, row.raw))
        load.rows += batch.rows
        load.save(update_fields=["rows"])


def _open(cursor: CursorWrapper, load: Load, source: str, batch: Batch) -> list[Refused]:
    """Open what is new, note what is here already; returns the rows whose key is here with other content."""
    with cursor.copy(f"copy replay_staged (line, row_hash, {_COLUMNS}) from stdin") as copy:
        for row in batch.taken:
            f = row.facts
            copy.write_row((
                row.line, row.row_hash, f.source_key, f.reported_at, f.where, f.what, f.category, f.district_code,
                f.domestic, f.crime_reported, f.grade, f.log,
            ))  # fmt: skip
    cursor.execute("analyze replay_staged")
    cursor.execute(_HERE, [source])
    cursor.execute(_NEW)
    open_incidents_in_bulk(cursor, "replay_new", source)
    cursor.execute(_LOADED, [load.id])
    cursor.execute(_AGAIN, {"load": load.id})
    aside = cursor.fetchall()
    rows = {row.line: row for row in batch.taken} if aside else {}
    return [Refused(line, name, reason, kept(rows[line].raw, rows[line].facts)) for line, name, reason in aside]


def _finish(load: Load) -> None:
    with acting(reason=f"replay of {load.file_name} finished"):
        load.finished_at = clock.now()
        load.save(update_fields=["finished_at"])


@contextmanager
def _alone(source: str) -> Iterator[None]:
    """One replay of a source at a time; the lock ends with the session, however it ends."""
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while True:
            cursor.execute("select pg_try_advisory_lock(hashtext('iops.replay'), hashtext(%s))", [source])
            if cursor.fetchone()[0]:
                break
            if time.monotonic() > deadline:
                raise ConflictError(f"Another replay of {source} is running.", mend="Wait until it has ended.")
            time.sleep(0.2)
        try:
            yield
        finally:
            if not connection.needs_rollback and connection.is_usable():
                cursor.execute("select pg_advisory_unlock(hashtext('iops.replay'), hashtext(%s))", [source])
