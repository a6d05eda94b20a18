-- The record that a form with this key made before; null for a form that is sent for the first time. The key stays locked
-- until the transaction ends, so that two sendings at once wait for each other and the second one is told of the first.
create function iops.form_saved(form uuid, form_kind text, sender bigint) returns bigint language plpgsql as $$
declare
    saved web_savedform;
begin
    perform pg_advisory_xact_lock(hashtextextended(form::text, 0));
    select * into saved from web_savedform s where s.key = form;
    if (saved.user_id, saved.kind) <> (sender, form_kind) then
        raise exception 'This form has been used before.' using errcode = 'IO409',
            hint = 'Open the page again and type it in there.';
    end if;
    return saved.record_id;
end $$;
