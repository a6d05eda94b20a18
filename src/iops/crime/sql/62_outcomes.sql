-- Outcomes that can be defended: what 14, 15 and 16 rest on, who authorises them, and the draw of outcomes for re-audit.

-- Whether a crime is domestic abuse: its own flag, or the mark of the incident it comes out of.
create or replace function iops.crime_is_domestic(crime bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from crime_crime c join control_incident i on i.id = c.incident_id
                   where c.id = crime and i.domestic)
        or exists (select from crime_crimeflag f
                   where f.crime_id = crime and f.flag = 'domestic abuse' and f.removed_at is null);
$$;

-- Whether a crime is a rape: by the class it has now (iops.rape_classes is made of the rulebook).
create or replace function iops.crime_is_rape(crime bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $rape$
begin
    return (select coalesce((select x.crime_class from crime_crimeclassing x where x.crime_id = c.id
                             order by x.id desc limit 1), c.crime_class) = any (iops.rape_classes())
            from crime_crime c where c.id = crime);
end $rape$;

-- Whether somebody may authorise 14, 15 or 16 of this crime: domestic abuse and rape are for an inspector, or the
-- registrar's unit, who had no part in the investigation (OUT2026 pp18-19).
create or replace function iops.crime_may_authorise(crime bigint, who bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $may$
begin
    return not (iops.crime_is_domestic(crime) or iops.crime_is_rape(crime))
        or (not iops.crime_took_part(crime, who)
            and exists (select from foundation_membership m join foundation_user u on u.id = m.user_id
                        where m.user_id = who and u.is_active and m.role in ('inspector', 'registrar')));
end $may$;

-- The victims of a crime, with the latest wish of each.
create or replace function iops.crime_wishes(crime bigint)
returns table (kind text, victim bigint, wish text, taken_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select v.from_kind::text, v.from_id, w.wish::text, w.taken_at
    from (select distinct l.from_kind, l.from_id from pole_link l
          where l.to_kind = 'crime' and l.to_id = crime and l.from_kind in ('person', 'organisation')
            and l.role in ('victim', 'aggrieved') and l.withdrawn_at is null) v
    left join lateral (
        select x.wish, x.taken_at from crime_victimwish x
        where x.crime_id = crime
          and case v.from_kind when 'person' then x.person_id else x.organisation_id end = v.from_id
        order by x.taken_at desc, x.id desc limit 1) w on true;
$$;

-- What outcome 14, 15 or 16 of a crime still lacks; the page asks it, and the database refuses by it.
create or replace function iops.crime_outcome_lacks(crime bigint, outcome_code text, who bigint)
returns table (lacking text, says text)
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $lacks$
declare
    recorded timestamptz;
    since timestamptz;
    fitting text[] := case outcome_code when '14' then array['does_not_support', 'lost_contact']
                                        when '15' then array['supports'] when '16' then array['does_not_support'] end;
begin
    if fitting is null then
        return;
    end if;
    select c.recorded_at, greatest(c.recorded_at, (select max(r.at) from crime_reopening r where r.crime_id = c.id))
    into recorded, since from crime_crime c where c.id = crime;
    if not exists (select from iops.crime_wishes(crime)) then
        -- A state offence has no victim; one that was taken off the crime does not make it one.
        if outcome_code <> '15' or exists (
            select from pole_link l where l.to_kind = 'crime' and l.to_id = crime and l.role in ('victim', 'aggrieved')
        ) then
            return query select 'wish', format('Outcome %s needs a victim who is linked to the crime.', outcome_code);
        end if;
    elsif exists (select from iops.crime_wishes(crime) w
                  where w.wish is null or w.taken_at < recorded or w.wish <> all (fitting)) then
        return query select 'wish', format(case outcome_code
            when '14' then 'Outcome %s needs of each victim, after the crime was recorded, that they do not support '
                           'action or that contact was lost.'
            when '15' then 'Outcome %s needs of each victim, after the crime was recorded, that they support action.'
            else 'Outcome %s needs of each victim, after the crime was recorded, that they do not support action; '
                 'lost contact is not that.' end, outcome_code);
    end if;
    if (select e.goes_on from crime_evidenceled e where e.crime_id = crime and e.at >= since
        order by e.id desc limit 1) is distinct from false then
        return query select 'evidence_led', format('Outcome %s needs the consideration that the case cannot go on '
            'without the victim.', outcome_code);
    end if;
    if not exists (select from crime_safeguardingcheck s where s.crime_id = crime and s.at >= since) then
        return query select 'safeguarding', format('Outcome %s needs a look at the safety of the victim and of '
            'children.', outcome_code);
    end if;
    if not iops.crime_may_authorise(crime, who) then
        return query select 'authority', format('Outcome %s of domestic abuse or rape is authorised by an inspector or '
            'the registrar who had no part in the investigation.', outcome_code);
    end if;
end $lacks$;

create or replace function iops.crime_outcome_rests() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $rests$
declare missing record;
begin
    if new.code not in ('14', '15', '16') then
        return new;
    end if;
    if new.by_id is distinct from iops.viewer() then
        raise exception 'An outcome is authorised in one''s own name.' using errcode = 'IO403';
    end if;
    -- Now, by the clock of the force: an outcome of a day before its records would rest on nothing.
    new.at := iops.now();
    select * into missing from iops.crime_outcome_lacks(new.crime_id, new.code, new.by_id) limit 1;
    if found then
        raise exception '%', missing.says
            using errcode = case missing.lacking when 'authority' then 'IO403' else 'IO409' end,
                  hint = 'Write it down first, or choose another outcome.';
    end if;
    return new;
end $rests$;
drop trigger if exists a_crime_outcome_rests on crime_crimeoutcome;
create trigger a_crime_outcome_rests before insert on crime_crimeoutcome
for each row execute function iops.crime_outcome_rests();

-- The records are of the moment they are written, by whoever writes them; a wish is of a victim of the crime.
create or replace function iops.crime_ground_is_own() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $own$
begin
    perform from crime_crime c where c.id = new.crime_id for no key update;
    new.at := iops.now();
    return new;
end $own$;
create or replace function iops.crime_wish_of_victim() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $victim$
begin
    if not exists (select from iops.crime_wishes(new.crime_id) w
                   where (w.kind, w.victim) = ('person', new.person_id)
                      or (w.kind, w.victim) = ('organisation', new.organisation_id)) then
        raise exception 'That is not a victim of this crime.' using errcode = 'IO409',
            hint = 'Link the victim to the crime first.';
    end if;
    return new;
end $victim$;

do $$
declare one text;
begin
    foreach one in array array['victimwish', 'evidenceled', 'safeguardingcheck', 'outcomeaudit'] loop
        execute format('drop trigger if exists b_crime_ground_is_own on crime_%s', one);
        execute format('create trigger b_crime_ground_is_own before insert on crime_%s
                        for each row execute function iops.crime_ground_is_own()', one);
    end loop;
    foreach one in array array['evidenceled', 'safeguardingcheck'] loop
        execute format('drop trigger if exists a_crime_is_open on crime_%s', one);
        execute format('create trigger a_crime_is_open before insert on crime_%s
                        for each row execute function iops.crime_is_open()', one);
    end loop;
end $$;
drop trigger if exists c_crime_wish_of_victim on crime_victimwish;
create trigger c_crime_wish_of_victim before insert on crime_victimwish
for each row execute function iops.crime_wish_of_victim();

-- The draw: of the crime alone, under the key of the draw of closures, which the application cannot read. The same crime
-- gets the same number however often it is ended, so that ending it anew does not escape it; nobody can choose.
create or replace function iops.crime_outcome_draws() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $draw$
declare
    secret text;
    ended crime_crimeoutcome;
begin
    select k.key into secret from control_drawkey k;
    select * into strict ended from crime_crimeoutcome o where o.id = new.outcome_id;
    new.crime_id := ended.crime_id;
    new.at := ended.at;
    new.draw := ('x' || substr(encode(sha256(convert_to(secret || 'crime', 'UTF8')
                    || sha256(convert_to(secret || 'outcome' || ended.crime_id, 'UTF8'))), 'hex'), 1, 15)
                )::bit(60)::bigint % 1000;
    new.share := iops.outcome_audit_share(ended.code, iops.local_date(ended.at));
    new.sampled := new.draw < new.share;
    return new;
end $draw$;
drop trigger if exists a_crime_outcome_draws on crime_outcomedraw;
create trigger a_crime_outcome_draws before insert on crime_outcomedraw
for each row execute function iops.crime_outcome_draws();

create or replace function iops.crime_outcome_is_drawn() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $drawn$
begin
    insert into crime_outcomedraw (outcome_id, crime_id, draw, share, sampled, at)
    values (new.id, new.crime_id, 0, 0, false, new.at);
    return null;
end $drawn$;
drop trigger if exists c_crime_outcome_is_drawn on crime_crimeoutcome;
create trigger c_crime_outcome_is_drawn after insert on crime_crimeoutcome
for each row execute function iops.crime_outcome_is_drawn();

-- A re-audit is of an outcome that stands, drawn or chosen, by a supervisor without a part in it.
create or replace function iops.crime_outcome_audited() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $audited$
declare
    ended crime_crimeoutcome;
    drawn crime_outcomedraw;
begin
    select * into strict drawn from crime_outcomedraw d where d.id = new.drawn_id;
    select * into strict ended from crime_crimeoutcome o where o.id = drawn.outcome_id;
    new.crime_id := drawn.crime_id;
    if new.by_id is distinct from coalesce(iops.viewer(), new.by_id) or new.by_id = ended.by_id
       or iops.crime_took_part(ended.crime_id, new.by_id)
       or not exists (select from foundation_membership m join foundation_user u on u.id = m.user_id
                      where m.user_id = new.by_id and u.is_active and m.role in ('sergeant', 'inspector')) then
        raise exception 'An outcome is audited by a supervisor who had no part in it.' using errcode = 'IO403';
    end if;
    if exists (select from crime_reopening r where r.outcome_id = ended.id) then
        raise exception 'That outcome stands no more.' using errcode = 'IO409';
    end if;
    return new;
end $audited$;
drop trigger if exists c_crime_outcome_audited on crime_outcomeaudit;
create trigger c_crime_outcome_audited before insert on crime_outcomeaudit
for each row execute function iops.crime_outcome_audited();

-- What is not upheld is opened again at once.
create or replace function iops.crime_audit_reopens() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $reopens$
begin
    insert into crime_reopening (crime_id, outcome_id, reason, at, by_id)
    select new.crime_id, d.outcome_id, 'Re-audit, not upheld: ' || new.reason, new.at, new.by_id
    from crime_outcomedraw d where d.id = new.drawn_id;
    return null;
end $reopens$;
drop trigger if exists d_crime_audit_reopens on crime_outcomeaudit;
create trigger d_crime_audit_reopens after insert on crime_outcomeaudit
for each row when (new.verdict = 'not_upheld') execute function iops.crime_audit_reopens();

drop view if exists facts.outcome_audit cascade;
create view facts.outcome_audit with (security_invoker = true) as
select d.id, d.crime_id, d.at as drawn_at, d.sampled, a.at as audited_at, a.verdict,
       not exists (select from crime_reopening r where r.outcome_id = d.outcome_id) as stands,
       i.district_id, i.restricted, (case when i.domestic then 60 else 30 end)::integer as risk
from crime_outcomedraw d
join crime_crime c on c.id = d.crime_id
join control_incident i on i.id = c.incident_id
left join crime_outcomeaudit a on a.drawn_id = d.id;
