-- What the search knows of each nominal: kept by triggers (iops.pole.search.people_install) as the facts change.

-- Names of nominals, as standing: what was withdrawn was wrong, and nobody is found by it here (the text search does).
-- A nominal whose own name is not among them is known by that name too.
create view iops.search_name as
select n.person_id, nullif(n.given, '') as given, nullif(n.family, '') as family, n.full, n.kind, n.recorded_at as at
from pole_name n where n.withdrawn_at is null
union all
select p.id, null, null, p.name, 'main', null
from pole_person p
where not exists (select from pole_name n where n.person_id = p.id and n.withdrawn_at is null and n.full = p.name);

create view iops.search_born as
select b.person_id, b.earliest, b.latest from pole_birth b where b.withdrawn_at is null
union
select p.id, p.born, p.born from pole_person p where p.born is not null;

-- Where a nominal can be reached, now and before. A restricted place is left out: by it the nominal would be found, and
-- the place told, by who may not see the place.
create view iops.search_contact as
with tie as (
    select l.from_id as person_id, l.to_kind as kind, l.to_id as id, l.recorded_at as at from pole_link l
    where l.from_kind = 'person' and l.to_kind in ('location', 'phone', 'email') and l.withdrawn_at is null
    union all
    select l.to_id, l.from_kind, l.from_id, l.recorded_at from pole_link l
    where l.to_kind = 'person' and l.from_kind in ('location', 'phone', 'email') and l.withdrawn_at is null
)
select t.person_id, t.kind, t.at, x.said, x.postcode
from tie t cross join lateral (
    select p.said, nullif(p.postcode, '') as postcode from pole_location p
    where t.kind = 'location' and p.id = t.id and not p.restricted
    union all
    select coalesce(nullif(p.number, ''), p.said), null from pole_phone p where t.kind = 'phone' and p.id = t.id
    union all
    select e.address, null from pole_email e where t.kind = 'email' and e.id = t.id
) x;

-- Keys beside those of iops.person_keys: each word of each name (alone, with the year the nominal was last heard of,
-- and apart when a warning stands), and each identifier. Common words are so asked by the latest years first.
create function iops.word_keys(names text[], identifiers text[], risk integer, seen timestamptz) returns integer[]
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select coalesce(array_agg(distinct iops.key(k.text)), '{}') from (
        select t.text from (select distinct w from unnest(names) n, unnest(iops.words(n)) w where w <> '') x,
            lateral (values ('w|' || x.w), ('ws|' || x.w || '|' || coalesce(extract(year from seen at time zone 'UTC'), 0)),
                            (case when risk > 0 then 'wr|' || x.w end)) t (text)
        where t.text is not null
        union all
        select 'i|' || c from unnest(identifiers) i, replace(iops.fold(i), ' ', '') c where c <> ''
    ) k
$$;

-- Keys of each house with each sound of each name: twin of iops.pole.search.houses.
create function iops.house_keys(names text[], addresses text[]) returns integer[]
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select coalesce(array_agg(iops.key('h|' || h.house || '|' || s.heard)), '{}')
    from (
        select distinct (d.m[1] || ' ' || iops.sound(d.m[2])) collate "C" as house
        from unnest(addresses) a, lateral (select regexp_match(iops.fold(a), '(?:^| )([0-9]+[a-z]?) ([a-z]{3,})') as m) d
        where d.m is not null order by 1 limit 60
    ) h, (
        select distinct iops.sound(w) collate "C" as heard from unnest(names) n, unnest(iops.words(n)) w
        where length(w) >= 2 order by 1 limit 16
    ) s
$$;

-- All the search knows of some nominals but their keys. Ids of nominals that are not there give nothing.
create function iops.search_people_facts(ids bigint[]) returns table (
    person_id bigint, given text[], family text[], earliest date[], latest date[], postcodes text[], phones text[],
    emails text[], names text[], numbers text[], known jsonb, risk smallint, seen_at timestamptz, walled boolean,
    hinted boolean)
language sql stable set search_path = pg_catalog, public, iops, pg_temp set enable_seqscan = off as $$
    select p.id, n.given, n.family, b.earliest, b.latest, c.postcodes, c.phones, c.emails, n.names, i.numbers,
           jsonb_build_object(
               'n', n.said, 'b', coalesce(b.said, '[]'), 's', d.sex, 'z', to_jsonb(c.postcodes),
               'a', to_jsonb(c.addresses), 'p', to_jsonb(c.phones), 'e', to_jsonb(c.emails),
               'i', coalesce(i.said, '[]')),
           m.risk, s.at, p.restricted or not p.own_right, p.hinted
    from pole_person p
    cross join lateral (
        select array_agg(coalesce(x.given, case when x.family is null then x.full end)) as given,
               array_agg(x.family) as family,
               array_agg(distinct concat_ws(' ', x.full, x.given, x.family)) as names,
               jsonb_agg(distinct jsonb_build_array(
                   coalesce(x.given, case when x.family is null then x.full end), x.family, x.kind)) as said,
               max(x.at) as at
        from iops.search_name x where x.person_id = p.id) n
    cross join lateral (
        select array_agg(x.earliest) as earliest, array_agg(x.latest) as latest,
               jsonb_agg(jsonb_build_array(x.earliest, x.latest)) as said
        from iops.search_born x where x.person_id = p.id) b
    cross join lateral (
        select coalesce(array_agg(distinct x.postcode) filter (where x.postcode is not null), '{}') as postcodes,
               coalesce(array_agg(distinct x.said) filter (where x.kind = 'location'), '{}') as addresses,
               coalesce(array_agg(distinct x.said) filter (where x.kind = 'phone'), '{}') as phones,
               coalesce(array_agg(distinct x.said) filter (where x.kind = 'email'), '{}') as emails, max(x.at) as at
        from iops.search_contact x where x.person_id = p.id) c
    cross join lateral (
        select array_agg(x.value) as numbers, jsonb_agg(jsonb_build_array(x.kind, x.value)) as said
        from pole_identifier x where x.person_id = p.id and x.withdrawn_at is null) i
    cross join lateral (
        select (select x.value from pole_detail x where x.person_id = p.id and x.kind = 'sex' and x.withdrawn_at is null
                order by x.recorded_at desc, x.id desc limit 1) as sex) d
    cross join lateral (
        select coalesce(max(case x.severity when 'grave' then 3 when 'serious' then 2 else 1 end), 0)::smallint as risk
        from pole_warningmarker x
        where x.person_id = p.id and x.ended_at is null and x.confirmed is distinct from false) m
    cross join lateral (
        select max(x.at) as at from (
            select l.recorded_at as at from pole_link l where l.from_kind = 'person' and l.from_id = p.id
            union all
            select l.recorded_at from pole_link l where l.to_kind = 'person' and l.to_id = p.id
            union all select n.at) x) s
    where p.id = any (ids)
$$;

-- Brings the search up to date with the facts of these nominals, each locked in order of id.
create function iops.refresh_people(ids bigint[]) returns void
language plpgsql set search_path = pg_catalog, public, iops, pg_temp set enable_seqscan = off as $$
begin
    if ids is null or cardinality(ids) = 0 then
        return;
    end if;
    -- Whoever else has just written about one of them is waited for: the next statement sees what they committed.
    perform 1 from pole_person p where p.id = any (ids) order by p.id for no key update;
    insert into pole_searchperson as s (person_id, keys, known, risk, seen_at, walled, hinted)
    select r.person_id,
           iops.person_keys(r.given, r.family, r.earliest, r.latest, r.postcodes, r.phones, r.emails)
           | iops.word_keys(r.names, r.numbers, r.risk, r.seen_at)
           | iops.house_keys(r.names, array(select jsonb_array_elements_text(r.known -> 'a'))),
           r.known, r.risk, r.seen_at, r.walled, r.hinted
    from iops.search_people_facts(array(select distinct i from unnest(ids) i where i is not null)) r
    order by r.person_id
    on conflict (person_id) do update
        set (keys, known, risk, seen_at, walled, hinted)
          = (excluded.keys, excluded.known, excluded.risk, excluded.seen_at, excluded.walled, excluded.hinted)
        where (s.keys, s.known, s.risk, s.seen_at, s.walled, s.hinted) is distinct from
              (excluded.keys, excluded.known, excluded.risk, excluded.seen_at, excluded.walled, excluded.hinted);
    insert into pole_searchword (word, sound, borne)
    select distinct w, iops.sound(w), 1 from iops.search_name n, unnest(iops.words(concat_ws(' ', n.full, n.given, n.family))) w
    where n.person_id = any (ids) and w <> '' and length(w) <= 60
      and not exists (select from pole_person p where p.id = n.person_id and (p.restricted or not p.own_right))
    on conflict do nothing;
end
$$;

-- Nominals that share a key of `asked`, and one of `beside` when it is given, as far as whoever acts may see them:
-- those who share most of `every` key first, then the riskiest, then the latest heard of. `matched` counts them before the cut; the first row has no
-- nominal and says in `matched` how many hinted ones share one of the keys `telling` and were withheld.
create function iops.search_people(
    asked integer[], beside integer[], every integer[], telling integer[], district bigint, said text, most integer,
    rows_read integer)
returns table (person_id bigint, lead_id bigint, known text, risk smallint, seen_at timestamptz, matched bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, iops, pg_temp
set gin_fuzzy_search_limit = 20000 as $$
#variable_conflict use_column
declare
    hidden bigint[];
begin
    -- Ends with the function, which sets it back.
    perform set_config('gin_fuzzy_search_limit', rows_read::text, true);
    if cardinality(telling) > 0 then
        select array_agg(s.person_id) into hidden
        from pole_searchperson s
        where s.keys && telling and s.walled and not iops.may_see('pole_person', s.person_id);
    end if;
    return query
    select null::bigint, null::bigint, null::text, null::smallint, null::timestamptz,
           iops.note_withheld('person', coalesce(hidden, '{}'), said)
    union all
    (with met as materialized (
        select s.person_id, icount(s.keys & every) as shared, s.risk, s.seen_at
        from pole_searchperson s
        where s.keys && asked and s.keys && coalesce(beside, asked)
          and (not s.walled or iops.may_see('pole_person', s.person_id))
          and (district is null or iops.in_district('person', s.person_id, district))
        limit rows_read
    ), best as (
        select m.*, count(*) over () as matched from met m
        order by m.shared desc, m.risk desc, m.seen_at desc nulls last, m.person_id limit most
    )
    select b.person_id, i.lead_id, s.known::text, b.risk, b.seen_at, b.matched
    from best b
    join pole_searchperson s on s.person_id = b.person_id
    left join pole_identity i on i.person_id = b.person_id);
end
$$;

-- Nominals recorded at places that hold what is asked, those who share most keys first. Restricted places tell nobody.
create function iops.search_residents(place text, every integer[], district bigint, most integer)
returns table (person_id bigint, lead_id bigint, known text, risk smallint, seen_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with house as materialized (
        select t.row_id as id from pole_searchtext t
        join pole_location p on p.id = t.row_id and not p.restricted
        where t.words @@ place::tsquery and t.table_name = 'pole_location'
        limit 3000
    ), resident as (
        select distinct l.from_id as id
        from house h join pole_link l on l.to_kind = 'location' and l.to_id = h.id
        where l.from_kind = 'person' and l.withdrawn_at is null
    ), best as (
        select s.person_id from resident r join pole_searchperson s on s.person_id = r.id
        where (not s.walled or iops.may_see('pole_person', s.person_id))
          and (district is null or iops.in_district('person', s.person_id, district))
        order by icount(s.keys & every) desc, s.risk desc, s.seen_at desc nulls last, s.person_id limit most
    )
    select b.person_id, i.lead_id, s.known::text, s.risk, s.seen_at
    from best b
    join pole_searchperson s on s.person_id = b.person_id
    left join pole_identity i on i.person_id = b.person_id;
end
$$;

-- Words of names that go on as a half-typed word begins, or that sound like a word; those most borne first.
create function iops.likely_words(begun text, sounds text[], most integer) returns setof text
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    (select w.word from pole_searchword w
     where begun <> '' and w.word >= begun collate "C" and w.word < (begun || chr(1114111)) collate "C"
     order by w.borne desc, w.word limit most)
    union all
    (select w.word from pole_searchword w where w.sound = any (sounds) order by w.borne desc, w.word limit most)
$$;

-- How many nominals whom everybody may see bear each word: what a half-typed name most likely becomes. Counted from
-- what the search knows, at night; a word that nobody bears any more goes.
create function iops.recount_words() returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    counted bigint;
begin
    create temporary table counted_words on commit drop as
    select x.word, count(*) as borne from (
        select distinct s.person_id, w.word
        from pole_searchperson s, jsonb_array_elements(s.known -> 'n') n,
             unnest(iops.words(coalesce(n ->> 0, '') || ' ' || coalesce(n ->> 1, ''))) w (word)
        where not s.walled and w.word <> '' and length(w.word) <= 60) x
    group by 1;
    insert into pole_searchword as o (word, sound, borne)
    select c.word, iops.sound(c.word), c.borne from counted_words c
    on conflict (word) do update set borne = excluded.borne where o.borne <> excluded.borne;
    get diagnostics counted = row_count;
    delete from pole_searchword o where not exists (select from counted_words c where c.word = o.word);
    drop table counted_words;
    return counted;
end
$$;
