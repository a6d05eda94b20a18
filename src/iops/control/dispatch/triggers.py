"""What the database holds against every route: states follow one another, stamps stay, warnings are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.dispatch.states import states

if TYPE_CHECKING:
    from collections.abc import Iterator


def statements() -> Iterator[str]:
    """The triggers, the table of states in them made from the configuration."""
    pairs = sorted((one.value, other.value) for one, after in states().follows.items() for other in after)
    values = ", ".join(f"('{one}', '{other}')" for one, other in pairs)
    # Words of the configuration that were checked against the states there are.
    yield f"""
create or replace function iops.unit_may_turn(one text, other text) returns boolean
language sql immutable parallel safe as $turn$ select (one, other) in ({values}) $turn$;
"""
    yield STATE
    yield STAMPS
    yield MARKERS
    yield ACKNOWLEDGED
    yield ANSWERS


STATE = """
-- A unit that never had a state is off duty.
create or replace function iops.unit_state_follows() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $state$
declare
    stood record;
    sign text;
begin
    select u.callsign into sign from control_unit u where u.id = new.unit_id for no key update;
    select s.status, s.at into stood from control_unitstate s where s.unit_id = new.unit_id order by s.id desc limit 1;
    if not iops.unit_may_turn(coalesce(stood.status, 'off_duty'), new.status) then
        raise exception '% is % and cannot turn %.', sign,
            replace(coalesce(stood.status, 'off_duty'), '_', ' '), replace(new.status, '_', ' ')
            using errcode = 'IO409';
    end if;
    if new.at < stood.at then
        raise exception 'A later state of % is known already.', sign using errcode = 'IO409',
            hint = 'States are told in the order in which they happened.';
    end if;
    if not exists (select from control_duty d where d.id = new.duty_id and d.unit_id = new.unit_id) then
        raise exception 'That is not a duty of %.', sign using errcode = 'IO409';
    end if;
    return new;
end $state$;
drop trigger if exists a_state_follows on control_unitstate;
create trigger a_state_follows before insert on control_unitstate
for each row execute function iops.unit_state_follows();
"""

STAMPS = """
-- After the row, so that who may not see the incident is told no more than that.
create or replace function iops.deployment_stamps_stay() returns trigger
language plpgsql as $stamps$
begin
    if (old.incident_id, old.assigned_at, old.resource_id, old.duty_id, old.diverted_from_id) is distinct from
       (new.incident_id, new.assigned_at, new.resource_id, new.duty_id, new.diverted_from_id)
       or (old.acknowledged_at is not null and new.acknowledged_at is distinct from old.acknowledged_at)
       or (old.en_route_at is not null and new.en_route_at is distinct from old.en_route_at)
       or (old.arrived_at is not null and new.arrived_at is distinct from old.arrived_at)
       or (old.stood_down_at is not null and new.stood_down_at is distinct from old.stood_down_at)
       or (old.diverted_at is not null and new.diverted_at is distinct from old.diverted_at) then
        raise exception 'A step of a deployment that has its time is not timed anew.' using errcode = 'IO409';
    end if;
    if old.stood_down_at is not null and (old.acknowledged_at, old.en_route_at, old.arrived_at) is distinct from
       (new.acknowledged_at, new.en_route_at, new.arrived_at) then
        raise exception 'A unit that was cleared takes no further step.' using errcode = 'IO409';
    end if;
    return null;
end $stamps$;
drop trigger if exists b_stamps_stay on control_deployment;
create trigger b_stamps_stay after update on control_deployment
for each row execute function iops.deployment_stamps_stay();
"""

MARKERS = """
-- The standing warnings that bear on an incident: on its people (under whatever nominal), its places, and the homes of
-- its people. It reads as whoever asks: a warning on a record that is hidden from them is not among them.
create or replace function iops.incident_markers(wanted bigint)
returns table (marker_id bigint, person_id bigint, location_id bigint, home boolean)
language sql stable set search_path = pg_catalog, public, iops, pg_temp as $markers$
    with people as (
        select unnest(iops.same_people(coalesce(array_agg(l.from_id), '{}'))) as id
        from pole_link l
        where l.to_kind = 'incident' and l.to_id = wanted and l.from_kind = 'person' and l.withdrawn_at is null
    ), places as (
        select l.from_id as id, false as home from pole_link l
        where l.to_kind = 'incident' and l.to_id = wanted and l.from_kind = 'location' and l.withdrawn_at is null
        union
        select l.to_id, true from pole_link l join people p on p.id = l.from_id
        where l.from_kind = 'person' and l.to_kind = 'location' and l.role = 'home' and l.withdrawn_at is null
          and coalesce(l.until, 'infinity') >= iops.local_date(iops.now())
    ), found as (
        select m.id, m.person_id, m.location_id, false as home, m.ended_at, m.expires_on
        from pole_warningmarker m where m.person_id in (select p.id from people p)
        union all
        select m.id, m.person_id, m.location_id, bool_and(x.home), m.ended_at, m.expires_on
        from pole_warningmarker m join places x on x.id = m.location_id
        group by m.id, m.person_id, m.location_id, m.ended_at, m.expires_on
    )
    select f.id, f.person_id, f.location_id, f.home from found f
    where f.ended_at is null and coalesce(f.expires_on, 'infinity') >= iops.local_date(iops.now())
$markers$;

-- How many of them no member of the crew of a deployment has read.
create or replace function iops.unread_markers(wanted bigint) returns bigint[]
language sql stable set search_path = pg_catalog, public, iops, pg_temp as $unread$
    select coalesce(array_agg(distinct m.marker_id), '{}')
    from control_deployment d cross join lateral iops.incident_markers(d.incident_id) m
    where d.id = wanted
      and not exists (select from control_markerreceipt r
                      where r.deployment_id = d.id and r.marker_id = m.marker_id and r.read)
$unread$;

-- A receipt is the word of somebody who was in that crew.
create or replace function iops.receipt_of_the_crew() returns trigger
language plpgsql as $receipt$
begin
    if not exists (select from control_deployment d join control_crewmember c on c.duty_id = d.duty_id
                   where d.id = new.deployment_id and c.user_id = new.reader_id
                     and c.joined_at <= new.at and coalesce(c.left_at, 'infinity') >= new.at) then
        raise exception 'Only a member of the crew reads warnings for the crew.' using errcode = 'IO403';
    end if;
    if new.read and not exists (select from control_deployment d, iops.incident_markers(d.incident_id) m
                                where d.id = new.deployment_id and m.marker_id = new.marker_id) then
        raise exception 'That warning does not stand on this incident.' using errcode = 'IO404';
    end if;
    return null;
end $receipt$;
drop trigger if exists b_receipt_of_the_crew on control_markerreceipt;
create trigger b_receipt_of_the_crew after insert on control_markerreceipt
for each row execute function iops.receipt_of_the_crew();
"""

ACKNOWLEDGED = """
create or replace function iops.acknowledged_after_reading() returns trigger
language plpgsql as $read$
declare
    unread integer;
begin
    unread := cardinality(iops.unread_markers(new.id));
    if unread > 0 then
        raise exception '% cannot acknowledge yet: % not been read by the crew.', new.unit,
            case unread when 1 then 'one warning has' else unread || ' warnings have' end
            using errcode = 'IO409', hint = 'Read the warnings of the incident first.';
    end if;
    return null;
end $read$;
drop trigger if exists b_acknowledged_new on control_deployment;
create trigger b_acknowledged_new after insert on control_deployment for each row
when (new.acknowledged_at is not null and new.resource_id is not null)
execute function iops.acknowledged_after_reading();
drop trigger if exists b_acknowledged_changed on control_deployment;
create trigger b_acknowledged_changed after update on control_deployment for each row
when (old.acknowledged_at is null and new.acknowledged_at is not null and new.resource_id is not null)
execute function iops.acknowledged_after_reading();
"""

ANSWERS = """
-- Who pressed, where and when, and what was answered: each is said once.
create or replace function iops.said_once() returns trigger
language plpgsql as $once$
begin
    if old.answered_at is not null or to_jsonb(old) - array['answered_at', 'answered_by_id', 'well', 'note']
       is distinct from to_jsonb(new) - array['answered_at', 'answered_by_id', 'well', 'note'] then
        raise exception 'That has been answered, and what was told is not changed.' using errcode = 'IO409';
    end if;
    return null;
end $once$;
drop trigger if exists b_said_once on control_emergencypress;
create trigger b_said_once after update on control_emergencypress for each row execute function iops.said_once();
drop trigger if exists b_said_once on control_welfarecheck;
create trigger b_said_once after update on control_welfarecheck for each row execute function iops.said_once();
"""
