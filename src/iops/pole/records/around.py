"""What hangs together with a record as a graph to be drawn, and the same as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.pole.records import chart
from iops.pole.records.labels import kind_words
from iops.web.words import LONDON, day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from iops.pole.records.counts import Event
    from iops.pole.records.labels import Key, Named
    from iops.pole.records.values import Value

EVENTS_SHOWN = 100
"""Events that the table names; it says when there are more, and the timeline holds all."""
SIGNS = {"organisation": "O", "location": "L", "email": "@", "phone": "T", "item": "#"}
GROUPS = {
    "person": "People",
    "location": "Places",
    "vehicle": "Vehicles",
    "phone": "Telephones",
    "email": "E-mail",
    "organisation": "Organisations",
    "item": "Objects",
}
TABLE = "#linked"


@dataclass(frozen=True)
class Row:
    """One record around another, in words: how it hangs together, what it is, since when or when."""

    how: str
    record: Named
    when: str
    ended: bool


@dataclass(frozen=True)
class Around:
    """All that hangs together with a record, twice: drawn and as rows. `more_events` are not among the rows."""

    wide: chart.Drawing
    narrow: chart.Drawing
    rows: tuple[Row, ...]
    drawn: int
    more_events: int


def around(
    centre: Named, own: frozenset[int], links: Sequence[Value], events: Sequence[Event], names: Mapping[Key, Named]
) -> Around:
    """What is around a record: its standing links, and the latest events it is involved in.

    `own` are the ids that are the record itself under other numbers (merged nominals), which are not drawn.
    """
    shown = events[:EVENTS_SHOWN]
    rows = [_link_row(v) for v in links if v.named] + [_event_row(e, names) for e in shown if (e.kind, e.id) in names]
    graph = _graph(centre, own, rows)
    cut = chart.cut(graph, TABLE)
    more = len(events) - len(shown)
    drawn = sum(n.sign != "+" for n in cut.nodes) - 1
    return Around(chart.sides(cut), chart.column(cut), tuple(rows), drawn, more)


def _link_row(value: Value) -> Row:
    assert value.named is not None  # noqa: S101 - the caller asks for links alone
    return Row(value.label, value.named, value.period, not value.present)


def _event_row(event: Event, names: Mapping[Key, Named]) -> Row:
    when = day(event.at.astimezone(LONDON).date())
    return Row(f"{', '.join(event.roles)} in", names[event.kind, event.id], when, ended=False)


def _graph(centre: Named, own: frozenset[int], rows: Sequence[Row]) -> chart.Graph:
    middle = f"{centre.kind} {centre.id}"
    nodes = {middle: _node(centre, "", "")}
    edges = []
    for row in rows:
        record = row.record
        if record.kind == centre.kind and record.id in own:
            continue
        key = f"{record.kind} {record.id}"
        group = GROUPS.get(record.kind, f"{kind_words(record.kind).capitalize()}s")
        nodes.setdefault(key, _node(record, group, row.when))
        edges.append(chart.Edge(middle, key, row.how, row.ended))
    return chart.Graph(f"What hangs together with {centre.title}", middle, tuple(nodes.values()), tuple(edges))


def _node(record: Named, group: str, when: str) -> chart.Node:
    sign = SIGNS.get(record.kind, record.kind[:1].upper())
    parts = (record.detail, when) if record.kind in GROUPS else (when, record.detail)
    detail = ", ".join(part for part in parts if part)
    return chart.Node(f"{record.kind} {record.id}", record.title, group, detail, record.address, sign)
