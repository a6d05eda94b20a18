"""The triage queue: every open domestic incident in the order in which a person should look at them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from iops.control.selectors import labels
from iops.foundation import clock
from iops.foundation.consultation import consulted, shows_no_record
from iops.foundation.paging import MOST_COUNTED, PAGE_SIZE, Page, Turn, key, read_key
from iops.safeguarding.models import ChildDecision, IncidentChild, RankedItem
from iops.safeguarding.ranking.weights import in_force

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from iops.foundation.models import User
    from iops.obligations.records import RecordLabel

WORDS = {
    "recency": "how recent the last incident is",
    "frequency": "incidents in two years",
    "gravity": "harm of past crimes",
    "victims": "different victims in three years",
    "breach": "an order or bail was breached",
    "red_flags": "red flags among the answers",
    "unknown_history": "history not known, taken as the upper quarter",
}
"""Every term of the score in words, for whoever reads why an item stands where it does."""


@dataclass(frozen=True)
class QueueFilter:
    """What the queue shows; the empty filter is all of it."""

    district_id: int | None = None
    floored_only: bool = False
    undecided_children: bool = False
    after: str = ""
    before: str = ""
    page: int = 1

    @property
    def turn(self) -> Turn:
        """Which page."""
        return Turn(self.page, self.after, self.before)


@dataclass(frozen=True)
class QueueRow:
    """One item: its label, its floors in words, each term's share in thousandths of a point, and days waited."""

    item: RankedItem
    label: RecordLabel | None
    floors: tuple[str, ...]
    shares: tuple[tuple[str, int], ...]
    waited_days: int
    undecided_children: bool


@dataclass(frozen=True)
class Queue:
    """A page of the queue, and how many items the filter hides (I15). Beyond 10,000 it only says "more than"."""

    page: Page[QueueRow]
    hidden: int
    at: dt.datetime


@shows_no_record("logs its looks itself: labels are found after the rows")
def queue(viewer: User, wanted: QueueFilter) -> Queue:
    """The triage queue for whoever asks; restricted incidents they may not see are not in it.

    Raises InvalidError for a key that no queue has given out.
    """
    at = clock.now()
    rows, total = _items(wanted), 0
    total = _counted(rows)
    page = _page(rows, wanted.turn, at, total)
    consulted("incident", [r.item.incident_id for r in page.rows], viewer, {"queue": "triage"})
    return Queue(page, max(0, _counted(RankedItem.objects.all()) - total), at)


def _items(wanted: QueueFilter) -> QuerySet[RankedItem]:
    rows = RankedItem.objects.all()
    if wanted.district_id is not None:
        rows = rows.filter(incident__district_id=wanted.district_id)
    if wanted.floored_only:
        rows = rows.filter(floored=True)
    if wanted.undecided_children:
        rows = rows.filter(Exists(_undecided().filter(incident_id=OuterRef("incident_id"))))
    return rows


def _undecided() -> QuerySet[IncidentChild]:
    return IncidentChild.objects.filter(~Exists(ChildDecision.objects.filter(child_id=OuterRef("id"))))


def _counted(rows: QuerySet[RankedItem]) -> int:
    return rows[: MOST_COUNTED + 1].count()


def _page(rows: QuerySet[RankedItem], turn: Turn, at: dt.datetime, total: int) -> Page[QueueRow]:
    order = ("-floored", "-place", "reported_at", "incident_id")
    back = ("floored", "place", "-reported_at", "-incident_id")
    if turn.key:
        found = list(rows.filter(_beyond(turn)).order_by(*(back if turn.backwards else order))[: PAGE_SIZE + 1])
    else:
        found = list(rows.order_by(*order)[: PAGE_SIZE + 1])
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if turn.backwards:
        found.reverse()
    number = turn.page if turn.key else 1
    return Page(
        _rows(found, at),
        min(total, MOST_COUNTED),
        number,
        PAGE_SIZE,
        at_least=total > MOST_COUNTED,
        next=_key(found[-1]) if found and (more or turn.backwards) else "",
        previous=_key(found[0]) if found and number > 1 else "",
    )


def _key(item: RankedItem) -> str:
    return key(int(item.floored), item.place, item.reported_at, item.incident_id)


def _beyond(turn: Turn) -> Q:
    """What lies after a key in the order of the queue, or before it."""
    floored, place, reported, incident = read_key(turn.key, int, int, dt.datetime, int)
    up, down = ("gt", "lt") if not turn.backwards else ("lt", "gt")
    band = Q(**{f"floored__{down}": bool(floored)})
    same = Q(floored=bool(floored))
    older = Q(**{f"reported_at__{up}": reported}) | Q(reported_at=reported, **{f"incident_id__{up}": incident})
    return band | (same & (Q(**{f"place__{down}": place}) | (Q(place=place) & older)))


def _rows(found: list[RankedItem], at: dt.datetime) -> tuple[QueueRow, ...]:
    ids = [item.incident_id for item in found]
    names, children = labels(ids), set(_undecided().filter(incident_id__in=ids).values_list("incident_id", flat=True))
    weights = in_force(clock.today())
    return tuple(
        QueueRow(
            item,
            names.get(item.incident_id),
            tuple(weights.words(code) for code in item.floors),
            tuple((WORDS.get(t, t), share) for t, share in sorted(item.terms.items(), key=lambda x: -x[1]) if share),
            (at - item.reported_at).days,
            item.incident_id in children,
        )
        for item in found
    )
