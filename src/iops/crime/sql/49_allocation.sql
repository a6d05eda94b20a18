-- What is known of a crime that decides who looks at it first and whether it may be screened out.
-- In plpgsql: what safeguarding and the rules (crime/install.py) bring is there only after this file.

-- The class that a crime stands under now.
create or replace function iops.crime_class_now(crime bigint) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce((select k.crime_class from crime_crimeclassing k where k.crime_id = c.id order by k.id desc limit 1),
                    c.crime_class)
    from crime_crime c where c.id = crime;
$$;

-- Whether the risk that stands on the incident is high (safeguarding's grade of its assessments).
create or replace function iops.crime_high_risk(incident bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $risk$
begin
    return coalesce(iops.incident_risk(incident) = 'high', false);
end $risk$;

-- Whether a victim is vulnerable: assessed so on the crime, or with a vulnerability record that is open, of any incident
-- and under any of the nominals that are the same person.
create or replace function iops.crime_victim_vulnerable(crime bigint) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $vulnerable$
begin
    return exists (
        select from pole_link l
        where l.to_kind = 'crime' and l.to_id = crime and l.from_kind = 'person' and l.withdrawn_at is null
          and l.role in ('victim', 'aggrieved')
          and (exists (select from crime_crimevictim v join crime_needsassessment a on a.victim_id = v.id
                       where v.crime_id = crime and v.person_id = l.from_id and a.vulnerable)
               or exists (select from unnest(iops.same_person(l.from_id)) m(id)
                          join safeguarding_vulnerabilityrecord r on r.person_id = m.id
                          where iops.vulnerability_state_of(r.id) <> 'closed')));
end $vulnerable$;

-- Everything known of a crime that its allocation and screening go by, as codes (allocation/rules.py SIGNS).
create or replace function iops.crime_signs(crime bigint) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $signs$
declare
    c crime_crime;
    domestic boolean;
    grade integer;
    today date := iops.local_date(iops.now());
    child boolean;
    vulnerable boolean := iops.crime_victim_vulnerable(crime);
    flags text[];
begin
    select * into c from crime_crime x where x.id = crime;
    select i.domestic into domestic from control_incident i where i.id = c.incident_id;
    grade := iops.crime_grade(iops.crime_class_now(crime), today);
    flags := array(select f.flag from crime_crimeflag f where f.crime_id = crime and f.removed_at is null);
    child := exists (
        select from pole_link l join pole_person p on p.id = l.from_id
        where l.to_kind = 'crime' and l.to_id = crime and l.from_kind = 'person' and l.withdrawn_at is null
          and l.role in ('victim', 'aggrieved') and p.born > (c.committed_from - interval '18 years')::date);
    return array(select s.code from (values
        ('serious', grade >= iops.crime_serious_from(today)),
        ('serious_vulnerable', grade >= iops.crime_serious_from(today) and (vulnerable or child)),
        ('vulnerable', vulnerable),
        ('child_victim', child),
        ('child_present', exists (select from safeguarding_incidentchild x where x.incident_id = c.incident_id)),
        ('child_abuse', flags && array['CSA', 'CSE'] or (child and grade >= iops.crime_serious_from(today))),
        ('domestic', domestic or 'domestic abuse' = any(flags)),
        ('domestic_high', iops.crime_high_risk(c.incident_id)),
        ('hate', exists (select from unnest(flags) f where f like 'hate: %' or f like 'religion: %')),
        ('suspect_named', iops.crime_suspect_named(crime))
    ) s(code, holds) where s.holds);
end $signs$;

-- Why a crime is not screened out on a day, as a code; null where nothing forbids it.
create or replace function iops.crime_screen_bar(crime bigint, on_day date) returns text
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $bar$
declare
    class text := iops.crime_class_now(crime);
begin
    return iops.crime_never_screened(class, iops.crime_grade(class, on_day), iops.crime_signs(crime), on_day);
end $bar$;

-- Since when a crime stands screened out: from the agreement of a second person on. It stands so no longer once it is
-- screened in again, or once something is known that forbids it.
create or replace function iops.crime_screened_out(crime bigint) returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $out$
declare
    since timestamptz;
begin
    select r.at into since
    from (select s.id, s.decision from crime_screening s where s.crime_id = crime order by s.id desc limit 1) s
    join crime_screeningreview r on r.screening_id = s.id and r.agreed
    where s.decision = 'out';
    if since is not null and iops.crime_screen_bar(crime, iops.local_date(iops.now())) is not null then
        return null;
    end if;
    return since;
end $out$;
