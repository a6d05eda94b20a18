-- Who looks: the account in whose name the transaction runs; null for the system itself. Policies ask it through a
-- sub-select, so that it is read once a statement.
create or replace function iops.viewer() returns bigint language sql stable as
$viewer$ select nullif(current_setting('iops.user_id', true), '')::bigint $viewer$;

-- Whether the viewer's account is in use and holds one of these roles in some team.
create or replace function iops.viewer_holds(wanted text[]) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $holds$
    select exists (select from foundation_membership m join foundation_user u on u.id = m.user_id
                   where u.id = iops.viewer() and u.is_active and m.role = any(wanted))
$holds$;
