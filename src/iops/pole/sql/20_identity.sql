-- Who is the same person as whom: derived from the standing decisions, in the transaction that made them.

-- The latest decision on each pair.
create or replace view iops.standing_decision with (security_invoker = true) as
select distinct on (d.one_id, d.other_id) d.id, d.one_id, d.other_id, d.verdict
from pole_identitydecision d
order by d.one_id, d.other_id, d.id desc;

-- The other nominals of pairs whose standing decision has this verdict, for one nominal.
create or replace function iops.decided(person bigint, wanted text) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $decided$
    select d.other_id from (
        select distinct on (i.other_id) i.other_id, i.verdict from pole_identitydecision i
        where i.one_id = person order by i.other_id, i.id desc) d where d.verdict = wanted
    union all
    select d.one_id from (
        select distinct on (i.one_id) i.one_id, i.verdict from pole_identitydecision i
        where i.other_id = person order by i.one_id, i.id desc) d where d.verdict = wanted
$decided$;

-- One decision at a time. The lock is taken before a row gets its id, so that of two decisions made at once the later
-- one has the later id and stands; and whoever waited sees what was decided meanwhile, which is why a transaction that
-- reads an older state than that is refused.
create or replace function iops.one_decision_at_a_time() returns void
language plpgsql set search_path = pg_catalog, public, iops, pg_temp as $turn$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'Decisions about identity are made in transactions that read what is committed.'
            using errcode = 'IO409', hint = 'Use the isolation level READ COMMITTED.';
    end if;
    perform pg_advisory_xact_lock(hashtext('iops.identity'));
end $turn$;

create or replace function iops.identity_waits() returns trigger
language plpgsql set search_path = pg_catalog, public, iops, pg_temp as $waits$
begin
    perform iops.one_decision_at_a_time();
    return null;
end $waits$;
drop trigger if exists a_identity_waits on pole_identitydecision;
create trigger a_identity_waits before insert on pole_identitydecision
for each statement execute function iops.identity_waits();

-- Makes the identities of these nominals anew, with those of all who hang together with them. Two nominals decided to
-- be different may not become one person by way of a third; the refusal names nobody, since who asks may not be meant
-- to know of them.
create or replace function iops.refresh_identity(wanted bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $refresh$
declare
    touched bigint[];
    roots bigint[];
    members bigint[];
begin
    -- Those who stood together with them before may now stand apart.
    select array_agg(x.id) into touched from (
        select unnest(wanted) as id
        union
        select i.person_id from pole_identity i
        where i.lead_id in (select j.lead_id from pole_identity j where j.person_id = any (wanted))) x;
    -- Every nominal that hangs together with each of them by standing decisions that they are the same.
    with recursive reach (root, id) as (
        select t.id, t.id from unnest(touched) t(id)
        union
        select r.root, s.id from reach r cross join lateral iops.decided(r.id, 'same') s(id)
    )
    select array_agg(r.root order by r.root, r.id), array_agg(r.id order by r.root, r.id) into roots, members from reach r;
    if exists (
        select from unnest(roots, members) a(root, id) cross join lateral iops.decided(a.id, 'different') d(id)
        join unnest(roots, members) b(root, id) on b.root = a.root and b.id = d.id
    ) then
        raise exception 'That would make one person of nominals that were decided not to be the same person.'
            using errcode = 'IO409',
            hint = 'Take the decision that speaks against it back first, with a reason.';
    end if;
    delete from pole_identity i using unnest(members) m(id) where i.person_id = m.id;
    insert into pole_identity (person_id, lead_id)
    select distinct m.id, c.lead
    from unnest(roots, members) m(root, id)
    join (select x.root, min(x.id) as lead from unnest(roots, members) x(root, id)
          group by x.root having count(*) > 1) c on c.root = m.root;
    perform iops.refresh_duplicates(array(select distinct m.id from unnest(members) m(id)));
end $refresh$;

create or replace function iops.identity_follows() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follows$
begin
    perform iops.refresh_identity(array(select distinct x.id from made m, unnest(array[m.one_id, m.other_id]) x(id)));
    return null;
end $follows$;
drop trigger if exists b_identity_follows on pole_identitydecision;
create trigger b_identity_follows after insert on pole_identitydecision
referencing new table as made for each statement execute function iops.identity_follows();

-- All the nominals of one person, the given one included, whether merged or not; hidden ones too: what is read of them
-- is read under their own policy.
create or replace function iops.same_person(wanted bigint) returns bigint[]
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $same$
    select coalesce(
        (select array_agg(i.person_id order by i.person_id) from pole_identity i
         where i.lead_id = (select j.lead_id from pole_identity j where j.person_id = wanted)),
        array[wanted])
$same$;

-- Whether nothing is left to decide about a pair: decided, one person by way of others, or kept apart by a decision on
-- others of the same persons.
create or replace function iops.pair_is_settled(one bigint, other bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $settled$
    select exists (select from pole_identity i join pole_identity j on j.lead_id = i.lead_id
                   where i.person_id = one and j.person_id = other)
        or exists (select from unnest(iops.same_person(one)) a(id) cross join lateral iops.decided(a.id, 'different') d(id)
                   where d.id = any (iops.same_person(other)))
$settled$;

-- Which proposed pairs that touch these nominals still wait for a decision.
create or replace function iops.refresh_duplicates(people bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $refresh$
begin
    update pole_duplicatepair p set settled = s.settled
    from (select d.id, iops.pair_is_settled(d.one_id, d.other_id) as settled from pole_duplicatepair d
          where d.one_id = any (people) or d.other_id = any (people)) s
    where s.id = p.id and p.settled <> s.settled;
end $refresh$;
