-- A call by a token, judged and written down in one statement. It runs as the owner, because whoever calls is not known
-- yet, and commits before the call itself is looked at: what a refused call takes back, it does not take back this.
create or replace function iops.use_token(
    given bytea, asked_operation text, asked_scope text, request text,
    out outcome text, out token_id bigint, out user_id bigint, out held text[], out wait_seconds integer)
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    known record;
    present timestamptz := iops.wall_time();
    step interval;
    whole timestamptz;
    actor_before text := current_setting('iops.user_id', true);
    request_before text := current_setting('iops.request_id', true);
begin
    select t.id, t.user_id, t.scopes, t.per_minute, t.expires_at, t.revoked_at, u.is_active into known
    from foundation_token t join foundation_user u on u.id = t.user_id where t.fingerprint = given;
    if not found then
        outcome := 'unknown';
        return;
    end if;
    token_id := known.id;
    user_id := known.user_id;
    held := known.scopes;
    -- The line of a call need not wait for the disk: the commit of what the call then does comes after it in the log of
    -- the database, and takes it along.
    perform set_config('synchronous_commit', 'off', true);
    perform set_config('iops.user_id', known.user_id::text, true), set_config('iops.request_id', request, true);
    step := interval '1 minute' / known.per_minute;
    insert into foundation_tokenuse as u (token_id, last_used_at, whole_at) values (known.id, present, present)
    on conflict on constraint foundation_tokenuse_pkey do update set last_used_at = present returning u.whole_at into whole;
    whole := greatest(whole, present);
    outcome := case
        when known.revoked_at is not null then 'revoked'
        when not known.is_active then 'account not in use'
        when known.expires_at <= present then 'expired'
        when whole - present > interval '1 minute' - step then 'too many'
        when asked_scope is null or (asked_scope <> 'any' and asked_scope <> all(known.scopes)) then 'scope missing'
        else 'let through' end;
    wait_seconds := case when outcome = 'too many'
        then ceil(extract(epoch from whole - present - (interval '1 minute' - step))) else 0 end;
    if outcome <> 'too many' then
        update foundation_tokenuse u set whole_at = whole + step where u.token_id = known.id;
    end if;
    insert into foundation_tokencall (token_id, user_id, at, request_id, operation, scope, outcome)
    values (known.id, known.user_id, present, request, left(asked_operation, 200), coalesce(asked_scope, ''), use_token.outcome);
    perform set_config('iops.user_id', coalesce(actor_before, ''), true),
            set_config('iops.request_id', coalesce(request_before, ''), true);
end $$;
