-- One spelling for every name, and keys by which people who may be the same are found: twins of iops.pole.matching
-- (spelling.py, forms.py, keys.py), held to them by tests/pole/matching/test_twins.py. The two tables are filled by
-- iops.pole.matching.install, from the same lists Python reads. All of it is safe in an index: same in, same out.

create table iops.fold_character (character text collate "C" primary key, plain text not null);
create table iops.name_form (
    kind text collate "C" not null, word text collate "C" not null,
    roots text[] not null, sounds text[] not null, primary key (kind, word)
);
grant select on iops.fold_character, iops.name_form to iops_app;

create function iops.fold(given text) returns text
language sql immutable parallel safe strict set search_path = pg_catalog, pg_temp as $$
    select btrim(regexp_replace(translate(lower(case
        when octet_length(given) = char_length(given) then given
        else (select string_agg(coalesce(f.plain, c.character), '' order by c.place)
              from unnest(string_to_array(given, null)) with ordinality as c (character, place)
              left join iops.fold_character f on f.character = c.character collate "C")
        end collate "C"), '''`', ''), '[\x01-\x2f\x3a-\x60\x7b-\x7f]+', ' ', 'g'), ' ')
$$;

create function iops.words(given text) returns text[]
language sql immutable parallel safe strict as $$ select string_to_array(iops.fold(given), ' ') $$;

-- The chain of spelling.py, step by step: of one folded word.
create function iops.sound(word text) returns text
language plpgsql immutable parallel safe strict set search_path = pg_catalog, pg_temp as $$
declare
    w text := left(word, 60);
begin
    w := regexp_replace(w, '(.)\1+', '\1', 'g');
    w := regexp_replace(w, '^(ma?c)(?=[^aeiouyhk])', 'mk', 'g');
    w := regexp_replace(w, '^[kgp]n', 'n', 'g');
    w := regexp_replace(w, '^(wr|rh)', 'r', 'g');
    w := regexp_replace(w, '^ps|^x|^hs', 's', 'g');
    w := regexp_replace(w, '^y(?=[^aeiou])', 'i', 'g');
    w := regexp_replace(w, '^dj|^dz|^zh', 'j', 'g');
    w := regexp_replace(w, 'cz|tsch|tch|tj', 'j', 'g');
    w := regexp_replace(w, 'sch|sz|sh|ts|tz|sc(?=[eiy])', 's', 'g');
    w := regexp_replace(w, 'chr|kr', 'kr', 'g');
    w := regexp_replace(w, 'ch', 'j', 'g');
    w := regexp_replace(w, 'ph', 'f', 'g');
    w := regexp_replace(w, 'mps', 'ms', 'g');
    w := regexp_replace(w, 'mb$', 'm', 'g');
    w := regexp_replace(w, '(^|[^aeiou])gh(?=[aeiou])', '\1g', 'g');
    w := regexp_replace(w, 'gh', '', 'g');
    w := regexp_replace(w, 'dg|g(?=[eiy])', 'j', 'g');
    w := regexp_replace(w, '^ng|ng(?=[^aeiou]|$)', 'n', 'g');
    w := regexp_replace(w, 'c(?=[eiy])', 's', 'g');
    w := regexp_replace(w, 'ck|qu|[cq]', 'k', 'g');
    w := regexp_replace(w, 'x', 'ks', 'g');
    w := regexp_replace(w, '([aeou])w(?=[^aeiouy]|$)', '\1', 'g');
    w := regexp_replace(w, '[vw]', 'f', 'g');
    w := regexp_replace(w, 'z', 's', 'g');
    w := regexp_replace(w, 'd', 't', 'g');
    w := regexp_replace(w, '(.)\1+', '\1', 'g');
    w := regexp_replace(w, '(.)h+', '\1', 'g');
    w := regexp_replace(w, '^[aeiou]+', 'a', 'g');
    w := regexp_replace(w, '(?<=.)[aeiouy]+', '', 'g');
    return w;
end
$$;

-- What a folded name word may stand for, itself first; `kind` is given or family.
create function iops.roots(word text, kind text default 'given') returns text[]
language sql immutable parallel safe strict as $$
    select coalesce((select f.roots from iops.name_form f where f.kind = roots.kind and f.word = roots.word),
                    array[roots.word])
$$;

-- The sounds a name word may be asked by: its own first, then those of what it may stand for.
create function iops.name_sounds(word text, kind text) returns text[]
language sql immutable parallel safe strict as $$
    select coalesce((select f.sounds from iops.name_form f where f.kind = name_sounds.kind and f.word = name_sounds.word),
                    array[iops.sound(name_sounds.word)])
$$;

create function iops.key(given text) returns integer
language sql immutable parallel safe strict as $$ select ('x' || left(md5(given), 8))::bit(32)::integer $$;

-- Each half of a double-barrelled name that carries it, and all of it in one word.
create function iops.family_parts(family text[]) returns text[]
language sql immutable parallel safe strict as $$
    with word as (
        select w.word, w.place, w.word = any ('{al,el,ul,ur,bin,ibn,bint,abu,de,la,le,les,du,da,do,dos,das,di,del,della,'
            'van,von,der,den,ter,te,of,o,mac,mc,st}'::text[]) as small
        from unnest(family) with ordinality as w (word, place)
    ), bearing as (
        select word from word where not small or not exists (select from word where not small) order by place limit 4
    )
    select array(select word from bearing
                 union select array_to_string(family, '') where cardinality(family) > 1)
$$;

-- The keys of one name: given and family words, with the years and months the person may have been born in.
create function iops.name_keys(given text[], family text[], years text[], months text[]) returns setof text
language plpgsql immutable parallel safe as $$
declare
    heard text[] := array(select distinct s from unnest(iops.family_parts(family)) p,
                          unnest((iops.name_sounds(p, 'family'))[1:2]) s);
    of_first text[] := (iops.name_sounds(given[1], 'given'))[1:3];
    every text[];
    joined text := array_to_string(family, '');
begin
    if cardinality(family) = 0 then
        return query select k from (select distinct iops.sound(w) as s from unnest(given) w) alone, lateral (
            select 'm|' || s
            union all select 'gm|' || s || '|' || month from unnest(months) month
            union all select 'fy|' || s || '|' || year from unnest(years) year) as v (k);
        return;
    end if;
    every := array(select s from unnest(of_first) s
                   union select s from unnest(given[2:3]) w, unnest((iops.name_sounds(w, 'given'))[1:2]) s
                   union select iops.sound(array_to_string(given, '')) where cardinality(given) > 1);
    return query
        select 'n|' || least(g collate "C", f) || '|' || greatest(g collate "C", f) from unnest(heard) f, unnest(every) g
        union all
        select 'ny|' || least(g collate "C", f) || '|' || greatest(g collate "C", f) || '|' || year
        from unnest(heard) f, unnest(of_first) g, unnest(years) year
        union all
        select 'fy|' || f || '|' || year from unnest(heard) f, unnest(years) year
        union all
        select k from unnest(heard) f, lateral (
            values ('fg|' || f || '|' || left(given[1], 1)), ('fl|' || f || '|' || right(given[1], 2))) as v (k)
        union all
        select 'gm|' || g || '|' || month from unnest(of_first) g, unnest(months) month
        union all
        select k from unnest(of_first[1:2]) g, lateral (
            values ('gf|' || g || '|' || left(joined, 2)), ('gl|' || g || '|' || right(joined, 3))) as v (k);
end
$$;

-- Given and family words as keys take them. When all stands in one field, the last word is taken for the family name.
create function iops.name_parts(given text, family text, out given_words text[], out family_words text[])
language plpgsql immutable parallel safe as $$
declare
    every text[];
begin
    given_words := iops.words(coalesce(given, ''));
    family_words := iops.words(coalesce(family, ''));
    if cardinality(given_words) > 0 and cardinality(family_words) > 0 then
        return;
    end if;
    every := given_words || family_words;
    given_words := case when cardinality(every) > 1 then every[:cardinality(every) - 1] else every end;
    family_words := case when cardinality(every) > 1 then every[cardinality(every):] else '{}' end;
end
$$;

-- The keys of one person. The n-th given name belongs to the n-th family name, the n-th first day to the n-th last.
create function iops.person_keys(
    given text[], family text[], born_from date[], born_to date[], postcodes text[], phones text[], emails text[]
) returns integer[]
language plpgsql immutable parallel safe as $$
declare
    days text[];
    months text[];
    years text[];
begin
    with born as (
        select least(coalesce(b.f, b.t), coalesce(b.t, b.f)) as first, greatest(coalesce(b.f, b.t), coalesce(b.t, b.f)) as last
        from unnest(born_from, born_to) as b (f, t)
        where isfinite(coalesce(b.f, b.t)) and isfinite(coalesce(b.t, b.f))
    )
    select array(select distinct to_char(first, 'YYYY-MM-DD') from born where first = last),
           array(select distinct to_char(first, 'YYYY-MM') from born
                 where to_char(first, 'YYYY-MM') = to_char(last, 'YYYY-MM')),
           array(select distinct to_char(y, 'FM0000') from born, lateral generate_series(
                     extract(year from first)::integer, extract(year from last)::integer) y
                 where extract(year from last) - extract(year from first) < 3)
    into days, months, years;
    return array(
        select distinct iops.key(k.text) from (
            select t.text from unnest(given, family) as n (g, f), iops.name_parts(n.g, n.f) p,
                 iops.name_keys(p.given_words, p.family_words, years, months) as t (text)
            union all select 'b|' || day from unnest(days) day
            union all select 'z|' || c from unnest(postcodes) z, replace(iops.fold(z), ' ', '') c where c <> ''
            union all select 'e|' || c from unnest(emails) e, replace(iops.fold(split_part(e, '@', 1)), ' ', '') c
                      where c <> ''
            union all select 'p|' || right(d, 10) from unnest(phones) p, regexp_replace(p, '[^0-9]+', '', 'g') d
                      where length(d) >= 5
        ) k order by 1);
end
$$;
