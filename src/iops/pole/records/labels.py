"""How records of every kind are named on the pages of POLE, and how those of POLE are named everywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection
from django.urls import reverse

from iops.obligations import records
from iops.obligations.records import RecordLabel
from iops.pole.models import MarkerKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Key = tuple[str, int]
"""A record by its kind and id."""

PAGES = ("person", "location", "vehicle", "phone", "email", "organisation", "item")
"""The kinds of record that have a page of their own here."""

KIND_WORDS = {"location": "place", "email": "e-mail", "phone": "telephone", "item": "object"}
"""Kinds that people call by another word."""

# Each kind: title, what tells it from another of the same title, made up, restricted, whom or what it is on.
SELECTS = {
    "person": """select 'person', p.id, p.name,
        case when p.born is null then '' else 'born ' || to_char(p.born, 'FMDD FMMonth YYYY') end,
        p.made_up, p.restricted, 0 from pole_person p where p.id = any (%s)""",
    "location": """select 'location', l.id, l.said,
        case when position(l.postcode in upper(l.said)) > 0 then '' else l.postcode end,
        l.made_up, l.restricted, 0 from pole_location l where l.id = any (%s)""",
    "vehicle": """select 'vehicle', v.id, coalesce(nullif(v.registration, ''), 'no mark known'),
        coalesce(nullif(trim(concat_ws(' ', v.colour, v.make, v.model)), ''), left(v.description, 80)),
        v.made_up, false, 0 from pole_vehicle v where v.id = any (%s)""",
    "phone": """select 'phone', t.id, coalesce(nullif(t.number, ''), t.said), '', t.made_up, false, 0
        from pole_phone t where t.id = any (%s)""",
    "email": """select 'email', e.id, e.address, '', e.made_up, false, 0 from pole_email e where e.id = any (%s)""",
    "organisation": """select 'organisation', o.id, o.name, o.kind, o.made_up, false, 0
        from pole_organisation o where o.id = any (%s)""",
    "item": """select 'item', i.id, i.kind, left(i.description, 80), i.made_up, false, 0
        from pole_item i where i.id = any (%s)""",
    "warning_marker": """select 'warning_marker', m.id, m.kind, coalesce(p.name, l.said), m.made_up,
        coalesce(p.restricted, l.restricted), coalesce(m.person_id, -m.location_id)
        from pole_warningmarker m left join pole_person p on p.id = m.person_id
        left join pole_location l on l.id = m.location_id where m.id = any (%s)""",
}


@dataclass(frozen=True)
class Named:
    """A record as it is named on a page: title, what tells it from others, the address of its page ("" for none)."""

    kind: str
    id: int
    title: str
    detail: str = ""
    address: str = ""
    tags: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The kind in the words people use: "place"."""
        return kind_words(self.kind)

    @property
    def whole(self) -> str:
        """Title and detail in one line."""
        return f"{self.title}, {self.detail}" if self.detail else self.title


def kind_words(kind: str) -> str:
    """What people call a kind of record."""
    return KIND_WORDS.get(kind, kind.replace("_", " "))


def named(wanted: Iterable[Key]) -> dict[Key, Named]:
    """The names of many records of any kind: one query for all of POLE, one for each kind of another area.

    One that the viewer may not see, or that is not there, is left out; of a kind that no area names, only kind and id
    are told.
    """
    asked: dict[str, set[int]] = {}
    for kind, record_id in wanted:
        asked.setdefault(kind, set()).add(record_id)
    ours = {k: v for k, v in asked.items() if k in SELECTS}
    others = [(k, i) for k, ids in asked.items() if k not in SELECTS for i in ids]
    found = {key: Named(*key, f"{kind_words(key[0])} {key[1]}") for key in others if not records.is_known(key[0])}
    found |= {key: _other(key, label) for key, label in records.labels(others).items()}
    return found | _ours(ours)


def _other(key: Key, label: RecordLabel) -> Named:
    return Named(*key, f"{kind_words(key[0])} {label.reference}", label.place, label.address, label.tags)


def _ours(asked: Mapping[str, set[int]]) -> dict[Key, Named]:
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(SELECTS[k] for k in asked), [sorted(ids) for ids in asked.values()])
        return {(row[0], row[1]): _one(*row) for row in cursor.fetchall()}


def _one(kind: str, record_id: int, title: str, detail: str, made_up: bool, restricted: bool, on: int) -> Named:
    tags = (("Made up",) if made_up else ()) + (("Restricted",) if restricted else ())
    if kind != "warning_marker":
        return Named(kind, record_id, title, detail, address(kind, record_id), tags)
    place = address("person", on) if on > 0 else address("location", -on)
    return Named(kind, record_id, f"Marker: {MarkerKind(title).label}", detail, place, tags)


def address(kind: str, record_id: int) -> str:
    """The address of the page of a record of POLE."""
    return reverse(f"pole:{kind}", args=[record_id])


def _labels(kind: str, ids: Sequence[int]) -> dict[int, RecordLabel]:
    """The labels of records of POLE for worklists of every area."""
    return {n.id: RecordLabel(n.title, n.address, n.detail, n.tags) for n in _ours({kind: set(ids)}).values()}


def ready() -> None:
    """Tell worklists how the records of POLE are named; none of them is found by a reference."""
    for kind in SELECTS:
        records.register(kind, records.RecordKind(kind_words(kind), partial(_labels, kind), lambda _: None))
