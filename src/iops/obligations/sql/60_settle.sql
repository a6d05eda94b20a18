-- The heart: subjects that a statement changed are noted as ONE row holding an array (a row for each subject was five
-- times slower), and one deferred trigger settles them, set-based, before commit. See docs/obligations.md.

-- Unlogged: its rows never outlive the transaction that wrote them, so there is nothing to recover after a crash.
create unlogged table if not exists obligations_noted (
    id bigint generated always as identity primary key,
    tx xid8 not null default pg_current_xact_id(),
    subject text not null,
    ids bigint[] not null,
    closing boolean not null
);
-- Rows of records that were opened just now; see opened subjects in engine.py.
alter table obligations_noted add column if not exists opened boolean not null default false;
create index if not exists obligations_noted_tx on obligations_noted (tx);

-- Settle now what the running transaction has changed so far, so that a verb can answer with what is owed.
create or replace function iops.settle_now() returns void language plpgsql as $$
begin
    set constraints obligations_settle immediate;
    set constraints obligations_settle deferred;
end $$;

create or replace function iops.note_waivers() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    insert into obligations_noted (subject, ids, closing)
    select subject, array_agg(distinct subject_id), false from changed group by subject;
    return null;
end $$;

drop trigger if exists obligations_note_insert on obligations_waiver;
create trigger obligations_note_insert after insert on obligations_waiver
referencing new table as changed for each statement execute function iops.note_waivers();

-- A waiver is given in a role that the rule accepts and that the person holds, for something that is open.
create or replace function iops.check_waiver() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        raise exception 'A waiver is never changed.' using errcode = 'IO403';
    end if;
    if not exists (select from obligations_rule r where r.code = new.rule and new.role = any(r.waiver_roles)) then
        raise exception 'The rule % is not waived by a %.', new.rule, new.role using errcode = 'IO403';
    end if;
    if not exists (select from foundation_membership m join foundation_user u on u.id = m.user_id
                   where m.user_id = new.by_id and m.role = new.role and u.is_active) then
        raise exception 'The person who waives does not hold the role %.', new.role using errcode = 'IO403';
    end if;
    if not exists (select from obligations_obligation o
                   where (o.subject, o.subject_id, o.rule) = (new.subject, new.subject_id, new.rule)
                     and o.met_at is null and o.waived_at is null) then
        raise exception 'Nothing is open under the rule % that could be waived.', new.rule using errcode = 'IO409';
    end if;
    return new;
end $$;

drop trigger if exists obligations_check_waiver on obligations_waiver;
create trigger obligations_check_waiver before insert or update on obligations_waiver
for each row execute function iops.check_waiver();
