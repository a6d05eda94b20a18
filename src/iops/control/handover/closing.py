"""A duty that closes raises first what it reached while it stood open: between two rounds nothing is missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOSED = {
    "update": """
        select o.*, coalesce(n.met_at, n.waived_at, iops.now()) as closed_at
        from o join n using (subject, subject_id, rule)
        where o.met_at is null and o.waived_at is null
          and (n.met_at is not null or n.waived_at is not null or n.arose_at <> o.arose_at)""",
    "delete": "select o.*, iops.now() as closed_at from o where o.met_at is null and o.waived_at is null",
}
"""The open duties that a statement closed, withdrew, or gave another clock; when, by the facts as they are known."""


def statements() -> Iterator[str]:
    """The triggers on the table of what is owed."""
    for op, tables in (("update", "old table as o new table as n"), ("delete", "old table as o")):
        yield _trigger(op, tables)


def _trigger(op: str, tables: str) -> str:
    # A step at the very moment of closing was not reached: the duty was done by then. An arrival that is told late was
    # in time by its own stamp, and nothing is raised for it.
    return f"""
create or replace function iops.raise_before_{op}() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $closing$
begin
    insert into control_escalation (subject, subject_id, rule, edition, on_kind, on_id, district_id, arose_at, after,
                                    to_role, due_at, raised_at, told_id)
    select c.subject, c.subject_id, c.rule, c.edition, c.record_kind, c.record_id, nullif(c.district_id, 0), c.arose_at,
           s.after, s.to_role, c.arose_at + s.after, iops.now(), u.id
    from ({CLOSED[op]}) c
    join obligations_escalationstep s on s.rule_id = c.rule and s.edition = c.edition
    left join lateral iops.on_duty_as(s.to_role, c.district_id) u(id) on true
    where c.arose_at + s.after < c.closed_at and c.arose_at + s.after <= iops.now()
      and not exists (
        select from control_escalation e
        where (e.subject, e.subject_id, e.rule, e.arose_at, e.after, e.to_role)
            = (c.subject, c.subject_id, c.rule, c.arose_at, s.after, s.to_role))
    on conflict do nothing;
    return null;
end $closing$;
drop trigger if exists control_raise_before_{op} on obligations_obligation;
create trigger control_raise_before_{op} after {op} on obligations_obligation referencing {tables}
for each statement execute function iops.raise_before_{op}();
"""  # noqa: S608
