-- Feedback to an officer belongs to its review, and is acknowledged once, by that officer, and never rewritten.

create or replace function iops.feedback_kept() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $kept$
begin
    if tg_op = 'INSERT' then
        if not exists (
            select from safeguarding_firstlinereview r
            where r.id = new.review_id and r.incident_id = new.incident_id
              and r.officer_id = new.officer_id and r.by_id = new.by_id and r.answers ->> new.point = 'no') then
            raise exception 'Feedback is given on a failed point of its review, to the officer who was reviewed.'
                using errcode = 'IO409';
        end if;
        return new;
    end if;
    if old.acknowledged_at is not null
        or to_jsonb(old) - 'acknowledged_at' - 'reply' is distinct from to_jsonb(new) - 'acknowledged_at' - 'reply' then
        raise exception 'Feedback is acknowledged once and not rewritten.' using errcode = 'IO409';
    end if;
    if new.officer_id is distinct from iops.as_number('iops.user_id') then
        raise exception 'Feedback is acknowledged by whom it is addressed to.' using errcode = 'IO403';
    end if;
    return new;
end $kept$;
drop trigger if exists b_feedback_kept on safeguarding_reviewfeedback;
create trigger b_feedback_kept before insert or update on safeguarding_reviewfeedback
for each row execute function iops.feedback_kept();
