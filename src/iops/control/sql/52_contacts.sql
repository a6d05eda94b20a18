-- What rules may see of contacts and of notes on callers (rulebook/data/facts/contact.yaml, caller_note.yaml).

drop view if exists facts.contact cascade;
create view facts.contact with (security_invoker = true) as
select c.id, c.at as reached_at, c.channel::text as channel,
       coalesce(c.open_since, c.at) as open_since,
       c.outcome is null and o.id is not null as opened,
       c.concluded_at, c.outcome::text as outcome, c.abandoned_at, c.call_back_by,
       a.tried_at, a.called_back_at,
       coalesce(i.district_id, c.district_id, 0) as district_id,
       (case c.channel when '999' then 50 when 'alarm' then 40 else 20 end
        + case when c.abandoned_at is not null then 30 else 0 end)::integer as risk,
       coalesce(i.restricted, false) as restricted
from control_contact c
left join lateral (select x.id from control_incident x where x.contact_id = c.id order by x.id limit 1) o on true
left join control_incident i on i.id = coalesce(c.incident_id, o.id)
left join lateral (
    -- Who hung up and was then reached is called back; so is a promise, but only by what came after it was given.
    select min(x.at) filter (where x.at >= c.abandoned_at) as tried_at,
           min(x.at) filter (where x.at >= c.promised_at
                             and x.result in ('reached', 'rang_again', 'unsafe', 'no_number')) as called_back_at
    from control_callbackattempt x where x.contact_id = c.id
) a on true
where c.open_since is not null or c.outcome is distinct from 'incident' or c.call_back_by is not null
   or c.abandoned_at is not null;

drop view if exists facts.caller_note cascade;
create view facts.caller_note with (security_invoker = true) as
select n.id, n.written_at, (n.review_on::timestamp at time zone 'Europe/London') as review_at, n.ended_at,
       0::bigint as district_id, 30 as risk, coalesce(p.restricted, false) as restricted
from control_callernote n left join pole_person p on p.id = n.person_id;

-- An incident that becomes restricted, or moves to another district, takes the duties on its contacts along.
create or replace function iops.contacts_follow_incident() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follow$
begin
    insert into obligations_noted (subject, ids, closing)
    select 'contact', array_agg(c.id), false
    from changed n join was o on o.id = n.id
    join lateral (select x.id from control_contact x where x.incident_id = n.id
                  union select n.contact_id) c on true
    where n.restricted is distinct from o.restricted or n.district_id is distinct from o.district_id
    having count(*) > 0;
    return null;
end $follow$;
drop trigger if exists d_contacts_follow on control_incident;
create trigger d_contacts_follow after update on control_incident referencing old table as was new table as changed
for each statement execute function iops.contacts_follow_incident();

create or replace function iops.caller_notes_follow_person() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follow$
begin
    insert into obligations_noted (subject, ids, closing)
    select 'caller_note', array_agg(c.id), false
    from changed n join was o on o.id = n.id join control_callernote c on c.person_id = n.id
    where n.restricted is distinct from o.restricted
    having count(*) > 0;
    return null;
end $follow$;
drop trigger if exists d_caller_notes_follow on pole_person;
create trigger d_caller_notes_follow after update on pole_person referencing old table as was new table as changed
for each statement execute function iops.caller_notes_follow_person();

-- The telephone line in a text: its digits without the code of this country and noughts. The indexes of contacts stand
-- on the same expression (control/models/contact.py, line_of).
create function iops.line_of(given text) returns text
language sql immutable parallel safe as $$
    select regexp_replace(regexp_replace(substring(given, '[0-9](?:[ ().+-]{0,3}[0-9]){8,14}'), '[^0-9]', '', 'g'),
                          '^(?:00)?44(?=[0-9]{9,10}$)|^0+', '')
$$;

-- The contact from which an incident is about to be opened, locked, with what the form says of the caller; a field that
-- is empty takes nothing away. Also when the caller was answered.
create function iops.contact_to_open(wanted bigint, calls_back_on text, caller text,
                                     out id bigint, out answered timestamptz)
language plpgsql as $$
declare
    found control_contact;
begin
    select * into found from control_contact c where c.id = wanted for no key update;
    if found.id is null then
        raise exception 'There is no such contact.' using errcode = 'IO404';
    end if;
    if found.outcome is not null then
        raise exception 'The contact has an outcome already.' using errcode = 'IO409',
            hint = 'Take the outcome back first, with a reason.';
    end if;
    if btrim(calls_back_on) <> '' or btrim(caller) <> '' then
        update control_contact c
        set call_back = coalesce(nullif(btrim(calls_back_on), ''), c.call_back),
            caller_name = coalesce(nullif(btrim(caller), ''), c.caller_name)
        where c.id = wanted;
    end if;
    id := found.id;
    answered := found.at;
end $$;

-- The ids of the contacts that came from a line or gave it to be called back on. A definer function, because PostgreSQL
-- uses no index on an expression that is not leakproof beneath row-level security; it tells ids only, and what is shown
-- of them is read under the policy of contacts.
create function iops.contacts_of_line(wanted text) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select c.id from control_contact c where c.number is not null and iops.line_of(c.number) = wanted and wanted <> ''
    union
    select c.id from control_contact c where c.call_back <> '' and iops.line_of(c.call_back) = wanted and wanted <> ''
$$;
