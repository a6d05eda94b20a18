-- Which risk grade stands, and what holds it up: it falls only by a proposal that somebody more senior has confirmed
-- (safeguarding.md I18). Held here against every route, Python or not.

create or replace function iops.risk_weight(grade text) returns integer language sql immutable as
$weight$ select case grade when 'high' then 3 when 'medium' then 2 when 'standard' then 1 end $weight$;

-- The grade of an assessment that stands: the latest grading, or the first officer's while there is none.
create or replace function iops.risk_effective(wanted bigint) returns text language sql stable as $effective$
    select coalesce((select g.grade from safeguarding_riskgrading g
                     where g.assessment_id = a.id order by g.id desc limit 1), a.grade)
    from safeguarding_riskassessment a where a.id = wanted
$effective$;

-- The grade of an incident: the highest that stands of its assessments, so that assessing again lowers nothing.
create or replace function iops.incident_risk(wanted bigint) returns text language sql stable as $incident$
    select e.grade
    from safeguarding_riskassessment a cross join lateral (select iops.risk_effective(a.id) as grade) e
    where a.incident_id = wanted order by iops.risk_weight(e.grade) desc limit 1
$incident$;

-- How senior somebody is in the line of supervision: 2 inspector, 1 sergeant, 0 anybody else or out of use.
create or replace function iops.supervision_rank(wanted bigint) returns integer
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $rank$
    select coalesce(max(case m.role when 'inspector' then 2 when 'sergeant' then 1 else 0 end), 0)
    from foundation_membership m join foundation_user u on u.id = m.user_id
    where m.user_id = wanted and u.is_active
$rank$;

create or replace function iops.risk_downgrade_kept() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $kept$
declare
    old_decider bigint;
begin
    if tg_op = 'UPDATE' then
        old_decider := old.decided_by_id;
        if old.decided_at is not null or (old.assessment_id, old.was, old.grade, old.graded_as, old.reason, old.at, old.by_id)
            is distinct from (new.assessment_id, new.was, new.grade, new.graded_as, new.reason, new.at, new.by_id) then
            raise exception 'A proposal to lower a risk is decided once and not rewritten.' using errcode = 'IO409';
        end if;
    end if;
    if new.decided_by_id is distinct from old_decider and new.decided_by_id <> iops.as_number('iops.user_id') then
        raise exception 'Who decides on a lower grade decides it themselves.' using errcode = 'IO409';
    end if;
    -- Nobody stands above an inspector in the line of supervision here: another inspector decides then.
    if new.confirmed and iops.supervision_rank(new.decided_by_id) < least(iops.supervision_rank(new.by_id) + 1, 2) then
        raise exception 'A lower grade of risk is confirmed by somebody more senior than who proposed it.'
            using errcode = 'IO409', hint = 'Have it decided by a sergeant or an inspector above them.';
    end if;
    return new;
end $kept$;
drop trigger if exists b_risk_downgrade_kept on safeguarding_riskdowngrade;
create trigger b_risk_downgrade_kept before insert or update on safeguarding_riskdowngrade
for each row execute function iops.risk_downgrade_kept();

create or replace function iops.risk_lower_needs_two() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $lower$
declare
    stands text;
begin
    -- One grading of an assessment at a time: what stood must still be what stood when this is judged.
    perform pg_advisory_xact_lock(hashtextextended('iops.risk_grade', new.assessment_id));
    stands := iops.risk_effective(new.assessment_id);
    if iops.risk_weight(new.grade) < iops.risk_weight(stands) and not exists (
        select from safeguarding_riskdowngrade p
        where p.id = new.proposal_id and p.assessment_id = new.assessment_id and p.was = stands
          and p.grade = new.grade and p.confirmed) then
        raise exception 'A second, more senior person must agree to a lower grade of risk.'
            using errcode = 'IO409', hint = 'Propose it; it takes effect when it is confirmed.';
    end if;
    return new;
end $lower$;
drop trigger if exists b_risk_lower_needs_two on safeguarding_riskgrading;
create trigger b_risk_lower_needs_two before insert on safeguarding_riskgrading
for each row execute function iops.risk_lower_needs_two();
