"""What happened with a person or a place, newest first: events, links, markers, values, decisions on identity."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from django.db import connection

from iops.foundation.paging import Page
from iops.pole import involvement
from iops.pole.models import DetailKind, IdentifierKind, MarkerKind, NameKind, Severity
from iops.pole.records.labels import Named, kind_words
from iops.pole.records.links import relation

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from iops.pole.records.labels import Key

SIZE = 25


class Sort(StrEnum):
    """What sort of thing happened."""

    INVOLVEMENT = "involvement"
    LINK = "link"
    MARKER = "marker"
    VALUE = "value"
    IDENTITY = "identity"


SORT_WORDS = {
    Sort.INVOLVEMENT: "Incidents and other events",
    Sort.LINK: "Links",
    Sort.MARKER: "Warning markers",
    Sort.VALUE: "Names, dates and details",
    Sort.IDENTITY: "Same person or not",
}


@dataclass(frozen=True)
class TimelineFilter:
    """Which part of a timeline: one sort of thing or all, and which page of it."""

    sort: Sort | None = None
    page: int = 1


@dataclass(frozen=True)
class Happened:
    """One thing that happened: when (UTC; `exact` is false when only the local day is known), what, with which record.

    `before` and `after` are the words around the name of the record; `note` says more, such as a reason.
    """

    at: dt.datetime
    exact: bool
    sort: Sort
    before: str
    record: Named | None
    after: str
    note: str
    by: str
    nominal: int

    @property
    def text(self) -> str:
        """The whole sentence."""
        middle = f" {self.record.title}" if self.record else ""
        return f"{self.before}{middle}{self.after}"


# Each part: moment, exact, sort, what, the other record, what to say, whose doing, and the nominal it is about.
INVOLVED = """
    select min(i.at), true, 'involvement', 'involved', i.record_kind, i.record_id,
        jsonb_build_object('roles', array_agg(distinct i.role order by i.role)), null::bigint, min(i.subject_id)
    from iops.record_involvement i where i.subject_kind = %(kind)s and i.subject_id = any (%(ids)s)
    group by i.record_kind, i.record_id"""
LINK_ENDS = """
    from (select l.*, l.from_kind = %(kind)s and l.from_id = any (%(ids)s) as outgoing from pole_link l
          where ((l.from_kind = %(kind)s and l.from_id = any (%(ids)s))
              or (l.to_kind = %(kind)s and l.to_id = any (%(ids)s)))
            and l.to_kind <> all (%(events)s) and l.from_kind <> all (%(events)s)) l
    cross join lateral (select case when l.outgoing then l.to_kind else l.from_kind end as kind,
        case when l.outgoing then l.to_id else l.from_id end as id,
        case when l.outgoing then l.from_id else l.to_id end as mine,
        jsonb_build_object('role', l.role, 'from', l.from_kind, 'to', l.to_kind, 'outgoing', l.outgoing,
            'note', l.note, 'reason', l.withdrawn_reason) as told) o"""
LINKED = f"""
    select coalesce(iops.day_begins(l.since), l.recorded_at), l.since is null, 'link', 'begun', o.kind, o.id, o.told,
        l.recorded_by_id, o.mine {LINK_ENDS}
    union all
    select iops.day_begins(l.until), false, 'link', 'ended', o.kind, o.id, o.told, null, o.mine {LINK_ENDS}
    where l.until is not null and l.withdrawn_at is null and l.until < iops.local_date(iops.now())
    union all
    select l.withdrawn_at, true, 'link', 'withdrawn', o.kind, o.id, o.told, l.withdrawn_by_id, o.mine {LINK_ENDS}
    where l.withdrawn_at is not null"""
MARKED = """
    select s.at, s.exact, 'marker', s.what, null, null,
        jsonb_build_object('kind', m.kind, 'severity', m.severity, 'grounds', m.grounds, 'note', s.note),
        s.by_id, m.person_id
    from pole_warningmarker m cross join lateral (
        values (m.proposed_at, true, 'proposed', m.proposed_by_id, m.grounds),
               (case when m.confirmed then m.decided_at end, true, 'confirmed', m.decided_by_id, ''),
               (m.ended_at, true, case when m.confirmed = false then 'refused' else 'ended' end, m.ended_by_id,
                m.ended_reason),
               (case when m.ended_at is null and m.expires_on < iops.local_date(iops.now())
                then iops.day_begins(m.expires_on + 1) end, false, 'expired', null, '')
        union all
        select r.at, true, 'kept', r.by_id, r.note from pole_markerreview r where r.marker_id = m.id and r.kept
    ) s(at, exact, what, by_id, note)
    where m.{column} = any (%(ids)s) and s.at is not null"""
VALUES = """
    select s.at, true, 'value', s.what, null, null, v.told || jsonb_build_object('reason', v.reason), s.by_id,
        v.person_id
    from (
        select n.person_id, n.recorded_at, n.recorded_by_id, n.withdrawn_at, n.withdrawn_by_id,
            n.withdrawn_reason as reason, jsonb_build_object('of', 'name', 'kind', n.kind, 'value', n.full) as told
        from pole_name n where n.person_id = any (%(ids)s)
        union all
        select b.person_id, b.recorded_at, b.recorded_by_id, b.withdrawn_at, b.withdrawn_by_id, b.withdrawn_reason,
            jsonb_build_object('of', 'birth', 'value', case when b.said <> '' then b.said
                when b.earliest = b.latest then to_char(b.earliest, 'FMDD FMMonth YYYY')
                else to_char(b.earliest, 'FMDD FMMonth YYYY') || ' to ' || to_char(b.latest, 'FMDD FMMonth YYYY') end)
        from pole_birth b where b.person_id = any (%(ids)s)
        union all
        select d.person_id, d.recorded_at, d.recorded_by_id, d.withdrawn_at, d.withdrawn_by_id, d.withdrawn_reason,
            jsonb_build_object('of', 'detail', 'kind', d.kind, 'value', left(d.value, 200))
        from pole_detail d where d.person_id = any (%(ids)s)
        union all
        select i.person_id, i.recorded_at, i.recorded_by_id, i.withdrawn_at, i.withdrawn_by_id, i.withdrawn_reason,
            jsonb_build_object('of', 'identifier', 'kind', i.kind, 'value', i.value)
        from pole_identifier i where i.person_id = any (%(ids)s)
    ) v cross join lateral (values (v.recorded_at, 'recorded', v.recorded_by_id),
                                   (v.withdrawn_at, 'withdrawn', v.withdrawn_by_id)) s(at, what, by_id)
    where s.at is not null"""
DECIDED = """
    select d.at, true, 'identity', d.verdict, 'person',
        case when d.one_id = any (%(ids)s) then d.other_id else d.one_id end,
        jsonb_build_object('reason', d.reason), d.by_id,
        case when d.one_id = any (%(ids)s) then d.one_id else d.other_id end
    from pole_identitydecision d where d.one_id = any (%(ids)s) or d.other_id = any (%(ids)s)"""

PARTS = {
    "person": {
        Sort.INVOLVEMENT: INVOLVED,
        Sort.LINK: LINKED,
        Sort.MARKER: MARKED.replace("{column}", "person_id"),
        Sort.VALUE: VALUES,
        Sort.IDENTITY: DECIDED,
    },
    "location": {
        Sort.INVOLVEMENT: INVOLVED,
        Sort.LINK: LINKED,
        Sort.MARKER: MARKED.replace("{column}", "location_id"),
    },
}
OTHERS = {Sort.INVOLVEMENT: INVOLVED, Sort.LINK: LINKED}
"""What the timeline of a thing is made of."""

PAGE = """
    select t.*, u.name, count(*) over () from ({parts}) t(at, exact, sort, what, kind, id, told, by_id, nominal)
    left join foundation_user u on u.id = t.by_id
    order by t.at desc, t.sort, t.what desc, t.id desc nulls last, t.told::text limit %(limit)s offset %(offset)s"""


def sorts(kind: str) -> tuple[Sort, ...]:
    """The sorts of thing that the timeline of a kind of record holds."""
    return tuple(PARTS.get(kind, OTHERS))


@dataclass(frozen=True)
class Rows:
    """One page of a timeline as it was read, before its records have names."""

    rows: tuple[tuple[Any, ...], ...]
    page: int

    @property
    def keys(self) -> set[Key]:
        """The records that are named on it."""
        return {(row[4], row[5]) for row in self.rows if row[4] is not None}


def read(kind: str, ids: Sequence[int], wanted: TimelineFilter) -> Rows:
    """Read one page of what happened with some records of one kind taken together, the newest first: one query."""
    parts = PARTS.get(kind, OTHERS)
    chosen = [parts[wanted.sort]] if wanted.sort in parts else list(parts.values())
    asked: dict[str, Any] = {
        "kind": kind,
        "ids": list(ids),
        "events": involvement.kinds(),
        "limit": SIZE,
        "offset": (wanted.page - 1) * SIZE,
    }
    with connection.cursor() as cursor:
        cursor.execute(PAGE.format(parts=" union all ".join(chosen)), asked)
        return Rows(tuple(cursor.fetchall()), wanted.page)


def told(read: Rows, names: Mapping[Key, Named]) -> Page[Happened]:
    """A page of a timeline in words; `names` has the names of its records."""
    shown = tuple(_happened(row, names) for row in read.rows)
    return Page(shown, total=read.rows[0][-1] if read.rows else 0, page=read.page, size=SIZE)


def _happened(row: tuple[Any, ...], names: Mapping[Key, Named]) -> Happened:
    at, exact, sort, what, kind, record_id, said, _, nominal, by, _ = row
    record = names.get((kind, record_id)) if kind else None
    body = cast("dict[str, Any]", json.loads(said) if isinstance(said, str) else said)
    before, after, note = WORDS[Sort(sort)](what, body)
    if kind and record is None:
        record = Named(kind, record_id, f"a {kind_words(kind)} that you may not see")
    return Happened(at, exact, Sort(sort), before, record, after, note, by or "", nominal or 0)


Said = tuple[str, str, str]
"""The words before the record, after it, and more about it."""


def _involved(_: str, told: dict[str, Any]) -> Said:
    return f"{_sentence(', '.join(told['roles']))} in", "", ""


def _linked(what: str, told: dict[str, Any]) -> Said:
    how = _sentence(relation(told["role"], told["from"], told["to"], outgoing=told["outgoing"]))
    after = {"begun": "", "ended": " (ended)", "withdrawn": " (withdrawn as wrong)"}[what]
    return how, after, told["reason"] if what == "withdrawn" else told["note"]


def _marked(what: str, told: dict[str, Any]) -> Said:
    words = "reviewed and kept" if what == "kept" else what
    marker = f"{MarkerKind(told['kind']).label}, {Severity(told['severity']).label}"
    return f"Warning marker {words}: {marker}", "", told["note"]


def _valued(what: str, told: dict[str, Any]) -> Said:
    return f"{_sentence(_value_words(told))} {what}: {told['value']}", "", told["reason"] if what == "withdrawn" else ""


def _value_words(told: dict[str, Any]) -> str:
    kinds = {"name": NameKind, "detail": DetailKind, "identifier": IdentifierKind}
    return kinds[told["of"]](told["kind"]).label if told["of"] in kinds else "date of birth or age"


def _decided(what: str, told: dict[str, Any]) -> Said:
    words = {"same": "Merged with", "different": "Found not to be the same person as", "open": "No longer merged with"}
    return words[what], "", told["reason"]


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


WORDS = {
    Sort.INVOLVEMENT: _involved,
    Sort.LINK: _linked,
    Sort.MARKER: _marked,
    Sort.VALUE: _valued,
    Sort.IDENTITY: _decided,
}
