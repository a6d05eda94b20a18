-- Counts of duties for assurance and worklists. They run as the owner, over restricted records too: a number must not
-- differ by who asks for it, and none of them names a record. See docs/screens.md.

-- How the duties of each rule stood at a moment. Every duty that had arisen by then is in exactly one of: met in time,
-- met late, waived, withdrawn, open; what was withdrawn later counts as what it was at that moment.
-- areas: district ids, null for all. since: only duties that arose from then on, null for all.
drop function if exists iops.duty_counts(timestamptz, bigint[], timestamptz);
create function iops.duty_counts(as_at timestamptz, areas bigint[], since timestamptz)
returns table (rule text, opened bigint, met_in_time bigint, met_late bigint, waived bigint, withdrawn bigint,
               open bigint, open_late bigint, age_day bigint, age_three_days bigint, age_week bigint,
               age_four_weeks bigint, age_older bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    return query
    with duty as (
        select o.rule::text as code, o.arose_at, o.due_at, o.met_at, o.waived_at, false as gone
        from obligations_obligation o
        where o.arose_at <= as_at and (areas is null or o.district_id = any(areas))
          and (since is null or o.arose_at >= since)
        union all
        select w.rule::text, w.arose_at, w.due_at, w.met_at, w.waived_at, w.withdrawn_at <= as_at
        from obligations_withdrawn w
        where w.arose_at <= as_at and (areas is null or w.district_id = any(areas))
          and (since is null or w.arose_at >= since)
    ), stood as (
        select d.code, d.due_at, as_at - d.arose_at as age, d.met_at > d.due_at as late,
               case when d.gone then 'withdrawn'
                    when d.waived_at <= as_at and (d.met_at is null or d.waived_at < d.met_at) then 'waived'
                    when d.met_at <= as_at then 'met'
                    else 'open' end as how
        from duty d
    )
    select s.code, count(*), count(*) filter (where how = 'met' and not late),
           count(*) filter (where how = 'met' and late), count(*) filter (where how = 'waived'),
           count(*) filter (where how = 'withdrawn'), count(*) filter (where how = 'open'),
           count(*) filter (where how = 'open' and s.due_at < as_at),
           count(*) filter (where how = 'open' and age < interval '24 hours'),
           count(*) filter (where how = 'open' and age >= interval '24 hours' and age < interval '3 days'),
           count(*) filter (where how = 'open' and age >= interval '3 days' and age < interval '7 days'),
           count(*) filter (where how = 'open' and age >= interval '7 days' and age < interval '28 days'),
           count(*) filter (where how = 'open' and age >= interval '28 days')
    from stood s group by s.code;
end $$;

-- How many open duties of restricted records lie on the worklist of somebody with these roles and districts, whether
-- or not they may see them. A number only: which records they are on is for those on the records' lists.
drop function if exists iops.restricted_on_worklist(text[], bigint[], timestamptz);
create function iops.restricted_on_worklist(roles text[], areas bigint[], as_at timestamptz) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    return (
        select count(*)
        from obligations_obligation o
        join obligations_rule r on r.code = o.rule
        where o.restricted and o.met_at is null and o.waived_at is null
          and (areas is null or o.district_id = any(areas))
          and (r.owner = any(roles)
               or exists (select from obligations_escalationstep s
                          where s.rule_id = o.rule and s.edition = o.edition and s.to_role = any(roles)
                            and o.arose_at + s.after <= as_at)));
end $$;
