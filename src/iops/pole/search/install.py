"""Makes the triggers that keep the words of every row of every fact table, and the functions that read them.

All of it is generated from the models (`columns.searched`), so that a table of a later part is searched by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation.policy.table import policy_of, record_models
from iops.pole.search import people_install
from iops.pole.search.columns import Searched, searched, shown_under

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTION = "language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp"
INVOKER = "language plpgsql set search_path = pg_catalog, public, iops, pg_temp"
"""For what only the owner may do: the application may call it and is refused at the first table."""
MOST_IN_PART = 1000
"""Tokens of one part: so many of 200 characters fit into a tsvector, whose limit would otherwise refuse the fact."""
TARGET = "pole_searchtext (table_name, row_id, part, record_kind, record_id, words, at)"


def statements() -> Iterator[str]:
    """The SQL of the search: triggers of words, who may see a row, the people's part, and the rebuild."""
    yield from statements_of_texts()
    yield may_see()
    yield in_district()
    yield from people_install.statements()


def statements_of_texts() -> Iterator[str]:
    """Of these, what decides by which words a row of a table is found."""
    for table in searched():
        yield triggers(table)
    yield rebuild()


@dataclass(frozen=True)
class Parts:
    """The pieces of SQL that the search rows of one table are made of, over a fact row `n`."""

    kind: str
    record: str
    text: str
    codes: str
    at: str
    joins: str


def parts(table: Searched) -> Parts:
    """The pieces for one table. The number of an incident is searched as people say it."""
    shown = shown_under(table.model)
    # An empty column leaves no empty line, which would be looked through for signs.
    texts = [f"nullif(n.{_quoted(c)}, '')" for c in table.columns]
    if table.model.numbered:
        _, day, number = table.model.numbered
        texts.append(table.model.number_said or f"n.{number} || ' ' || to_char(n.{day}, 'DDMMYYYY')")
    codes = ", ".join(f"n.{_quoted(c)}" for c in table.codes)
    return Parts(
        kind=shown.kind,
        record=shown.id,
        text=f"concat_ws(E'\\n', {', '.join(texts)})",
        codes=f"array[{codes}]::text[]",
        at=f"n.{table.moment}" if table.moment else "null::timestamptz",
        joins=shown.joins,
    )


def rows(table: Searched, source: str) -> str:
    """SELECT of the search rows of the fact rows in `source`."""
    p = parts(table)
    # Names come from our own models alone. OFFSET 0 keeps the tokens from being made anew wherever they are named.
    return f"""
    select '{table.table}', n.id, p.part, {p.kind}, {p.record},
           array_to_tsvector(t.tokens[p.part * {MOST_IN_PART} + 1:(p.part + 1) * {MOST_IN_PART}]), {p.at}
    from {source} n{p.joins}
    cross join lateral (select iops.search_tokens({p.text}, {p.codes}) as tokens offset 0) t
    cross join lateral generate_series(0, (cardinality(t.tokens) - 1) / {MOST_IN_PART}) p(part)
    where cardinality(t.tokens) > 0"""


def raw(table: Searched, source: str) -> str:
    """SELECT of what the search rows are made of: id, kind and id of the record, text, codes, moment as text."""
    p = parts(table)
    return f"select n.id, {p.kind}, {p.record}, {p.text}, {p.codes}, ({p.at})::text from {source} n{p.joins}"


def triggers(table: Searched) -> str:
    """The triggers of one table: what is written is findable, what is overwritten no longer."""
    name = table.table
    columns = [_quoted(c) for c in table.columns] + _steering(table)
    now, was = (", ".join(f"{r}.{c}" for c in columns) for r in ("n", "o"))
    altered = f"(select n.* from changed n join was o on o.id = n.id where ({now}) is distinct from ({was}))"
    return f"""
create or replace function iops.{name}_search_new() returns trigger {FUNCTION} as $search$
begin
    insert into {TARGET} {rows(table, "changed")};
    return null;
end $search$;
create or replace function iops.{name}_search_changed() returns trigger {FUNCTION} as $search$
begin
    delete from pole_searchtext s using {altered} n where s.table_name = '{name}' and s.row_id = n.id;
    insert into {TARGET} {rows(table, altered)};
    return null;
end $search$;
create or replace function iops.{name}_search_gone() returns trigger {FUNCTION} as $search$
begin
    delete from pole_searchtext s using was o where s.table_name = '{name}' and s.row_id = o.id;
    return null;
end $search$;
drop trigger if exists c_search_new on {name};
create trigger c_search_new after insert on {name} referencing new table as changed
for each statement execute function iops.{name}_search_new();
drop trigger if exists c_search_changed on {name};
create trigger c_search_changed after update on {name} referencing old table as was new table as changed
for each statement execute function iops.{name}_search_changed();
drop trigger if exists c_search_gone on {name};
create trigger c_search_gone after delete on {name} referencing old table as was
for each statement execute function iops.{name}_search_gone();
"""


def _steering(table: Searched) -> list[str]:
    """Columns that are no text and yet say where a row is shown, or how it is named."""
    fields = table.model._meta.concrete_fields
    keys = [f.column for f in fields if f.many_to_one or f.column in {"from_id", "from_kind", table.moment}]
    return [_quoted(c) for c in (*keys, *(table.model.numbered or ())[1:])]


def may_see() -> str:
    """`iops.may_see(table, id)`: whether whoever acts may see a row, told inside a function that runs as the owner.

    It is the same expression that makes the row-level security of the table.
    """
    branches = "".join(
        f"    when '{t.table}' then return exists (select from {t.table} x where x.id = wanted and"
        f" ({policy.sees.sql('x', walled=False) if (policy := policy_of(t.model)) else 'true'}));\n"
        for t in searched()
    )
    return f"""
create or replace function iops.may_see(named text, wanted bigint) returns boolean stable {FUNCTION} as $see$
begin
    case named
{branches}    else return false;
    end case;
end $see$;
"""


def in_district() -> str:
    """`iops.in_district(kind, id, district)`: whether a record lies in a district, or a place of a nominal does.

    False for records that lie in none.
    """
    branches = "".join(
        f"    when '{kind}' then return exists (select from {model._meta.db_table} x"
        " where x.id = wanted and x.district_id = district);\n"
        for kind, model in sorted(record_models().items())
        if any(f.column == "district_id" for f in model._meta.concrete_fields)
    )
    return f"""
create or replace function iops.in_district(kind text, wanted bigint, district bigint) returns boolean stable {FUNCTION}
as $in$
begin
    case kind
{branches}    when 'person' then return exists (
        select from pole_link l join pole_location x on x.id = l.to_id
        where l.from_kind = 'person' and l.from_id = wanted and l.to_kind = 'location' and x.district_id = district
          and not x.restricted);
    else return false;
    end case;
end $in$;
"""


def rebuild() -> str:
    """`iops.rebuild_search()`: all search tables made anew from the facts, for after a load with the triggers off."""
    inserts = "".join(f"    insert into {TARGET} {rows(t, t.table)};\n" for t in searched())
    return f"""
create or replace function iops.rebuild_search() returns void {INVOKER} as $rebuild$
begin
    drop index if exists searchtext_words, searchperson_keys, searchperson_walled;
    alter table pole_searchtext drop constraint if exists searchtext_once;
    truncate pole_searchtext, pole_searchperson;
{inserts}    perform iops.refresh_people(array(select id from pole_person));
    alter table pole_searchtext add constraint searchtext_once unique (row_id, table_name, part);
    create index searchtext_words on pole_searchtext using gin (words) with (gin_pending_list_limit = 512);
    create index searchperson_keys on pole_searchperson using gin (keys gin__int_ops)
        with (gin_pending_list_limit = 512);
    create index searchperson_walled on pole_searchperson using gin (keys gin__int_ops)
        with (gin_pending_list_limit = 512) where walled;
end $rebuild$;
"""


def _quoted(column: str) -> str:
    return f'"{column}"'
