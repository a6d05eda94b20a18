"""What the database holds of referrals against every route: which state may follow which, and what goes with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.safeguarding.referrals.sharing import sharing

if TYPE_CHECKING:
    from collections.abc import Iterator


def statements() -> Iterator[str]:
    """The triggers, the table of states in them made from the configuration."""
    pairs = sorted((one, other) for one, after in sharing().follows.items() for other in after)
    values = ", ".join(f"('{one}', '{other}')" for one, other in pairs)
    # Words of the configuration that were checked against the states there are.
    yield f"""
create or replace function iops.referral_may_turn(one text, other text) returns boolean
language sql immutable parallel safe as $turn$ select (one, other) in ({values}) $turn$;
"""
    yield STEP
    yield DRAFTED
    yield SENT


STEP = """
-- The referral is locked first: a partner that accepts and an officer who revokes come one after the other.
create or replace function iops.referral_step_follows() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $step$
declare
    of record;
    stood record;
begin
    select r.incident_id, r.drafted_at into of from safeguarding_referral r where r.id = new.referral_id
    for no key update;
    if of.incident_id is distinct from new.incident_id then
        raise exception 'The step names another incident than its referral.' using errcode = 'IO409';
    end if;
    select s.state, s.at into stood from safeguarding_referralstep s where s.referral_id = new.referral_id
    order by s.id desc limit 1;
    if not found then
        if new.state <> 'drafted' then
            raise exception 'A referral begins as drafted.' using errcode = 'IO409';
        end if;
        return new;
    end if;
    if not iops.referral_may_turn(stood.state, new.state) then
        raise exception 'The referral is % and cannot turn %.', stood.state, new.state using errcode = 'IO409',
            hint = 'Look at it again: somebody may have been faster.';
    end if;
    if new.at < stood.at then
        raise exception 'A later state of the referral is known already.' using errcode = 'IO409';
    end if;
    return new;
end $step$;
drop trigger if exists a_referral_step_follows on safeguarding_referralstep;
create trigger a_referral_step_follows before insert on safeguarding_referralstep
for each row execute function iops.referral_step_follows();
"""

DRAFTED = """
-- A child's referral belongs to the child's own incident and is about the child; a replacement replaces a rejected one.
create or replace function iops.referral_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
begin
    if new.child_id is not null and not exists (
        select from safeguarding_incidentchild c
        where c.id = new.child_id and c.incident_id = new.incident_id and c.person_id = new.person_id
    ) then
        raise exception 'That child is not linked to this incident.' using errcode = 'IO409';
    end if;
    if not exists (select from safeguarding_agency a where a.id = new.agency_id and a.active) then
        raise exception 'That agency takes no referrals any more.' using errcode = 'IO409';
    end if;
    if new.after_rejection_id is not null and not exists (
        select from safeguarding_referralstep s join safeguarding_referral r on r.id = s.referral_id
        where s.referral_id = new.after_rejection_id and s.state = 'rejected' and r.incident_id = new.incident_id
    ) then
        raise exception 'Only a rejected referral of this incident is replaced.' using errcode = 'IO409';
    end if;
    return new;
end $fits$;
drop trigger if exists a_referral_fits on safeguarding_referral;
create trigger a_referral_fits before insert on safeguarding_referral
for each row execute function iops.referral_fits();
"""

SENT = """
-- Nothing is sent that was not written down as a disclosure (I31), whoever writes the step.
create or replace function iops.referral_sent_is_disclosed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $sent$
begin
    if new.state = 'sent' and not exists (
        select from safeguarding_disclosure d join safeguarding_delivery o on o.disclosure_id = d.id
        where d.referral_id = new.referral_id
    ) then
        raise exception 'A referral is sent with its disclosure written down and its delivery queued.'
            using errcode = 'IO409';
    end if;
    return new;
end $sent$;
drop trigger if exists b_referral_sent_is_disclosed on safeguarding_referralstep;
create trigger b_referral_sent_is_disclosed before insert on safeguarding_referralstep
for each row execute function iops.referral_sent_is_disclosed();
"""
