-- The duplicate run: which nominals share keys, who they are to the model, and what was found. For the system alone,
-- which compares hidden nominals too; what is found of them is read by those who may see both.

create or replace function iops.for_the_system() returns void
language plpgsql stable set search_path = pg_catalog, public, iops, pg_temp as $system$
begin
    if coalesce(iops.viewer(), 0) <> 0 then
        raise exception 'The duplicate run is done by the system, in nobody''s name.' using errcode = 'IO403';
    end if;
end $system$;

-- The unfinished run, or a new one. A run that another model began is begun again.
create or replace function iops.duplicates_begin(model_name text) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $begin$
declare
    run pole_duplicaterun;
begin
    perform iops.for_the_system();
    select * into run from pole_duplicaterun r where r.finished_at is null for update;
    if found and run.model = model_name then
        return run.id;
    end if;
    truncate pole_duplicateblock;
    with blocks as (
        select k.key, array_agg(s.person_id) as people, count(*) as size
        from pole_searchperson s cross join unnest(s.keys) k(key) group by k.key having count(*) > 1
    ), kept as (
        -- A key that more nominals share tells nothing (a switchboard's phone); they must meet in another key.
        insert into pole_duplicateblock (key, people) select b.key, b.people from blocks b where b.size <= 400
    )
    select count(*) filter (where b.size > 400) into run.crowded from blocks b;
    select max(s.person_id), count(*) into run.last, run.people from pole_searchperson s;
    if run.id is null then
        insert into pole_duplicaterun (started_at, model, reached, last, people, compared, proposed, crowded)
        values (iops.now(), model_name, 0, coalesce(run.last, 0), run.people, 0, 0, run.crowded) returning id into run.id;
    else
        update pole_duplicaterun r set (started_at, model, reached, last, people, compared, proposed, crowded)
            = (iops.now(), model_name, 0, coalesce(run.last, 0), run.people, 0, 0, run.crowded) where r.id = run.id;
    end if;
    return run.id;
end $begin$;

-- The next nominals of a run with those they share a key with, the lower id first; null at the end of the run.
create or replace function iops.duplicates_next(run_id bigint, many integer,
    out reached bigint, out ones bigint[], out others bigint[])
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $next$
declare
    after bigint;
begin
    perform iops.for_the_system();
    select r.reached into after from pole_duplicaterun r where r.id = run_id;
    select max(x.person_id) into duplicates_next.reached from (
        select s.person_id from pole_searchperson s where s.person_id > after order by s.person_id limit many) x;
    -- Each nominal spends about a hundred comparisons, on the keys that the fewest share first: who shares only common
    -- ones with somebody is not compared. Both sides spend, so a rare key of either of them is enough.
    select array_agg(p.one), array_agg(p.other) into ones, others from (
        select distinct least(s.person_id, o.id) as one, greatest(s.person_id, o.id) as other
        from pole_searchperson s
        cross join lateral (
            select b.people, sum(cardinality(b.people)) over (order by cardinality(b.people), b.key)
                - cardinality(b.people) as spent
            from unnest(s.keys) k(key) join pole_duplicateblock b on b.key = k.key) b
        cross join unnest(b.people) o(id)
        where s.person_id > after and s.person_id <= duplicates_next.reached and b.spent + cardinality(b.people) <= 100
          and o.id <> s.person_id) p;
end $next$;

-- What is known of these nominals, as the model compares it.
create or replace function iops.duplicates_known(people bigint[]) returns table (person_id bigint, known jsonb)
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $known$
begin
    perform iops.for_the_system();
    return query select s.person_id, s.known from pole_searchperson s where s.person_id = any (people);
end $known$;

-- Keeps what was found on the way to the nominal `reached`; a pair that is decided is never asked about again.
create or replace function iops.duplicates_keep(of_run bigint, pairs jsonb, so_far bigint, scored bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $keep$
declare
    kept bigint;
begin
    perform iops.for_the_system();
    perform iops.one_decision_at_a_time();
    insert into pole_duplicatepair as p
        (one_id, other_id, weight, probability, model, explanation, found_at, run_id, settled)
    select f.one, f.other, f.weight, f.probability, r.model, f.explanation, iops.now(), r.id, false
    from jsonb_to_recordset(pairs) f(one bigint, other bigint, weight numeric, probability numeric, explanation jsonb)
    join pole_duplicaterun r on r.id = of_run
    where not iops.pair_is_settled(f.one, f.other)
    on conflict (one_id, other_id) do update set (weight, probability, model, explanation, run_id, settled)
        = (excluded.weight, excluded.probability, excluded.model, excluded.explanation, excluded.run_id, false)
        where p.run_id <> excluded.run_id or p.weight <> excluded.weight or p.settled;
    get diagnostics kept = row_count;
    update pole_duplicaterun r set reached = so_far, compared = r.compared + scored, proposed = r.proposed + kept
    where r.id = of_run;
    return kept;
end $keep$;

-- The run is done: pairs that it did not find again are asked about no more.
create or replace function iops.duplicates_end(of_run bigint) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $end$
begin
    perform iops.for_the_system();
    delete from pole_duplicatepair p where p.run_id <> of_run and not p.settled;
    update pole_duplicaterun r set finished_at = iops.now() where r.id = of_run;
    truncate pole_duplicateblock;
end $end$;
