-- What the schemes tell of a person is news for every open incident of theirs: a referral to a MARAC, a notice, an order.

create index if not exists notice_respondent on safeguarding_protectionnotice (respondent_id);

create or replace function iops.rank_referred() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    ids bigint[] := array(select distinct c.incident_id from changed c);
begin
    if cardinality(ids) > 0 then
        perform iops.rank_incidents(ids);
        perform iops.rank_others(array(select distinct c.victim_id from changed c), ids);
    end if;
    return null;
end $$;

create or replace function iops.rank_noticed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    ids bigint[] := array(select distinct c.incident_id from changed c);
    people bigint[];
begin
    if cardinality(ids) > 0 then
        people := array(select distinct n.respondent_id
                        from safeguarding_protectionnotice n where n.incident_id = any(ids));
        perform iops.rank_incidents(ids);
        perform iops.rank_others(people, ids);
    end if;
    return null;
end $$;

drop trigger if exists ranking_insert on safeguarding_maraccase;
create trigger ranking_insert after insert on safeguarding_maraccase
referencing new table as changed for each statement execute function iops.rank_referred();
drop trigger if exists ranking_insert on safeguarding_protectionnotice;
create trigger ranking_insert after insert on safeguarding_protectionnotice
referencing new table as changed for each statement execute function iops.rank_noticed();
drop trigger if exists ranking_insert on safeguarding_noticestep;
create trigger ranking_insert after insert on safeguarding_noticestep
referencing new table as changed for each statement execute function iops.rank_noticed();
