"""Who and what is involved in which event: areas say where that stands, and two views tell it to everybody.

An event is an incident, a crime, an assessment. An area that has events registers one SELECT for each way in which a
record of POLE is involved in one, with these columns, in this order:

    subject_kind, subject_id    the person, place, vehicle ... that is involved ('person', 4)
    record_kind, record_id      the event ('incident', 9)
    role                        as what: victim, suspect, witness, caller, child, scene ...
    at                          when the event was reported or made

The installer makes the view `iops.record_involvement` of all of them, and `iops.involvement` of those of people, whose
first column is `person_id`. Both read as whoever asks: what somebody may not see is not in them, so it is not counted.
A row of a view is one statement of a role; a record is counted once however many rows lead to it.
"""

from __future__ import annotations

from dataclasses import dataclass

NONE = """select null::text as subject_kind, null::bigint as subject_id, null::text as record_kind,
    null::bigint as record_id, null::text as role, null::timestamptz as at where false"""


@dataclass(frozen=True)
class Source:
    """One way of being involved: the kind of event, and the SELECT that finds it."""

    record_kind: str
    select: str


_sources: dict[str, Source] = {}


def register(name: str, record_kind: str, select: str) -> None:
    """An area tells where involvement in its events stands (called once, when the area is made ready)."""
    _sources[name] = Source(record_kind, select)


def kinds() -> list[str]:
    """The kinds of event that some area has registered."""
    return sorted({s.record_kind for s in _sources.values()})


def views() -> str:
    """The SQL of the two views; without any source they are there and empty."""
    union = "\nunion all\n".join(s.select for s in _sources.values()) or NONE
    # Every part comes from the source code of an area, none from a person.
    return f"""
drop view if exists iops.involvement;
drop view if exists iops.record_involvement;
create view iops.record_involvement (subject_kind, subject_id, record_kind, record_id, role, at)
with (security_invoker = true) as
{union};
create view iops.involvement (person_id, record_kind, record_id, role, at)
with (security_invoker = true) as
select i.subject_id, i.record_kind, i.record_id, i.role, i.at
from iops.record_involvement i where i.subject_kind = 'person';
grant select on iops.record_involvement, iops.involvement to iops_app;
"""  # noqa: S608


def linked(record_kind: str, table: str, at: str) -> str:
    """The SELECT over links from a record of POLE to events of one kind that stand in `table`."""
    return f"""select l.from_kind::text, l.from_id, '{record_kind}', l.to_id, l.role::text, e.{at}
    from pole_link l join {table} e on e.id = l.to_id
    where l.to_kind = '{record_kind}' and l.from_kind <> '{record_kind}' and l.withdrawn_at is null"""  # noqa: S608
