"""Row-level security in the database, made from the policy table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation.policy.table import Policy, PolicyError, policies, unprotected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model

ROLE = "iops_app"
NAME = "iops_access"


def policy_sql(models: Iterable[type[Model]] | None = None) -> Iterator[str]:
    """The SQL of all policies (or of those of some tables): functions first, then one policy a table.

    Walls are taken down first where a table no longer has a policy. Raises PolicyError when a table points to a
    protected one and has no policy of its own: it would be a way round the wall.
    """
    open_ways = unprotected()
    if open_ways:
        raise PolicyError(f"These lead to protected rows and have no policy: {', '.join(open_ways)}.")
    wanted = [p for p in policies() if models is None or p.model in set(models)]
    if models is None:
        yield _take_down()
    yield from dict.fromkeys(f for p in wanted for e in (p.sees, p.writes) if e for f in e.functions())
    for policy in wanted:
        yield wall(policy)


def wall(policy: Policy) -> str:
    """The policy of one table. It is not forced on the owner, as whom the functions of the engine run."""
    table = policy.model._meta.db_table
    sees = policy.sees.sql(table)
    writes = sees if policy.writes is None else f"({sees}) and ({policy.writes.sql(table)})"
    return f"""
alter table {table} enable row level security;
drop policy if exists {NAME} on {table};
create policy {NAME} on {table} for all to {ROLE} using ({sees}) with check ({writes});
"""


def _take_down() -> str:
    return f"""
do $walls$
declare
    w record;
begin
    for w in select schemaname, tablename from pg_policies where policyname = '{NAME}' loop
        execute format('drop policy {NAME} on %I.%I', w.schemaname, w.tablename);
        execute format('alter table %I.%I disable row level security', w.schemaname, w.tablename);
    end loop;
end $walls$;
"""  # noqa: S608 - two constants
