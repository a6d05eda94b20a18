-- Freezes a programme's population, restricted incidents too, so that it does not depend on who freezes it, and screens
-- all of it in one statement. Called again it adds what was found since, marked late. Tells nothing but a number.
create or replace function iops.review_freeze(wanted bigint) returns integer
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $freeze$
declare
    about review_programme;
    name text;
    first boolean;
    placed integer;
begin
    if not iops.viewer_holds(array['inspector', 'registrar']) then
        raise exception 'A population is frozen by an inspector or the registrar.' using errcode = 'IO403';
    end if;
    select * into strict about from review_programme p where p.id = wanted for update;
    name := replace(about.screen, '-', '_');
    first := not exists (select from review_frozen f where f.programme_id = wanted);
    execute format($insert$
        insert into review_programmeitem (programme_id, incident_id, found_at, late, band, rank, floor, reasons)
        select $1, s.id, iops.now(), $2, s.band, s.rank, s.floor, s.reasons
        from iops.%I((select coalesce(array_agg(f.id), '{}') from iops.%I($3, $4) f
                      where not exists (select from review_programmeitem i
                                        where i.programme_id = $1 and i.incident_id = f.id))) s
        order by s.id$insert$, 'review_screened_' || name, 'review_framed_' || name)
    using wanted, not first, about.since, about.until;
    get diagnostics placed = row_count;
    if first then
        if placed = 0 then
            raise exception 'Nothing in that period is in the frame.' using errcode = 'IO409';
        end if;
        perform iops.review_totals(about, placed);
    end if;
    return placed;
end $freeze$;

-- The control totals of a population that was just placed: counted from the control room's table, not from the frame.
create or replace function iops.review_totals(about review_programme, placed integer) returns void
language sql set search_path = pg_catalog, public, iops, pg_temp as $totals$
    insert into review_frozen (programme_id, population, in_period, outside, recorded, fingerprint, at)
    select about.id, placed, count(*), count(*) filter (where i.id is null),
           count(*) filter (where i.id is not null
                            and exists (select from facts.incident__vulnerability v
                                        where v.id = c.id and v.da_recorded_at is not null)),
           (select encode(sha256(convert_to(string_agg(x.incident_id::text, ',' order by x.incident_id), 'UTF8')), 'hex')
            from review_programmeitem x where x.programme_id = about.id), iops.now()
    from control_incident c
    left join review_programmeitem i on i.programme_id = about.id and i.incident_id = c.id
    where c.reported_at >= (about.since::timestamp at time zone 'Europe/London')
      and c.reported_at < ((about.until + 1)::timestamp at time zone 'Europe/London')
$totals$;
revoke execute on function iops.review_totals(review_programme, integer) from public, iops_app;

-- Nothing with a floor leaves a programme, by whoever's decision; and who decides, decides in their own name.
create or replace function iops.review_leaves() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $leaves$
begin
    if new.by_id is distinct from iops.viewer() then
        raise exception 'Who decides, decides in their own name.' using errcode = 'IO403';
    end if;
    if (select i.floor from review_programmeitem i where i.id = new.item_id) then
        raise exception 'An item with a floor is reviewed by a person; it cannot leave.' using errcode = 'IO409';
    end if;
    return new;
end $leaves$;
drop trigger if exists a_review_leaves on review_itemleft;
create trigger a_review_leaves before insert on review_itemleft
for each row execute function iops.review_leaves();
