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
from iops.obligations.models import Obligation
from iops.safeguarding.models import ChildDecision, IncidentChild, RankedItem, RankingWait
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
    owed: tuple[Obligation, ...]
    """What is owed on it and open, the earliest due first."""
    waits: bool
    """Something new is on record of its people, and it waits to be ranked by it (within a minute)."""


@dataclass(frozen=True)
class Queue:
    """A page of the queue, and how many items the filter hides (I15). Beyond 10,000 it only says "more than"."""

    page: Page[QueueRow]
    hidden: int
    hidden_at_least: bool
    waiting: int
    at: dt.datetime


@shows_no_record("logs its looks itself: labels are found after the rows")
def queue(viewer: User, wanted: QueueFilter) -> Queue:
    """The triage queue for whoever asks; restricted incidents they may not see are not in it.

    Raises InvalidError for a key that no queue has given out.
    """
    at = clock.now()
    chosen = _chosen(wanted)
    rows = RankedItem.objects.filter(chosen)
    page = _page(rows, wanted.turn, at, _counted(rows))
    consulted("incident", [r.item.incident_id for r in page.rows], viewer, {"queue": "triage"})
    hidden = _counted(RankedItem.objects.exclude(chosen)) if chosen else 0
    waiting = RankingWait.objects.values("incident_id").distinct()[: MOST_COUNTED + 1].count()
    return Queue(page, min(hidden, MOST_COUNTED), hidden > MOST_COUNTED, waiting, at)


def _chosen(wanted: QueueFilter) -> Q:
    chosen = Q()
    if wanted.district_id is not None:
        chosen &= Q(incident__district_id=wanted.district_id)
    if wanted.floored_only:
        chosen &= Q(floored=True)
    if wanted.undecided_children:
        chosen &= Q(Exists(_undecided().filter(incident_id=OuterRef("incident_id"))))
    return chosen


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
    names, owed, weights = labels(ids), _owed(ids), in_force(clock.today())
    children = set(_undecided().filter(incident_id__in=ids).values_list("incident_id", flat=True))
    waits = set(RankingWait.objects.filter(incident_id__in=ids).values_list("incident_id", flat=True))
    return tuple(
        QueueRow(
            item,
            names.get(item.incident_id),
            weights.in_words(item.floors),
            tuple((WORDS.get(t, t), share) for t, share in sorted(item.terms.items(), key=lambda x: -x[1]) if share),
            (at - item.reported_at).days,
            item.incident_id in children,
            tuple(owed.get(item.incident_id, ())),
            item.incident_id in waits,
        )
        for item in found
    )


def _owed(ids: list[int]) -> dict[int, list[Obligation]]:
    """What is open on each, the earliest due first."""
    found: dict[int, list[Obligation]] = {}
    for duty in (
        Obligation.objects.filter(record_kind="incident", record_id__in=ids, met_at=None, waived_at=None)
        .select_related("rule")
        .order_by("due_at", "rule_id")
    ):
        found.setdefault(duty.record_id, []).append(duty)
    return found
