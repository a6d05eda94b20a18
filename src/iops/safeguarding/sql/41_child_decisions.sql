-- Exactly one decision on a child stands (safeguarding.md I05), and "no referral" takes two people: held here against
-- every route, Python or not.

create or replace function iops.may_confirm_no_referral(wanted bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $may$
    select exists (
        select from foundation_membership m join foundation_user u on u.id = m.user_id
        where m.user_id = wanted and u.is_active and m.role in ('sergeant', 'inspector', 'safeguarding'))
$may$;

create or replace function iops.no_referral_kept() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $kept$
begin
    if tg_op = 'UPDATE' and (old.decided_at is not null or (old.child_id, old.reason, old.at, old.by_id)
                             is distinct from (new.child_id, new.reason, new.at, new.by_id)) then
        raise exception 'A proposal not to refer a child is decided once and not rewritten.' using errcode = 'IO409';
    end if;
    if new.decided_by_id is not null and new.decided_by_id <> iops.as_number('iops.user_id') then
        raise exception 'Who decides on a child decides it themselves.' using errcode = 'IO409';
    end if;
    if new.confirmed and not iops.may_confirm_no_referral(new.decided_by_id) then
        raise exception 'No referral of a child is confirmed by a sergeant, an inspector or safeguarding.'
            using errcode = 'IO409', hint = 'Ask one of them.';
    end if;
    return new;
end $kept$;
drop trigger if exists b_no_referral_kept on safeguarding_noreferralproposal;
create trigger b_no_referral_kept before insert or update on safeguarding_noreferralproposal
for each row execute function iops.no_referral_kept();

create or replace function iops.child_decision_kept() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $kept$
begin
    if new.replaces_id is not null and not exists (
        select from safeguarding_childdecision d where d.id = new.replaces_id and d.child_id = new.child_id) then
        raise exception 'A decision replaces one on the same child.' using errcode = 'IO409';
    end if;
    if new.decision = 'no_referral' and not exists (
        select from safeguarding_noreferralproposal p
        where p.id = new.proposal_id and p.child_id = new.child_id and p.confirmed) then
        raise exception 'A second person must agree that a child is not referred.'
            using errcode = 'IO409', hint = 'Propose it; it takes effect when it is confirmed.';
    end if;
    return new;
end $kept$;
drop trigger if exists b_child_decision_kept on safeguarding_childdecision;
create trigger b_child_decision_kept before insert on safeguarding_childdecision
for each row execute function iops.child_decision_kept();
