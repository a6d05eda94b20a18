"""Makes the SQL of the obligations engine from the rulebook and from what the models declare.

For each subject one settling function; for each fact table that touches a subject its noting triggers; one view of all
that is owed by the rules (`iops.obligation_due`), which the conservation check holds against the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps

from iops.foundation.models import Fact
from iops.foundation.policy.table import record_models

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from iops.foundation.models import Settles

FUNCTION = "language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp"
"""Functions that run as the owner fix their search path, so that nobody can slip another table under them."""

BY_INDEX = f"{FUNCTION} set enable_seqscan = off set plan_cache_mode = force_generic_plan"
"""Functions that reach few of many rows. Their plans are kept for the life of a session, and one that was made while a
table was small (or whose statistics were taken in the middle of a load) would read the whole table for each subject:
minutes instead of a second. Every table they read has an index for it. Left to itself the planner would plan most of
their statements anew at each save, for the number of subjects in the array: that took longer than to run them. What is
sent by EXECUTE is planned for its numbers all the same."""

KEYS = "subject, subject_id, rule"
VALUES = "edition, record_kind, record_id, district_id, risk, restricted, arose_at, due_at, met_at, waived_at"
FEW = 200
"""Up to so many subjects a plan made once is used again; above, the statement is planned for their number."""


@dataclass(frozen=True)
class Follows:
    """A subject that is settled whenever the subject whose row it reads is: its table, and the column with that id."""

    subject: str
    table: str
    leader: str
    column: str


def fact_models() -> list[type[Fact]]:
    """Every fact table of every area, in layer order."""
    return [model for model in apps.get_models() if issubclass(model, Fact)]


def followers() -> list[Follows]:
    """Every declared "settle me too", in layer order."""
    return [
        Follows(subject, model._meta.db_table, leader, column)
        for model in fact_models()
        for subject, (leader, column) in model.follows.items()
    ]


def leaders() -> set[str]:
    """Subjects that others follow.

    Nothing is owed yet of one that is opened in the running transaction, and what follows it notes itself: its first
    settlement looks for neither, so that a save stays as fast however many subjects there are. (A fact of a record that
    does not exist yet is refused by the policy of its table.)
    """
    return {f.leader for f in followers()}


def record_tables() -> dict[str, str]:
    """The table of each kind of record."""
    return {kind: model._meta.db_table for kind, model in record_models().items()}


def noting(model: type[Fact]) -> Iterator[str]:
    """The noting functions and triggers of one fact table, for insert, update and delete."""
    if not model.settles:
        return
    table = model._meta.db_table
    for op, tables in (
        ("insert", "new table as changed"),
        ("update", "old table as was new table as changed"),
        ("delete", "old table as was"),
    ):
        body = "".join(_note(s, op, opens=_opens(model, s, op)) for s in model.settles)
        yield f"""
create or replace function iops.{table}_note_{op}() returns trigger {FUNCTION} as $note$
begin
{body}    return null;
end $note$;
drop trigger if exists obligations_note_{op} on {table};
create trigger obligations_note_{op} after {op} on {table} referencing {tables}
for each statement execute function iops.{table}_note_{op}();
"""


def _opens(model: type[Fact], s: Settles, op: str) -> bool:
    """Whether a row that is added is itself a record that other subjects follow."""
    return op == "insert" and s.column == "id" and s.subject in leaders() and record_models().get(s.subject) is model


def _note(s: Settles, op: str, *, opens: bool) -> str:
    when = f" where {s.when}" if s.when else ""
    rows = {
        "insert": f"select r.{s.column} as id from changed r{when}",
        "delete": f"select r.{s.column} as id from was r{when}",
        "update": f"select r.{s.column} as id from changed r{when} union select r.{s.column} from was r{when}",
    }[op]
    insert = "    insert into obligations_noted (subject, ids, closing, opened)\n    select"
    opened = str(opens).lower()
    note = f"{insert} '{s.subject}', array_agg(distinct x.id), false, {opened} from ({rows}) x having count(*) > 0;\n"
    if s.closes is None or op == "delete":
        return note
    closing = f"from changed c where c.{s.closes} is not null"
    if op == "update":
        closing = f"from changed c join was w using (id) where c.{s.closes} is not null and w.{s.closes} is null"
    return note + f"{insert} '{s.subject}', array_agg(c.{s.column}), true, false {closing} having count(*) > 0;\n"


def settling(subject: str, owed_of_ids: str) -> str:
    """The function that settles one subject: `owed_of_ids` computes what the rules ask of the subjects in `$1`.

    What no longer follows from the facts is moved to `obligations_withdrawn`, never just deleted. Arrays are joined by
    `unnest`, and what is stale is found by `except`: `= any(array)` is a linear search under a generic plan, and an
    anti-join may become a nested loop, which took minutes where this takes a second.
    """
    fields = [f.strip() for f in VALUES.split(",")]
    excluded = ", ".join(f"excluded.{f}" for f in fields)
    standing = ", ".join(f"o.{f}" for f in fields)
    sql = f"""
        with want as materialized (
            {owed_of_ids}
        ), stale as (
            select o.subject_id, o.rule
            from unnest($1) k(id)
            join obligations_obligation o on o.subject = '{subject}' and o.subject_id = k.id
            except select subject_id, rule from want
        ), gone as (
            delete from obligations_obligation o using stale
            where o.subject = '{subject}' and o.subject_id = stale.subject_id and o.rule = stale.rule
            returning o.*
        ), kept as (
            insert into obligations_withdrawn ({KEYS}, edition, record_kind, record_id, district_id, arose_at, due_at,
                                               met_at, waived_at, withdrawn_at, actor_id, reason)
            select {KEYS}, edition, record_kind, record_id, district_id, arose_at, due_at, met_at, waived_at,
                   iops.now(), nullif(current_setting('iops.user_id', true), '')::bigint,
                   nullif(current_setting('iops.reason', true), '')
            from gone
        )
        insert into obligations_obligation as o ({KEYS}, {VALUES})
        select {KEYS}, {VALUES} from want
        on conflict ({KEYS}) do update set ({VALUES}) = ({excluded})
        where ({standing}) is distinct from ({excluded})"""
    return _by_number(f"settle_{subject}", sql)


def opening(subject: str, owed_of_ids: str) -> str:
    """The function that settles subjects opened in the running transaction: of them nothing can be owed already."""
    sql = f"""
        insert into obligations_obligation ({KEYS}, {VALUES})
        select {KEYS}, {VALUES} from ({owed_of_ids}) want"""
    return _by_number(f"settle_opened_{subject}", sql)


def _by_number(name: str, sql: str) -> str:
    """A function of ids over one statement: for few of them planned once, for many each time."""
    return f"""
create or replace function iops.{name}(ids bigint[]) returns void {BY_INDEX} as $settle$
begin
    if cardinality(ids) <= {FEW} then
        {sql.replace("$1", "ids")};
    else
        execute $many${sql}$many$ using ids;
    end if;
end $settle$;
"""


def settle_trigger(subjects: Mapping[str, str]) -> str:
    """The deferred trigger: takes what was noted, locks the records, settles, then holds blocked steps back.

    `subjects` maps each subject to its kind of record. The record's row is the lock: two transactions that touch one
    record settle one after the other, and the second sees what the first committed.
    """
    names = list(subjects)
    declare = "".join(f"    {n}_ids bigint[];\n    {n}_closing bigint[];\n" for n in names)
    take = "".join(
        f"        when '{n}' then {n}_ids := noted.ids; {n}_closing := noted.closing;"
        f"{f' {n}_opened := noted.all_opened;' if n in leaders() else ''}\n"
        for n in names
    )
    declare += "".join(f"    {n}_opened boolean := false;\n" for n in names if n in leaders())
    lead = "".join(_follow(f) for f in followers() if f.subject in subjects)
    lock = "".join(_lock(n, kind) for n, kind in subjects.items() if n == kind)
    lock += "".join(_lock(n, kind) for n, kind in subjects.items() if n != kind)
    settle = "".join(_settle(n) for n in names)
    hold = "".join(
        f"    if {n}_closing is not null then perform iops.hold_back('{n}', 'close', {n}_closing); end if;\n"
        for n in names
    )
    return f"""
create or replace function iops.settle_noted() returns trigger {BY_INDEX} as $trigger$
declare
    noted record;
{declare}begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'Facts are written at isolation level read committed only.' using errcode = 'IO500',
            hint = 'Under a fixed snapshot a settlement could miss what another transaction has just committed.';
    end if;
    for noted in
        with taken as (
            delete from obligations_noted where tx = pg_current_xact_id() returning subject, ids, closing, opened
        )
        select subject, array_agg(distinct x) as ids, array_agg(distinct x) filter (where closing) as closing,
               count(distinct x) = count(distinct x) filter (where opened) as all_opened
        from taken, unnest(taken.ids) x group by subject
    loop
        case noted.subject
{take}        else null;
        end case;
    end loop;
{lead}{lock}{settle}{hold}    return null;
end $trigger$;
drop trigger if exists obligations_settle on obligations_noted;
create constraint trigger obligations_settle after insert on obligations_noted deferrable initially deferred
for each row execute function iops.settle_noted();
"""


def _follow(f: Follows) -> str:
    # Those that follow were there before: of them something may be owed already.
    known = f"        {f.subject}_opened := false;\n" if f.subject in leaders() else ""
    return f"""    if {f.leader}_ids is not null and not {f.leader}_opened then
{known}        {f.subject}_ids := nullif(array(
            select x.id from unnest({f.leader}_ids) k(id) join {f.table} x on x.{f.column} = k.id
            union select unnest({f.subject}_ids)), '{{}}');
    end if;
"""


def _settle(subject: str) -> str:
    settle = f"perform iops.settle_{subject}({subject}_ids);"
    if subject in leaders():
        settle = f"if {subject}_opened then perform iops.settle_opened_{subject}({subject}_ids); else {settle} end if;"
    return f"    if {subject}_ids is not null then {settle} end if;\n"


def _lock(subject: str, kind: str) -> str:
    table = record_tables()[kind]
    wanted = f"unnest({subject}_ids) k(id)"
    if subject != kind:
        follow = next(f for f in followers() if f.subject == subject)
        wanted = f"(select distinct x.{follow.column} from {wanted} join {follow.table} x on x.id = k.id) k(id)"
    return f"""    if {subject}_ids is not null then
        perform 1 from {wanted} join {table} r on r.id = k.id
        where r.xmin <> pg_current_xact_id()::xid
        order by r.id for no key update of r;
    end if;
"""


HOLD_BACK = f"""
create or replace function iops.hold_back(kind text, step text, ids bigint[]) returns void {BY_INDEX} as $hold$
declare
    owed jsonb;
begin
    select jsonb_agg(jsonb_build_object('rule', o.rule, 'title', r.title, 'subject', o.subject,
                                        'subject_id', o.subject_id, 'record_id', o.record_id, 'due_at', o.due_at)
                     order by o.due_at)
    into owed
    from unnest(ids) k(id)
    join obligations_obligation o on o.record_kind = kind and o.record_id = k.id
    join obligations_rule r on r.code = o.rule
    where o.met_at is null and o.waived_at is null
      and step = any(r.blocks);
    if owed is not null then
        raise exception 'This cannot % yet: % still owed.', step,
            case jsonb_array_length(owed) when 1 then 'one thing is' else jsonb_array_length(owed) || ' things are' end
            using errcode = 'IO423', detail = owed::text, hint = 'Do what is owed, or have it waived with a reason.';
    end if;
end $hold$;
"""

CONSERVATION = f"""
drop function if exists iops.conservation(integer);
create function iops.conservation(most integer)
returns table (checked bigint, missing bigint, surplus bigint, examples jsonb) stable {FUNCTION} as $check$
begin
    return query
    with due as materialized (select {KEYS}, {VALUES} from iops.obligation_due),
    off as materialized (
        (select 'missing' as kind, x.* from (select * from due except
                                             select {KEYS}, {VALUES} from obligations_obligation) x)
        union all
        (select 'surplus', y.* from (select {KEYS}, {VALUES} from obligations_obligation
                                     except select * from due) y)
    )
    select (select count(*) from obligations_obligation),
           (select count(*) from off where kind = 'missing'),
           (select count(*) from off where kind = 'surplus'),
           (select jsonb_agg(to_jsonb(e)) from (select * from off order by subject_id, rule, kind limit most) e);
end $check$;
"""
