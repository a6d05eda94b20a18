"""Makes the triggers that keep what the search knows of each nominal, whatever fact about them is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTION = "language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp"

LINKED = """
    select l.from_id from {rows} x
    join pole_link l on l.to_kind = '{kind}' and l.to_id = x.id and l.from_kind = 'person'
    union select l.to_id from {rows} x
    join pole_link l on l.from_kind = '{kind}' and l.from_id = x.id and l.to_kind = 'person'"""

TOUCHES = {
    "pole_person": "select x.id from {rows} x",
    **dict.fromkeys(
        ("pole_name", "pole_birth", "pole_detail", "pole_identifier", "pole_warningmarker"),
        "select x.person_id from {rows} x",
    ),
    "pole_link": "select x.from_id from {rows} x where x.from_kind = 'person'"
    " union select x.to_id from {rows} x where x.to_kind = 'person'",
    **{f"pole_{kind}": LINKED.replace("{kind}", kind) for kind in ("location", "phone", "email")},
}
"""Which nominals a row of each table says something about, as SQL over the changed rows."""


def statements() -> Iterator[str]:
    """The triggers of each table."""
    for table, touched in TOUCHES.items():
        yield _triggers(table, touched)


def _triggers(table: str, touched: str) -> str:
    parts = []
    for op, tables, named in (
        ("insert", "new table as changed", ("changed",)),
        ("update", "old table as was new table as changed", ("changed", "was")),
        ("delete", "old table as was", ("was",)),
    ):
        ids = " union ".join(f"({touched.format(rows=rows)})" for rows in named)
        gone = "    delete from pole_searchperson s using was o where s.person_id = o.id;\n" * (
            table == "pole_person" and op == "delete"
        )
        # Names come from this file alone.
        parts.append(f"""
create or replace function iops.{table}_known_{op}() returns trigger {FUNCTION} as $known$
begin
{gone}    perform iops.refresh_people(array({ids}));
    return null;
end $known$;
drop trigger if exists d_search_people_{op} on {table};
create trigger d_search_people_{op} after {op} on {table} referencing {tables}
for each statement execute function iops.{table}_known_{op}();
""")
    return "".join(parts)
