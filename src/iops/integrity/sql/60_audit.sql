-- Audits of closures: the population, the seed and the items, with restricted incidents in them, and blind answers.

-- The words of a text as the word list compares them: small letters and digits, apostrophes left out (`words.hits`).
create or replace function iops.plain_words(said text) returns tsvector
language sql immutable parallel safe set search_path = pg_catalog, public, iops, pg_temp as $plain$
    select to_tsvector('simple', regexp_replace(translate(lower(said), '''’', ''), '[^a-z0-9]+', ' ', 'g'))
$plain$;

-- Every incident that was closed in a period of local days, by its last closing in it, with district and type. Counts
-- restricted ones too, so that the population does not depend on who freezes it; it tells nothing but ids.
create or replace function iops.audit_population(since date, until date, asked text, crimes text[])
returns table (closing_id bigint, district_id bigint, kind text)
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $population$
begin
    if not iops.viewer_holds(array['registrar']) then
        raise exception 'A population is frozen by the registrar.' using errcode = 'IO403';
    end if;
    return query
        with closed as (
            select distinct on (c.incident_id) c.id, c.incident_id, c.code, c.text
            from control_closing c
            where c.at >= (since::timestamp at time zone 'Europe/London')
              and c.at < ((until + 1)::timestamp at time zone 'Europe/London')
            order by c.incident_id, c.at desc, c.id desc)
        select c.id, i.district_id,
               case when i.domestic then 'domestic'
                    when i.crime_reported or c.code = any (crimes)
                      or iops.plain_words(i.what || ' . ' || c.text) @@ asked::tsquery
                      or exists (select from control_logentry l where l.incident_id = i.id and l.kind = 'typed'
                                 and iops.plain_words(l.text) @@ asked::tsquery) then 'words'
                    else 'other' end
        from closed c join control_incident i on i.id = c.incident_id;
end $population$;

-- The seal of history that covers a frozen population: made after it, of whatever the force wrote beside it.
create or replace function iops.audit_seal(wanted bigint) returns table (seal bigint, root text)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $seal$
    select s.id, encode(s.root, 'hex')
    from foundation_history h join foundation_seal s on s.members @> h.id
    where h.table_name = 'integrity_auditframe' and h.row_id = wanted and h.op = 'I'
$seal$;

-- The items of a draw, of restricted incidents too. Once for an audit, by the registrar, of its own strata alone.
create or replace function iops.audit_place(wanted bigint, strata bigint[], closings bigint[], places integer[])
returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $place$
declare
    placed bigint;
begin
    if not iops.viewer_holds(array['registrar']) then
        raise exception 'A sample is drawn by the registrar.' using errcode = 'IO403';
    end if;
    if exists (select from integrity_audititem x where x.frame_id = wanted) then
        raise exception 'The sample of this audit is drawn already.' using errcode = 'IO409';
    end if;
    insert into integrity_audititem (frame_id, stratum_id, closing_id, incident_id, place, drawn_at)
    select wanted, s.id, c.id, c.incident_id, u.place, iops.now()
    from unnest(strata, closings, places) u(stratum, closing, place)
    join integrity_auditstratum s on s.id = u.stratum and s.frame_id = wanted and u.closing = any (s.closings)
    join control_closing c on c.id = u.closing;
    get diagnostics placed = row_count;
    return placed;
end $place$;

-- How far an audit is, of restricted items too: numbers alone, and the judgement that stands of each.
create or replace function iops.audit_judged(wanted bigint)
returns table (stratum_id bigint, drawn bigint, decided bigint, answered bigint, restricted bigint, should bigint,
               recorded bigint, present bigint, in_time bigint, told bigint, told_asked bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $judged$
begin
    if not iops.viewer_holds(array['registrar', 'reviewer', 'inspector', 'analyst', 'panel', 'administrator']) then
        raise exception 'The result of an audit is shown to registrars, reviewers, inspectors, analysts and the panel.'
            using errcode = 'IO403';
    end if;
    return query
        with standing as (
            select i.stratum_id, inc.restricted as hidden, k.id is not null as compared,
                   coalesce(j.should, a.should) as should, coalesce(j.recorded, a.recorded) as recorded,
                   coalesce(j.in_time, a.in_time) as in_time, coalesce(j.victim_told, a.victim_told) as told
            from integrity_audititem i
            join control_incident inc on inc.id = i.incident_id
            left join integrity_auditcomparison k on k.item_id = i.id
            left join integrity_auditadjudication j on j.item_id = i.id
            left join integrity_auditanswer a on a.item_id = i.id and a.place = 1 and k.agrees
            where i.frame_id = wanted)
        select x.stratum_id, count(*), count(x.should), count(*) filter (where x.compared),
               count(*) filter (where x.hidden and x.should is null), count(*) filter (where x.should),
               count(*) filter (where x.recorded = 'right'),
               count(*) filter (where x.recorded in ('right', 'wrong_class')),
               count(*) filter (where x.in_time = 'yes'), count(*) filter (where x.told = 'yes'),
               count(*) filter (where x.told in ('yes', 'no', 'unknown'))
        from standing x group by x.stratum_id;
end $judged$;

-- Two answers of two people who had no part in the closure; the item's row is locked, so that there is an order of them.
create or replace function iops.audit_answered() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $answered$
declare
    about integrity_audititem;
begin
    select * into about from integrity_audititem i where i.id = new.item_id for update;
    if new.by_id <> iops.viewer() then
        raise exception 'Who answers, answers in their own name.' using errcode = 'IO403';
    end if;
    if iops.had_a_part(about.incident_id, new.by_id) then
        raise exception 'Nobody audits a closure that they had a part in.' using errcode = 'IO403',
            hint = 'Leave it to another reviewer.';
    end if;
    if exists (select from integrity_auditanswer a where a.item_id = new.item_id and a.by_id = new.by_id) then
        raise exception 'You have answered this already.' using errcode = 'IO409';
    end if;
    new.place := 1 + (select count(*) from integrity_auditanswer a where a.item_id = new.item_id);
    if new.place > 2 then
        raise exception 'Both answers are given already.' using errcode = 'IO409';
    end if;
    return new;
end $answered$;
drop trigger if exists a_audit_answered on integrity_auditanswer;
create trigger a_audit_answered before insert on integrity_auditanswer
for each row execute function iops.audit_answered();

-- Who closed it, ever, who checked a closure of it, and who decided whether a crime is recorded.
create or replace function iops.had_a_part(incident bigint, who bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $part$
    select exists (select from control_closing c where c.incident_id = incident and c.by_id = who)
        or exists (select from control_incident i where i.id = incident and who in (i.closed_by_id, i.opened_by_id))
        or exists (select from control_closurecheck k join control_closing c on c.id = k.closing_id
                   where c.incident_id = incident and k.by_id = who)
        or exists (select from crime_recordingdecision d where d.incident_id = incident and d.by_id = who)
$part$;

-- When the second is there they are compared; until then nobody reads either (policy of the answers).
create or replace function iops.audit_compared() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $compared$
declare
    one integrity_auditanswer;
    apart text[];
begin
    if new.place < 2 then
        return null;
    end if;
    select * into one from integrity_auditanswer a where a.item_id = new.item_id and a.place = 1;
    apart := array(
        select p.name from (values
            ('should', one.should::text, new.should::text), ('offence', one.offence, new.offence),
            ('recorded', one.recorded, new.recorded), ('in_time', one.in_time, new.in_time),
            ('victim_told', one.victim_told, new.victim_told)) p(name, x, y)
        where p.x <> p.y);
    insert into integrity_auditcomparison (id, item_id, agrees, differing, at)
    values (new.item_id, new.item_id, apart = '{}', apart, new.at);
    return null;
end $compared$;
drop trigger if exists b_audit_compared on integrity_auditanswer;
create trigger b_audit_compared after insert on integrity_auditanswer
for each row execute function iops.audit_compared();

-- The registrar adjudicates what two people do not agree on, being neither of them and without a part in the closure.
create or replace function iops.audit_adjudicated() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $adjudicated$
declare
    about integrity_audititem;
begin
    select * into about from integrity_audititem i where i.id = new.item_id for update;
    if new.by_id <> iops.viewer() or not iops.viewer_holds(array['registrar']) then
        raise exception 'The registrar adjudicates, in their own name.' using errcode = 'IO403';
    end if;
    if iops.had_a_part(about.incident_id, new.by_id)
       or exists (select from integrity_auditanswer a where a.item_id = new.item_id and a.by_id = new.by_id) then
        raise exception 'Nobody adjudicates what they had a part in.' using errcode = 'IO403',
            hint = 'Leave it to another registrar.';
    end if;
    if not exists (select from integrity_auditcomparison k where k.item_id = new.item_id and not k.agrees) then
        raise exception 'There is no disagreement to adjudicate.' using errcode = 'IO409';
    end if;
    if exists (select from integrity_auditadjudication j where j.item_id = new.item_id) then
        raise exception 'This has been adjudicated already.' using errcode = 'IO409';
    end if;
    return new;
end $adjudicated$;
drop trigger if exists a_audit_adjudicated on integrity_auditadjudication;
create trigger a_audit_adjudicated before insert on integrity_auditadjudication
for each row execute function iops.audit_adjudicated();
