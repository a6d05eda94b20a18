-- Open one incident: its contact, the incident, its first grading, what is owed on it, and the form that it came from, in
-- one statement. It runs as whoever calls it, so that policies and grants hold; what may be typed at all is judged by
-- control.opening, which alone calls it.
--
-- The number is taken as late as can be: the counter of the day is locked from there to the commit, and every other save
-- of that day waits (numbers have no gaps). `confirmed_later` keeps even the disk out of that time: the commit does not
-- wait for it, and the caller answers nobody before a later commit of the session has (ADR 0020). The settings
-- of the transaction are found afterwards as they were before, for callers whose transaction goes on.
create function iops.open_incident(
    sender bigint, request text, form uuid, via text, reported timestamptz, calls_back_on text, caller text,
    place text, told text, in_district bigint, is_domestic boolean, says_crime boolean, kind text, first_grade smallint,
    schemes jsonb, from_contact bigint, confirmed_later boolean,
    out made boolean, out incident_id bigint, out incident_day date, out incident_number integer,
    out contact_id bigint, out reported_at timestamptz, out district_id bigint)
language plpgsql as $$
declare
    sender_before text := current_setting('iops.user_id', true);
    request_before text := current_setting('iops.request_id', true);
    reason_before text := current_setting('iops.reason', true);
    present timestamptz;
begin
    perform set_config('iops.user_id', sender::text, true), set_config('iops.request_id', request, true),
            set_config('iops.reason', 'incident opened', true);
    if confirmed_later then
        perform set_config('synchronous_commit', 'off', true);
    end if;
    if form is not null then
        incident_id := iops.form_saved(form, 'incident', sender);
    end if;
    made := incident_id is null;
    if made then
        present := iops.now();
        if from_contact is not null then
            select t.id, t.answered into contact_id, reported_at
            from iops.contact_to_open(from_contact, calls_back_on, caller) t;
        end if;
        reported_at := coalesce(reported, reported_at, present);
        if reported_at > present then
            raise exception 'The time of the report lies ahead.' using errcode = 'IO422', column = 'reported_at';
        end if;
        district_id := iops.district_or_unknown(in_district);
        if contact_id is null then
            -- Its outcome is this very incident: nothing more is owed on it.
            insert into control_contact (channel, at, call_back, caller_name, taken_by_id, source, source_key, made_up,
                                         outcome, concluded_at)
            values (via, reported_at, calls_back_on, caller, sender, '', '', false, 'incident', present)
            returning id into contact_id;
        end if;
        incident_id := nextval('control_incident_id_seq');
        if form is not null then
            insert into web_savedform (key, user_id, kind, record_id, at)
            values (form, sender, 'incident', incident_id, present);
        end if;
        incident_day := iops.local_date(reported_at);
        incident_number := iops.take_numbers('incident', incident_day, 1);
        insert into control_incident (id, day, number, contact_id, reported_at, "where", what, district_id, opened_by_id,
                                      domestic, crime_reported, category, restricted, closing_note, made_up)
        values (incident_id, incident_day, incident_number, open_incident.contact_id, open_incident.reported_at, place,
                told, open_incident.district_id, sender, is_domestic, says_crime, kind, false, '', false);
        if from_contact is not null then
            update control_contact c
            set incident_id = open_incident.incident_id, outcome = 'incident', concluded_at = present,
                concluded_by_id = sender
            where c.id = from_contact;
        end if;
        if first_grade is not null then
            perform set_config('iops.reason', 'graded ' || first_grade, true);
            insert into control_grading (incident_id, grade, at, by_id, rationale, scheme)
            values (open_incident.incident_id, first_grade, present, sender, '',
                    iops.scheme_with(first_grade, schemes, iops.local_date(present)));
        end if;
        perform iops.settle_now();
    end if;
    perform set_config('iops.user_id', coalesce(sender_before, ''), true),
            set_config('iops.request_id', coalesce(request_before, ''), true),
            set_config('iops.reason', coalesce(reason_before, ''), true);
end $$;

-- The district if there is one of that id; for null the one that stands for "not known yet", made when it is first needed.
create function iops.district_or_unknown(wanted bigint) returns bigint language plpgsql as $$
declare
    found_id bigint;
begin
    if wanted is not null then
        if not exists (select from foundation_district d where d.id = wanted) then
            raise exception 'There is no such district.' using errcode = 'IO422', column = 'district';
        end if;
        return wanted;
    end if;
    select d.id into found_id from foundation_district d where d.code = '?';
    if found_id is not null then
        return found_id;
    end if;
    insert into foundation_district (code, name) values ('?', 'District not known yet') on conflict (code) do nothing;
    select d.id into found_id from foundation_district d where d.code = '?';
    return found_id;
end $$;

-- The code of the scheme of grades in force on a local day, which must have this grade. `schemes` is what
-- control.opening knows of them: the day each came into force, its code and its grades.
create function iops.scheme_with(grade smallint, schemes jsonb, today date) returns text language plpgsql as $$
declare
    in_force jsonb;
begin
    select s into in_force from jsonb_array_elements(schemes) s
    where (s ->> 'since')::date <= today order by (s ->> 'since')::date desc limit 1;
    if in_force is null or not in_force -> 'grades' @> to_jsonb(grade) then
        raise exception 'Grade % is not a grade of the scheme in force today.', grade
            using errcode = 'IO422', column = 'grade';
    end if;
    return in_force ->> 'code';
end $$;
