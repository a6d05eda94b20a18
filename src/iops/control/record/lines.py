"""The system's own lines of the log: every step on an incident writes one, by a trigger in the step's transaction.

A trigger and not a hook of the services, so that no way into the database can forget it: a screen, the API, a second
service written later, a load, a statement at an SQL prompt. An area tells with SELECTs which rows of its tables are
steps and what the line says (`register`); the installer makes the triggers. The lines of a statement are written at
once, however many rows it changed.

What another system did in its time and was loaded here brings its own log: rows of an imported incident that nobody
here is the author of write no line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Steps:
    """The steps that rows of one fact table are: SELECTs of `incident_id, at, said, author_id`.

    `added` reads the new rows as `n`; `changed` the rows after as `n` and before as `o`. A null `said` is no step.
    `at` is when it happened by the row; the line is never stamped later than it was written.
    """

    table: str
    added: str = ""
    changed: str = ""


_steps: dict[str, Steps] = {}


def register(*steps: Steps) -> None:
    """An area tells what the steps of its tables are (called once, when the area is made ready)."""
    _steps.update({s.table: s for s in steps})


def registered() -> tuple[str, ...]:
    """The tables whose rows are steps."""
    return tuple(sorted(_steps))


DEFINER = "language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp"


def statements() -> Iterator[str]:
    """The triggers of every registered table, and those of the log itself."""
    yield STAMPED
    for steps in _steps.values():
        if steps.added:
            yield _trigger(steps.table, "insert", "new table as n", steps.added)
        if steps.changed:
            yield _trigger(steps.table, "update", "old table as o new table as n", steps.changed)


def _trigger(table: str, op: str, tables: str, select: str) -> str:
    # Every part comes from the source code of an area, none from a person.
    return f"""
create or replace function iops.{table}_log_{op}() returns trigger {DEFINER} as $line$
begin
    insert into control_logentry (incident_id, at, author_id, kind, text)
    select s.incident_id, least(s.at, iops.now()),
           (select u.id from foundation_user u where u.id = nullif(current_setting('iops.user_id', true), '')::bigint),
           'system', s.said
    from ({select}) s (incident_id, at, said, author_id)
    where s.said <> '' and not (s.author_id is null and exists (
        select from control_incident i join control_contact c on c.id = i.contact_id
        where i.id = s.incident_id and c.channel = 'imported'))
    order by s.at, s.incident_id;
    return null;
end $line$;
drop trigger if exists c_log_{op} on {table};
create trigger c_log_{op} after {op} on {table} referencing {tables}
for each statement execute function iops.{table}_log_{op}();
"""  # noqa: S608


STAMPED = f"""
-- The database says when it took a line, whoever writes it; a line does not tell of what is still to come; and a
-- line of the system is written by a trigger alone.
create or replace function iops.log_entry_stamped() returns trigger {DEFINER} as $stamped$
begin
    new.recorded_at := iops.now();
    if new.at > new.recorded_at then
        raise exception 'That time lies ahead.' using errcode = 'IO422', column = 'at';
    end if;
    if new.kind = 'system' and pg_trigger_depth() < 2 then
        raise exception 'A line of the system is written by the system alone.' using errcode = 'IO403';
    end if;
    if new.corrects_id is not null and not exists (
        select from control_logentry l where l.id = new.corrects_id and l.incident_id = new.incident_id) then
        raise exception 'The line that is corrected is not on this log.' using errcode = 'IO404';
    end if;
    return new;
end $stamped$;
drop trigger if exists a_log_entry_stamped on control_logentry;
create trigger a_log_entry_stamped before insert on control_logentry
for each row execute function iops.log_entry_stamped();
"""
