"""Of which kinds a closure is. An area tells with one SELECT; the installer makes a function of them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.closing.checks import checks

if TYPE_CHECKING:
    from collections.abc import Iterator

_sources: dict[str, str] = {}


def register(stratum: str, select: str) -> None:
    """An area tells which incidents are of a kind: a SELECT with a row if `wanted` is, closed at `ended`.

    `stratum` is one of `closure_checks.yaml`; what a force's own file does not name is not drawn by it.
    """
    _sources[stratum] = select


def ready() -> None:
    """What the control room itself knows."""
    register(
        "domestic",
        """select i.id from control_incident i left join facts.incident__classing c on c.id = i.id
           where i.id = wanted and (i.domestic or c.da_answer in ('qualifies', 'may'))""",
    )
    register(
        "mark-refused",
        "select d.incident_id from control_domesticdecision d where d.incident_id = wanted and not d.domestic",
    )
    register(
        "downgraded",
        """select g.incident_id from control_grading g
           join control_grading h on h.incident_id = g.incident_id and (h.at, h.id) > (g.at, g.id) and h.grade > g.grade
           where g.incident_id = wanted""",
    )
    register(
        "quick",
        """select i.id from control_incident i
           where i.id = wanted and ended < i.reported_at + make_interval(mins => {quick_minutes})""",
    )


def statements() -> Iterator[str]:
    """The function of the kinds, the shares, and the trigger that draws."""
    found = checks()
    selects = "\n        union all ".join(
        f"select '{name}' where exists ({_sources[name].format(quick_minutes=found.quick_minutes)})"
        for name in found.strata
        if name in _sources
    )
    rows = ", ".join(
        f"('{name}', date '{s.since}', {share})" for s in found.in_force for name, share in s.per_thousand.items()
    )
    # Every part comes from source code, and from a file of configuration that was checked when it was read.
    yield f"""
create or replace function iops.closure_strata(wanted bigint, ended timestamptz) returns setof text
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $strata$
        {selects}
$strata$;
create or replace function iops.closure_share(kinds text[], day date) returns integer
language sql immutable parallel safe as $share$
    select coalesce(max(s.share), 0) from (
        select distinct on (v.stratum) v.stratum, v.share
        from (values {rows}) v(stratum, since, share)
        where v.since <= day and v.stratum = any (kinds) order by v.stratum, v.since desc) s
$share$;
{DRAW}
{KEPT}
{CHECKED}
"""  # noqa: S608


DRAW = """
-- The draw: HMAC-like, of the incident alone under a key that the application cannot read. The same incident gets the
-- same number however often it is closed; what the closer types has no part in it. Whatever a route writes into these
-- four columns is written over.
create or replace function iops.closing_draws() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $draw$
declare
    secret text;
    kinds text[];
    inner_hash bytea;
begin
    select k.key into secret from control_drawkey k;
    inner_hash := sha256(convert_to(secret || 'inner' || new.incident_id, 'UTF8'));
    new.draw := ('x' || substr(encode(sha256(convert_to(secret || 'outer', 'UTF8') || inner_hash), 'hex'), 1, 15)
                )::bit(60)::bigint % 1000;
    kinds := array(select s from iops.closure_strata(new.incident_id, new.at) s);
    if kinds = '{}' then
        kinds := array['other'];
    end if;
    new.strata := to_jsonb(kinds);
    new.share := iops.closure_share(kinds, iops.local_date(new.at));
    new.sampled := new.draw < new.share;
    return new;
end $draw$;
drop trigger if exists a_closing_draws on control_closing;
create trigger a_closing_draws before insert on control_closing for each row execute function iops.closing_draws();
"""

KEPT = """
-- An incident that is closed by whatever route leaves a closing, and so may be drawn.
create or replace function iops.closing_is_kept() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $kept$
begin
    insert into control_closing (incident_id, at, by_id, edition, code, qualifiers, results, text, draw, strata, share,
                                 sampled)
    select new.id, new.closed_at, new.closed_by_id, '', '', '[]', '[]',
           coalesce(nullif(new.closing_note, ''), 'Closed without words.'), 0, '[]', 0, false
    where not exists (select from control_closing c where c.incident_id = new.id and c.at = new.closed_at);
    return null;
end $kept$;
drop trigger if exists b_closing_is_kept on control_incident;
create trigger b_closing_is_kept after update on control_incident for each row
when (old.closed_at is null and new.closed_at is not null) execute function iops.closing_is_kept();
"""

CHECKED = """
-- Nobody checks a closure of their own.
create or replace function iops.closure_checked_by_another() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $another$
begin
    if exists (select from control_closing c where c.id = new.closing_id and c.by_id = new.by_id) then
        raise exception 'A closure is checked by somebody who did not make it.' using errcode = 'IO403';
    end if;
    return null;
end $another$;
drop trigger if exists b_closure_checked on control_closurecheck;
create trigger b_closure_checked after insert on control_closurecheck
for each row execute function iops.closure_checked_by_another();
"""
