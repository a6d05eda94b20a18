-- The outbox of webhooks. Deliveries are written by triggers in the transaction of the fact (webhooks/sources.py), get
-- their place when it commits, and are claimed, answered and sent again by these functions alone.

create sequence if not exists exchange_delivery_place;

-- A place in the order of a record's changes, at commit: the lock on the record is held from here to the end of the commit,
-- so that places grow in the order in which changes of one record were committed. Locks are taken in the order of their
-- numbers, which are few, so that neither do two transactions wait for each other nor does a bulk load run out of them.
create or replace function iops.place_deliveries() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    mine bigint := pg_current_xact_id()::text::bigint;
    of_record integer;
begin
    if not exists (select from exchange_delivery where tx = mine and seq is null) then
        return null;
    end if;
    for of_record in
        select distinct abs(hashtext(record_kind || record_id) % 512) from exchange_delivery
        where tx = mine and seq is null order by 1
    loop
        perform pg_advisory_xact_lock(7302, of_record);
    end loop;
    update exchange_delivery d set seq = o.place
    from (select m.id, nextval('exchange_delivery_place') as place
          from (select id from exchange_delivery where tx = mine and seq is null order by id) m) o
    where d.id = o.id;
    return null;
end $$;
drop trigger if exists exchange_place on exchange_delivery;
create constraint trigger exchange_place after insert on exchange_delivery deferrable initially deferred
for each row execute function iops.place_deliveries();

-- Deliveries that may be sent now: due, of a subscription that is pushed to, and the first that waits of their record.
-- Each is leased for a while: whoever claimed it and died sends nothing, and the next one claims it again.
create or replace function iops.claim_deliveries(most integer, lease interval) returns table (delivery_id bigint)
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    return query
    update exchange_delivery d set
        leased_until = iops.wall_time() + lease, attempts = d.attempts + 1,
        first_tried_at = coalesce(d.first_tried_at, iops.wall_time())
    where d.id in (
        select h.id from exchange_subscription s cross join lateral (
            select w.id from exchange_delivery w
            where w.subscription_id = s.id and w.state = 'waiting' and w.next_at <= iops.wall_time() and w.seq is not null
              and (w.leased_until is null or w.leased_until < iops.wall_time())
              and not exists (select from exchange_delivery e
                              where e.subscription_id = s.id and e.state = 'waiting' and e.record_kind = w.record_kind
                                and e.record_id = w.record_id and e.seq < w.seq)
            order by w.next_at, w.seq limit most
            for update of w skip locked) h
        where s.ended_at is null and not s.paused and s.url <> '')
    returning d.id;
end $$;

-- What came of a claimed delivery. Not acknowledged: it waits, with all that come after it of its record, for `again`;
-- without that it is a dead letter.
create or replace function iops.answer_delivery(told bigint, acknowledged boolean, words text, again interval) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    d exchange_delivery%rowtype;
begin
    select * into d from exchange_delivery where id = told and state = 'waiting' for update;
    if not found then
        return;
    end if;
    if acknowledged or again is null then
        update exchange_delivery set state = case when acknowledged then 'acknowledged' else 'dead' end,
            ended_at = iops.wall_time(), answer = left(words, 300), leased_until = null where id = told;
        -- What waited behind it goes at once.
        update exchange_delivery e set next_at = iops.wall_time()
        where e.subscription_id = d.subscription_id and e.state = 'waiting' and e.record_kind = d.record_kind
          and e.record_id = d.record_id and e.seq > d.seq and e.next_at > iops.wall_time();
    else
        update exchange_delivery e set next_at = iops.wall_time() + again, leased_until = null,
            answer = case when e.id = told then left(words, 300) else e.answer end
        where e.subscription_id = d.subscription_id and e.state = 'waiting' and e.record_kind = d.record_kind
          and e.record_id = d.record_id and e.seq >= d.seq;
    end if;
end $$;

-- The deliveries that wait for a subscription that asks itself, in order.
create or replace function iops.waiting_deliveries(wanted bigint, most integer) returns table (delivery_id bigint)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select id from exchange_delivery where subscription_id = wanted and state = 'waiting' and seq is not null
    order by seq limit most
$$;

-- Deliveries of one subscription end: acknowledged by who asked for them, or withheld because its account may not see their
-- records (any more).
create or replace function iops.end_deliveries(wanted bigint, ids bigint[], how text, words text) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    ended bigint;
begin
    if how not in ('acknowledged', 'withheld') then
        raise exception 'A delivery does not end as %.', how using errcode = 'IO500';
    end if;
    update exchange_delivery set state = how, ended_at = iops.wall_time(), answer = left(words, 300), leased_until = null
    where subscription_id = wanted and id = any(ids) and state = 'waiting' and seq is not null;
    get diagnostics ended = row_count;
    return ended;
end $$;

-- Dead letters of one subscription wait again, from the first attempt.
create or replace function iops.send_again(wanted bigint, ids bigint[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    again bigint;
begin
    update exchange_delivery set state = 'waiting', ended_at = null, attempts = 0, first_tried_at = null, resent = true,
        next_at = iops.wall_time(), leased_until = null
    where subscription_id = wanted and id = any(ids) and state = 'dead';
    get diagnostics again = row_count;
    return again;
end $$;

-- How many deliveries of each subscription stand how: a number does not depend on who asks.
create or replace function iops.delivery_counts() returns table (of_subscription bigint, how text, many bigint, oldest timestamptz)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select subscription_id, state, count(*), min(at) from exchange_delivery group by 1, 2
$$;

-- Duties that have gone up to a role since a subscription was made, told to it once.
create or replace function iops.tell_escalations() returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp set timezone = 'UTC' as $$
declare
    told bigint;
begin
    if not exists (select from exchange_subscription where ended_at is null and 'duty.escalated' = any(events)) then
        return 0;
    end if;
    with gone_up as (
        insert into exchange_escalationtold (subscription_id, subject, subject_id, rule, arose_at, to_role)
        select s.id, o.subject, o.subject_id, o.rule, o.arose_at, st.to_role
        from exchange_subscription s
        cross join obligations_escalationstep st
        join obligations_obligation o on o.rule = st.rule_id and o.edition = st.edition
        where s.ended_at is null and 'duty.escalated' = any(s.events)
          and o.met_at is null and o.waived_at is null
          and o.arose_at + st.after <= iops.now() and o.arose_at + st.after >= s.made_at
          and (s.districts = '{}' or o.district_id = any(s.districts))
          and (not s.shared_only or (o.record_kind = 'incident' and exists (
               select from exchange_sharedincident y where y.account_id = s.account_id and y.incident_id = o.record_id)))
        on conflict do nothing
        returning *
    )
    insert into exchange_delivery (subscription_id, account_id, event, record_kind, record_id, district_id, facts, at, tx,
                                   next_at)
    select g.subscription_id, s.account_id, 'duty.escalated', o.record_kind, o.record_id, nullif(o.district_id, 0),
           jsonb_build_object('rule', g.rule, 'subject', g.subject, 'subject_id', g.subject_id, 'due_at', o.due_at,
                              'to_role', g.to_role),
           iops.now(), pg_current_xact_id()::text::bigint, iops.wall_time()
    from gone_up g
    join exchange_subscription s on s.id = g.subscription_id
    join obligations_obligation o on (o.subject, o.subject_id, o.rule) = (g.subject, g.subject_id, g.rule);
    get diagnostics told = row_count;
    return told;
end $$;

-- What was acknowledged or withheld so long ago is cleared away; waiting and dead letters stay until somebody has dealt
-- with them.
create or replace function iops.clear_deliveries(older_than interval) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    cleared bigint;
begin
    delete from exchange_delivery
    where state in ('acknowledged', 'withheld') and ended_at < iops.wall_time() - older_than;
    get diagnostics cleared = row_count;
    return cleared;
end $$;

-- Claimed deliveries by subscription, with the account in whose name they are read.
create or replace function iops.subscriptions_of(claimed bigint[])
returns table (subscription_id bigint, account_id bigint, ids bigint[])
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select d.subscription_id, d.account_id, array_agg(d.id order by d.seq) from exchange_delivery d
    where d.id = any(claimed) group by 1, 2
$$;
