"""Makes the history triggers of every fact table, and answers how rows stood at a moment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from django.apps import apps
from django.db import connection

from iops.foundation.errors import InvalidError
from iops.foundation.models import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

# Text of a row must not depend on who writes it: the session's time zone and output settings are fixed here.
OUTPUT = {"timezone": "UTC", "bytea_output": "hex", "intervalstyle": "iso_8601", "extra_float_digits": "1"}
SETTINGS = "set search_path = pg_catalog, public, iops, pg_temp " + " ".join(
    f"set {name} = '{value}'" for name, value in OUTPUT.items()
)
COLUMNS = "at, tx, table_name, row_id, op, actor_id, db_user, request_id, reason, before, row_hash"


def fact_tables() -> dict[str, tuple[str, ...]]:
    """Every fact table with the columns that history leaves out."""
    return {m._meta.db_table: m.history_omits for m in apps.get_models() if issubclass(m, Fact)}


def kept(row: str, omits: Iterable[str]) -> str:
    """The row as jsonb, without what history leaves out."""
    return f"to_jsonb({row})" + "".join(f" - '{name}'" for name in omits)


def fingerprint(row: str, omits: Iterable[str]) -> str:
    """SHA-256 of a row as SQL; see `iops.fingerprint`."""
    return f"iops.fingerprint({kept(row, omits)})"


def statements() -> Iterator[str]:
    """The functions and triggers that write history, for every fact table, and the wall before reading it.

    A table that has got new columns since the last installation has its fingerprints restated (`iops.restate`).
    """
    tables = fact_tables()
    for table, omits in tables.items():
        yield from _triggers(table, omits)
        yield f"select iops.refuse_truncation('{table}')"
        yield f"select iops.restate('{table}', array[{', '.join(map(repr, omits))}]::text[])"
    yield _wall(tables)


def _triggers(table: str, omits: tuple[str, ...]) -> Iterator[str]:
    source = {
        "insert": ("n.id, 'I'", "null", fingerprint("n", omits), "changed n", "new table as changed"),
        "update": ("n.id, 'U'", kept("o", omits), fingerprint("n", omits), "changed n join was o on o.id = n.id",
                   "old table as was new table as changed"),
        "delete": ("o.id, 'D'", kept("o", omits), "null", "was o", "old table as was"),
    }  # fmt: skip
    for op, (row, before, row_hash, rows, tables) in source.items():
        guard = _same_keys(table) if op == "update" else ""
        yield f"""
create or replace function iops.{table}_history_{op}() returns trigger language plpgsql security definer {SETTINGS}
as $history$
begin
{guard}    insert into foundation_history ({COLUMNS})
    select iops.wall_time(), pg_current_xact_id(), '{table}', {row}, iops.as_number('iops.user_id'), session_user,
           nullif(current_setting('iops.request_id', true), ''), nullif(current_setting('iops.reason', true), ''),
           {before}, {row_hash}
    from {rows};
    return null;
end $history$;
drop trigger if exists a_history_{op} on {table};
create trigger a_history_{op} after {op} on {table} referencing {tables}
for each statement execute function iops.{table}_history_{op}();
"""


def _same_keys(table: str) -> str:
    return f"""    if exists (select from was o where not exists (select from changed n where n.id = o.id)) then
        raise exception 'The id of a row in {table} is never changed.' using errcode = 'IO403';
    end if;
"""


def _wall(tables: Iterable[str]) -> str:
    """The application reads the entries of rows that its viewer may see now, and no others.

    The sub-selects run as the application, so the row-level security of each table holds in them.
    """
    seen = "\n".join(
        f"    when '{table}' then exists (select from {table} t where t.id = foundation_history.row_id)"
        for table in tables
    )
    return f"""
alter table foundation_history enable row level security;
drop policy if exists seen_now on foundation_history;
create policy seen_now on foundation_history for select to iops_app using (case table_name
{seen}
    else false end);
"""


def as_at(table: str, ids: Iterable[int], moment: datetime) -> list[dict[str, object]]:
    """How rows of a fact table stood at a moment: those that did not exist then are left out.

    `moment` is a true moment, as ledgers keep it, also where the system's clock is set to another. A row stood as the
    first entry after the moment says it was before, or, with no later entry, as it stands now; so rows written by a
    transaction count from its beginning. What the person asking may not see now is left out, as are the columns that
    history omits (password hashes). Ordered by id; instants as ISO text in UTC. Raises InvalidError: `table` holds no
    facts, or `moment` has no time zone.
    """
    omits = fact_tables().get(table)
    if omits is None:
        raise InvalidError(f"{table} is no table of facts, so no history is kept of it.")
    if moment.tzinfo is None:
        raise InvalidError("A moment without a time zone could be any of two dozen.", mend="Give the time zone.")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select coalesce(later.before, {kept("c", omits)})
            from unnest(%(ids)s::bigint[]) as wanted(id)
            left join {table} c on c.id = wanted.id
            left join lateral (
                select h.op, h.before from foundation_history h
                where h.table_name = %(table)s and h.row_id = wanted.id and h.at > %(moment)s
                order by h.id limit 1) later on true
            where later.op is distinct from 'I' and (later.op is not null or c.id is not null)
            order by wanted.id""",
            {"ids": list(set(ids)), "table": table, "moment": moment},
        )
        return [cast("dict[str, object]", json.loads(row)) for (row,) in cursor.fetchall()]
