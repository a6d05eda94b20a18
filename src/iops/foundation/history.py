"""Makes the history triggers of every fact table, and answers how rows stood at a moment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from django.apps import apps
from django.db import connection

from iops.foundation.models import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

# Text of a row must not depend on who writes it: the session's time zone and output settings are fixed here.
SETTINGS = (
    "set search_path = pg_catalog, public, iops, pg_temp set timezone = 'UTC' set bytea_output = 'hex'"
    " set intervalstyle = 'iso_8601' set extra_float_digits = 1"
)
COLUMNS = "at, tx, table_name, row_id, op, actor_id, db_user, request_id, reason, before, row_hash"


def fact_tables() -> dict[str, tuple[str, ...]]:
    """Every fact table with the columns that history leaves out."""
    return {m._meta.db_table: m.history_omits for m in apps.get_models() if issubclass(m, Fact)}


def kept(row: str, omits: Iterable[str]) -> str:
    """The row as jsonb, without what history leaves out."""
    return f"to_jsonb({row})" + "".join(f" - '{name}'" for name in omits)


def fingerprint(row: str, omits: Iterable[str]) -> str:
    """SHA-256 of a row. Nulls do not count, so that a nullable column added later changes no fingerprint."""
    return f"sha256(convert_to(jsonb_strip_nulls({kept(row, omits)})::text, 'UTF8'))"


def statements() -> Iterator[str]:
    """The functions and triggers that write history, for every fact table."""
    for table, omits in fact_tables().items():
        yield from _triggers(table, omits)


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


def as_at(table: str, ids: Iterable[int], moment: datetime) -> list[dict[str, object]]:
    """How rows of a fact table stood at a moment: those that did not exist then are left out.

    A row stood as the entry right after the moment says it was before, or, with no later entry, as it stands now. What
    history leaves out (password hashes) is missing from the answer. Ordered by id; instants as ISO text.
    """
    omits = fact_tables()[table]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select coalesce(later.before, {kept("c", omits)})
            from unnest(%(ids)s::bigint[]) as wanted(id)
            left join {table} c on c.id = wanted.id
            left join lateral (select h.op, h.before from iops.history_after(%(table)s, wanted.id, %(moment)s) h) later
                on true
            where later.op is distinct from 'I' and (later.op is not null or c.id is not null)
            order by wanted.id""",  # noqa: S608 - the table is one of ours, looked up above
            {"ids": list(ids), "table": table, "moment": moment},
        )
        return [cast("dict[str, object]", json.loads(row)) for (row,) in cursor.fetchall()]
