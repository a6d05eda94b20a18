-- The tokens of the one search: words as iops.words gives them, and exact keys of marks, numbers and telephones.
-- Twin of iops.pole.search.tokens, held to it by a property test.

-- Telephone numbers as written anywhere in a text: any six digits in a row of one find it, so each tail is a token.
create function iops.phone_tokens(given text) returns text[]
language sql immutable parallel safe strict set search_path = pg_catalog, pg_temp as $$
    select coalesce(array_agg(distinct 'tel' || substr(n.digits, i)), '{}')
    from regexp_matches(given, '[0-9](?:[ ().+-]{0,3}[0-9]){5,17}', 'g') as f (found),
         lateral regexp_replace(f.found[1], '[^0-9]', '', 'g') as d (digits),
         lateral (select regexp_replace(d.digits, '^(?:00)?44(?=[0-9]{9,10}$)|^0+', '')) as n (digits),
         lateral generate_series(1, length(n.digits) - 5) i
$$;

-- What has neither letter nor digit in it, and is found as it stands: "!!!", "&". Blanks of every script part them.
create function iops.sign_tokens(given text) returns text[]
language sql immutable parallel safe strict set search_path = pg_catalog, pg_temp as $$
    select coalesce(array_agg(distinct piece), '{}')
    from regexp_split_to_table(
        given, '[\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+') piece
    where piece <> '' and iops.fold(piece) = ''
$$;

-- Every token of a text, each once and in order; `codes` are the marks and numbers in it.
create function iops.search_tokens(given text, codes text[]) returns text[]
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    found text[] := iops.words(given);
    code text;
begin
    if given ~ '(?:^|[^[:alnum:]])[^a-zA-Z0-9]+(?:$|[^[:alnum:]])' or cardinality(found) = 0 then
        found := found || iops.sign_tokens(given);
    end if;
    if given ~ '[0-9](?:[ ().+-]*[0-9]){5}' then
        found := found || iops.phone_tokens(given);
    end if;
    foreach code in array codes loop
        if code ~ '[0-9]' then
            found := found || replace(iops.fold(code), ' ', '');
        end if;
    end loop;
    return array(select x.word from (
        select left(t.word, 200) as word, min(t.place) as place
        from unnest(found) with ordinality as t (word, place) where t.word <> '' group by 1) x order by x.place);
end
$$;

-- Records that whoever acts may not see, out of some that their search met: kept for those who may see them, and
-- counted as far as they are hinted.
create function iops.note_withheld(kind text, ids bigint[], said text) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    hinted bigint := 0;
begin
    if cardinality(ids) = 0 then
        return 0;
    end if;
    insert into pole_searchwithheld (at, user_id, request_id, record_kind, record_ids, asked)
    values (iops.wall_time(), iops.as_number('iops.user_id'), coalesce(current_setting('iops.request_id', true), ''),
            kind, ids, left(said, 500));
    if kind = 'person' then
        select count(*) into hinted from pole_person p where p.id = any (ids) and p.hinted;
    elsif kind = 'location' then
        select count(*) into hinted from pole_location l where l.id = any (ids) and l.hinted;
    end if;
    return hinted;
end
$$;

-- The fact rows that hold what is asked, the newest first, as far as whoever acts may see them. The first row says
-- instead how many hinted records were withheld (kind 'withheld'). A question of very common words alone is answered
-- from a sample of the rows that hold them (`gin_fuzzy_search_limit`).
create function iops.search_texts(
    asked text, said text, kinds text[], district bigint, since date, until date, most integer)
returns table (table_name text, row_id bigint, record_kind text, record_id bigint, at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, iops, pg_temp
set gin_fuzzy_search_limit = 5000 as $$
#variable_conflict use_column
begin
    return query
    with hit as materialized (
        select s.id, s.table_name::text, s.row_id, s.record_kind::text, s.record_id, s.at
        from pole_searchtext s
        where s.words @@ asked::tsquery and (kinds is null or s.record_kind = any (kinds))
          and (since is null or s.at >= since::timestamp at time zone 'Europe/London')
          and (until is null or s.at < (until + 1)::timestamp at time zone 'Europe/London')
        -- A half-typed word is many words: some of their rows are enough.
        limit case when asked like '%:*%' then 2000 else 20000 end
    ), hidden as (
        select 'person' as kind, array_agg(distinct h.record_id) as ids
        from hit h join pole_searchperson p on p.person_id = h.record_id and p.walled
        where h.record_kind = 'person' and not iops.may_see('pole_person', h.record_id)
        union all
        select 'location', array_agg(distinct h.record_id)
        from hit h join pole_location l on l.id = h.record_id and l.restricted
        where h.record_kind = 'location' and not iops.may_see('pole_location', h.record_id)
    )
    select null::text, null::bigint, 'withheld', coalesce(sum(iops.note_withheld(w.kind, w.ids, said)), 0)::bigint,
           null::timestamptz
    from hidden w where w.ids is not null
    union all
    (select x.table_name, x.row_id, x.record_kind, x.record_id, x.at
     from (select * from hit h order by h.at desc nulls last, h.id desc offset 0) x
     where iops.may_see(x.table_name, x.row_id)
       and (district is null or iops.in_district(x.record_kind, x.record_id, district))
     limit most);
end
$$;

-- Who met a record in a search and could not see it: told to those who may see the record, and to nobody else.
create function iops.withheld_searches(kind text, wanted bigint)
returns table (at timestamptz, user_id bigint, asked text)
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
#variable_conflict use_column
begin
    if iops.viewer() is null or kind not in ('person', 'location') or not iops.may_see('pole_' || kind, wanted) then
        return;
    end if;
    return query select w.at, w.user_id, w.asked from pole_searchwithheld w
        where w.record_kind = kind and w.record_ids @> array[wanted] order by w.id desc;
end
$$;
