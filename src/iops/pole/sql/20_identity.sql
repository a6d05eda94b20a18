-- Who is the same person as whom: derived from the standing decisions, in the transaction that made them.

-- The latest decision on each pair, of all pairs or of the pairs that touch the given nominals.
create or replace view iops.standing_decision as
select distinct on (d.one_id, d.other_id) d.id, d.one_id, d.other_id, d.verdict
from pole_identitydecision d
order by d.one_id, d.other_id, d.id desc;

-- Every nominal that hangs together with the given ones by standing decisions that they are the same.
create or replace function iops.hang_together(wanted bigint[]) returns bigint[]
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $hang$
declare
    reached bigint[] := wanted;
    further bigint[];
begin
    loop
        select array_agg(distinct x.id) into further from (
            select d.other_id as id from unnest(reached) r(id)
            join lateral (
                select distinct on (i.other_id) i.other_id, i.verdict from pole_identitydecision i
                where i.one_id = r.id order by i.other_id, i.id desc) d on d.verdict = 'same'
            union
            select d.one_id from unnest(reached) r(id)
            join lateral (
                select distinct on (i.one_id) i.one_id, i.verdict from pole_identitydecision i
                where i.other_id = r.id order by i.one_id, i.id desc) d on d.verdict = 'same'
        ) x where x.id <> all (reached);
        exit when further is null;
        reached := reached || further;
    end loop;
    return reached;
end $hang$;

-- Two nominals decided to be different may not become one person by way of a third.
create or replace function iops.check_identity(members bigint[]) returns void
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $check$
declare
    clash record;
begin
    select s.one_id, s.other_id into clash
    from iops.standing_decision s
    where s.verdict = 'different' and s.one_id = any (members) and s.other_id = any (members)
    limit 1;
    if found then
        raise exception 'Nominals % and % were decided not to be the same person.', clash.one_id, clash.other_id
            using errcode = 'IO409', hint = 'Take that decision back first, with a reason.';
    end if;
end $check$;

create or replace function iops.identity_follows() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follows$
declare
    touched bigint[];
    person bigint;
    members bigint[];
begin
    -- One decision at a time: two that are made at once could otherwise join what neither saw.
    perform pg_advisory_xact_lock(hashtext('iops.identity'));
    select array_agg(distinct x.id) into touched
    from made m, unnest(array[m.one_id, m.other_id]) x(id);
    -- Those who stood together with them before may now stand apart.
    select array_agg(distinct x.id) into touched from (
        select unnest(touched) as id
        union
        select i.person_id from pole_identity i
        where i.lead_id in (select j.lead_id from pole_identity j where j.person_id = any (touched))
    ) x;
    delete from pole_identity where person_id = any (touched);
    while cardinality(touched) > 0 loop
        person := touched[1];
        members := iops.hang_together(array[person]);
        if cardinality(members) > 1 then
            perform iops.check_identity(members);
            delete from pole_identity where person_id = any (members);
            insert into pole_identity (person_id, lead_id)
            select x.id, (select min(y.id) from unnest(members) y(id)) from unnest(members) x(id);
        end if;
        touched := array(select x.id from unnest(touched) x(id) where x.id <> all (members));
    end loop;
    return null;
end $follows$;
drop trigger if exists b_identity_follows on pole_identitydecision;
create trigger b_identity_follows after insert on pole_identitydecision
referencing new table as made for each statement execute function iops.identity_follows();

-- All the nominals of one person, the given one included, whether merged or not.
create or replace function iops.same_person(wanted bigint) returns bigint[]
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $same$
    select coalesce(
        (select array_agg(i.person_id order by i.person_id) from pole_identity i
         where i.lead_id = (select j.lead_id from pole_identity j where j.person_id = wanted)),
        array[wanted])
$same$;
