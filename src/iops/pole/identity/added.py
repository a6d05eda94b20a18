"""What was recorded on the nominals of one person since they were merged: it may belong to another of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from iops.foundation import clock
from iops.pole.identity.restating import KINDS, standing_on
from iops.pole.models import Birth, Detail, DetailKind, Identifier, IdentifierKind, Link, Name, Sourced, WarningMarker
from iops.pole.records import births
from iops.pole.records.labels import named
from iops.pole.records.links import relation
from iops.web.words import LONDON

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from iops.pole.records.labels import Key, Named

MOST = 500
"""Values shown of what was added since: a person with more is taken apart value by value."""


@dataclass(frozen=True)
class Added:
    """One value, link or warning that was added since a merge: on which nominal, by whom (UTC), and what it says.

    `movable` is false for what stands between two of the nominals, and for warnings, which are proposed anew.
    """

    kind: str
    value_id: int
    on: int
    label: str
    says: str
    at: dt.datetime
    by: str
    movable: bool

    @property
    def field(self) -> str:
        """The name of its choice in a form."""
        return f"{self.kind}-{self.value_id}"


def added_since(people: Sequence[int], moment: dt.datetime) -> tuple[Added, ...]:
    """What was recorded on these nominals from a moment on, and stands; the earliest first."""
    found = [*_values(people, moment), *_links(people, moment), *_markers(people, moment)]
    return tuple(sorted(found, key=lambda a: (a.at, a.field)))


def _values(people: Sequence[int], moment: dt.datetime) -> list[Added]:
    made: list[Added] = []
    for kind, model in KINDS.items():
        if model is Link:
            continue
        since: dict[str, Any] = {"person__in": people, "recorded_at__gte": moment, "withdrawn_at": None}
        rows = model._default_manager.filter(**since)
        made += [
            _added(kind, row, standing_on(row, people), _label(row), _says(row))
            for row in rows.select_related("recorded_by").order_by("id")[:MOST]
        ]
    return made


def _added(kind: str, row: Sourced, ends: Sequence[int], label: str, says: str) -> Added:
    who = row.recorded_by.name if row.recorded_by else "the system"
    return Added(kind, row.pk, ends[0], label, says, row.recorded_at, who, movable=len(ends) == 1)


def _label(row: Sourced) -> str:
    if isinstance(row, Detail):
        return DetailKind(row.kind).label
    if isinstance(row, Identifier):
        return IdentifierKind(row.kind).label
    return "name" if isinstance(row, Name) else "date of birth"


def _says(row: Sourced) -> str:
    if isinstance(row, Birth):
        return births.words(row, clock.now().astimezone(LONDON).date())
    return str(getattr(row, "full", "") or getattr(row, "value", ""))[:300]


def _links(people: Sequence[int], moment: dt.datetime) -> list[Added]:
    mine = Q(from_kind="person", from_id__in=people) | Q(to_kind="person", to_id__in=people)
    rows = list(
        Link.objects.filter(mine, recorded_at__gte=moment, withdrawn_at=None)
        .select_related("recorded_by")
        .order_by("id")[:MOST]
    )
    ends = {row.id: standing_on(row, people) for row in rows}
    names = named({_other(row, ends[row.id][0]) for row in rows})
    return [_link(row, ends[row.id], names) for row in rows]


def _other(row: Link, mine: int) -> Key:
    outgoing = (row.from_kind, row.from_id) == ("person", mine)
    return (row.to_kind, row.to_id) if outgoing else (row.from_kind, row.from_id)


def _link(row: Link, ends: Sequence[int], names: dict[Key, Named]) -> Added:
    key = _other(row, ends[0])
    outgoing = (row.from_kind, row.from_id) == ("person", ends[0])
    label = relation(row.role, row.from_kind, row.to_kind, outgoing=outgoing)
    return _added("link", row, ends, label, names[key].whole if key in names else "a record you may not see")


def _markers(people: Sequence[int], moment: dt.datetime) -> list[Added]:
    rows = WarningMarker.objects.filter(person_id__in=people, proposed_at__gte=moment, ended_at=None)
    return [
        Added(
            "marker", m.id, m.person_id or 0, "warning", f"{m}: {m.grounds[:200]}", m.proposed_at,
            m.proposed_by.name if m.proposed_by else "the system", movable=False,
        )
        for m in rows.select_related("proposed_by").order_by("id")[:MOST]
    ]  # fmt: skip
