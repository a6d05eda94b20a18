"""What POLE installs besides its files: spellings, search tables, the check of a link's ends, involvement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation.policy.table import record_models
from iops.pole import involvement
from iops.pole.matching import install as matching
from iops.pole.search import install as search

if TYPE_CHECKING:
    from collections.abc import Iterator


def statements() -> Iterator[str]:
    """The SQL made from the kinds of record that areas declare."""
    yield from matching.statements()
    yield record_exists()
    yield LINK_ENDS
    yield involvement.views()
    yield from search.statements()


def record_exists() -> str:
    """`iops.record_exists(kind, id)`: whether there is such a record, hidden or not; false for an unknown kind."""
    branches = "\n".join(
        f"        when '{kind}' then exists (select from {model._meta.db_table} t where t.id = wanted)"
        for kind, model in sorted(record_models().items())
    )
    # Names come from our own models alone.
    return f"""
create or replace function iops.record_exists(kind text, wanted bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $exists$
    select case kind
{branches}
        else false end
$exists$;
"""


LINK_ENDS = """
create or replace function iops.link_ends_exist() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $ends$
declare
    lost record;
begin
    select e.kind, e.id into lost
    from written w cross join lateral (values (w.from_kind, w.from_id), (w.to_kind, w.to_id)) e(kind, id)
    where not iops.record_exists(e.kind, e.id) limit 1;
    if found then
        raise exception 'There is no % numbered % to link.', lost.kind, lost.id using errcode = 'IO404';
    end if;
    return null;
end $ends$;
drop trigger if exists b_link_ends_new on pole_link;
create trigger b_link_ends_new after insert on pole_link referencing new table as written
for each statement execute function iops.link_ends_exist();
drop trigger if exists b_link_ends_changed on pole_link;
create trigger b_link_ends_changed after update on pole_link referencing new table as written
for each statement execute function iops.link_ends_exist();
"""
