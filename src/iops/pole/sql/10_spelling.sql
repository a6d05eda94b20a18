-- One spelling for every name, and keys by which people who may be the same are found: twins of iops.pole.matching
-- (spelling.py, forms.py, keys.py), held to them by tests/pole/matching/test_twins.py. The two tables are filled by
-- iops.pole.matching.install, from the same lists Python reads. All of it is safe in an index: same in, same out.

create table iops.fold_character (character text collate "C" primary key, plain text not null);
create table iops.name_root (
    kind text collate "C" not null, word text collate "C" not null, place integer not null,
    root text collate "C" not null, primary key (kind, word, place)
);
grant select on iops.fold_character, iops.name_root to iops_app;

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
    select coalesce((select array_agg(r.root::text order by r.place) from iops.name_root r
                     where r.kind = roots.kind collate "C" and r.word = roots.word collate "C"), array[roots.word])
$$;
