"""The questions asked of property: one exhibit with its chain, the list, a store with its counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from iops.crime.exhibits.finding import by_code, find, parse_reference
from iops.crime.models import (
    Crime,
    Exhibit,
    ExhibitMove,
    ExhibitSeal,
    PropertyStore,
    Retention,
    RetentionReview,
    StockCheck,
    StockDifference,
)
from iops.foundation import clock
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import NotFoundError
from iops.foundation.paging import MOST_COUNTED, PAGE_SIZE, Page, Turn, key, read_key
from iops.obligations.records import RecordLabel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from iops.foundation.models import User

SHOWN_DIFFERENCES = 200


@dataclass(frozen=True)
class One:
    """One exhibit with everything that hangs on it; the chain from the seizure on."""

    exhibit: Exhibit
    chain: tuple[ExhibitMove, ...]
    seals: tuple[ExhibitSeal, ...]
    retentions: tuple[Retention, ...]
    reviews: tuple[RetentionReview, ...]

    @property
    def now(self) -> ExhibitMove:
        """The last movement: where it is."""
        return self.chain[-1]

    @property
    def gone(self) -> bool:
        """Whether it was released or destroyed."""
        return self.now.movement in ("released", "destroyed")

    @property
    def people(self) -> tuple[int, ...]:
        """The people whose names are shown."""
        return tuple(p for p in (self.exhibit.seized_from_id, self.exhibit.owner_id) if p is not None)


@dataclass(frozen=True)
class Row:
    """One exhibit of a list, and where it is."""

    exhibit: Exhibit
    now: ExhibitMove
    seal: str


@dataclass(frozen=True)
class Listed(Page[Row]):
    """One page of the list of property."""

    def shown_ids(self) -> Iterable[int]:
        """The incidents they come out of."""
        return {row.exhibit.incident_id for row in self.rows}


@dataclass(frozen=True)
class Wanted:
    """Which property: by words of its mark or description, the store it lies in, in whose hands, to be looked at."""

    words: str = ""
    store_id: int | None = None
    holder_id: int | None = None
    due: bool = False
    page: int = 1
    after: str = ""
    before: str = ""

    @property
    def turn(self) -> Turn:
        """Which page is asked for."""
        return Turn(self.page, self.after, self.before)


@shows_no_record("says where an exhibit is in a few words, of what its caller holds")
def whereabouts(move: ExhibitMove) -> str:
    """Where a movement took it: "North store, shelf A1", "destroyed"."""
    if move.to_store is not None:
        return f"{move.to_store.name}, shelf {move.shelf}" if move.shelf else move.to_store.name
    if move.to_user is not None:
        return move.to_user.name
    return f"{move.get_movement_display().split(',')[0]}: {move.to_body}" if move.to_body else "destroyed"


@shows_no_record("makes an address of what its caller holds")
def address(exhibit: Exhibit) -> str:
    """Where the page of the exhibit is."""
    return reverse("exhibit", args=[f"PR-{exhibit.number}-{exhibit.year:%Y}"])


@shows_no_record("finds an exhibit by its number; `one` shows it and logs the look")
def by_reference(typed: str) -> Exhibit:
    """The exhibit of this number; NotFoundError when there is none that this person may see."""
    found = by_code(typed) if parse_reference(typed) else None
    if found is None:
        raise NotFoundError(f"There is no exhibit {typed[:40]}.", mend="Check the number and the year.")
    return found


@shows_no_record("finds an exhibit by what was scanned; its page logs the look")
def scanned(code: str) -> Exhibit | None:
    """The exhibit whose number or seal was scanned or typed, if this person may see it."""
    return by_code(code)


@shows_no_record("an id for a worklist's filter")
def find_id(reference: str) -> int | None:
    """The id of the exhibit of this number; None when it is none."""
    found = by_code(reference) if parse_reference(reference) else None
    return found.id if found else None


@shows_no_record("names exhibits for worklists, which log their looks")
def labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """The labels of exhibits by id; those that may not be seen are left out."""
    return {
        e.id: RecordLabel(e.reference, address(e), e.seized_where, (e.mark, e.get_kind_display()))
        for e in Exhibit.objects.filter(id__in=ids)
    }


@consults("exhibit", ids=lambda found: [found.exhibit.id])
def one(exhibit_id: int, viewer: User) -> One:  # noqa: ARG001 - the look is logged in the viewer's name
    """One exhibit with its chain. Raises NotFoundError."""
    found = find(exhibit_id)
    who = ("from_user", "to_user", "from_store", "to_store", "authority", "witness", "by")
    return One(
        found,
        tuple(found.moves.select_related(*who).order_by("step")),
        tuple(found.seals.select_related("by").order_by("-id")),
        tuple(found.retentions.select_related("by", "review", "review__by").order_by("-id")),
        tuple(RetentionReview.objects.filter(exhibit=found).select_related("by").order_by("-id")),
    )


@shows_no_record("the exhibits of a crime whose look is logged")
def of_crime(crime: Crime) -> tuple[Row, ...]:
    """The exhibits of a crime in the order of their numbers."""
    return _rows(Exhibit.objects.filter(crime=crime).order_by("id"))


def _rows(found: QuerySet[Exhibit]) -> tuple[Row, ...]:
    exhibits = list(found)
    moves = ExhibitMove.objects.filter(exhibit__in=exhibits, after=None).select_related("to_user", "to_store")
    now = {m.exhibit_id: m for m in moves}
    seals = {s.exhibit_id: s.seal for s in ExhibitSeal.objects.filter(exhibit__in=exhibits).order_by("id")}
    return tuple(Row(e, now[e.id], seals.get(e.id, "")) for e in exhibits)


@consults("incident")
def listed(viewer: User, wanted: Wanted) -> Listed:  # noqa: ARG001 - the look is logged in the viewer's name
    """One page of the property the viewer may see, the latest first. Raises InvalidError for a key of no list."""
    found, turn = _matching(wanted), wanted.turn
    order = ("at", "id") if turn.backwards else ("-at", "-id")
    rows = _rows(_from(found, turn).order_by(*order)[turn.skip : turn.skip + PAGE_SIZE + 1])
    counted = found.order_by()[: MOST_COUNTED + 1].count()
    page = turn.cut(rows, _key, total=min(counted, MOST_COUNTED), at_least=counted > MOST_COUNTED)
    return Listed(**vars(page))


def _key(row: Row) -> str:
    return key(row.exhibit.at, row.exhibit.id)


def _from(found: QuerySet[Exhibit], turn: Turn) -> QuerySet[Exhibit]:
    if not turn.key:
        return found
    at, last = read_key(turn.key, dt.datetime, int)
    beyond = "gt" if turn.backwards else "lt"
    return found.filter(**{f"at__{beyond}e": at}).filter(Q(**{f"at__{beyond}": at}) | Q(**{f"id__{beyond}": last}))


def _matching(wanted: Wanted) -> QuerySet[Exhibit]:
    found = Exhibit.objects.all()
    if words := wanted.words.replace("\x00", "").strip()[:100]:
        found = found.filter(Q(mark__iexact="".join(words.split())) | Q(description__icontains=words))
    last = ExhibitMove.objects.filter(exhibit=OuterRef("pk"), after=None)
    if wanted.store_id is not None:
        found = found.filter(Exists(last.filter(to_store_id=wanted.store_id)))
    if wanted.holder_id is not None:
        found = found.filter(Exists(last.filter(to_user_id=wanted.holder_id)))
    if wanted.due:
        due = Retention.objects.filter(exhibit=OuterRef("pk"), review=None, review_on__lte=clock.today())
        found = found.filter(Exists(due))
    return found


# --- stores ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StoreRow:
    """A store, how much lies in it as far as the viewer may see, and when it was last counted."""

    store: PropertyStore
    holds: int
    counted_at: dt.datetime | None
    open_differences: int


@shows_no_record("how much lies in each store, and none of it")
def stores() -> tuple[StoreRow, ...]:
    """Every store by its name."""
    return tuple(_store_row(store) for store in PropertyStore.objects.select_related("district").order_by("name"))


def _store_row(store: PropertyStore) -> StoreRow:
    last = store.checks.order_by("-id").first()
    return StoreRow(
        store,
        ExhibitMove.objects.filter(to_store=store, after=None).count(),
        last.at if last else None,
        StockDifference.objects.filter(check_made__store=store, answer=None).count(),
    )


@dataclass(frozen=True)
class StoreOne:
    """A store with its last count, and every difference that nobody has answered for, the oldest first."""

    row: StoreRow
    last: StockCheck | None
    differences: tuple[StockDifference, ...]


@consults("property_store", ids=lambda found: [found.row.store.id])
def store(code: str, viewer: User) -> StoreOne:  # noqa: ARG001 - the look is logged in the viewer's name
    """One store. Raises NotFoundError."""
    found = PropertyStore.objects.select_related("district").filter(code=code.upper()).first()
    if found is None:
        raise NotFoundError("There is no such store.", mend="Choose one of the list.")
    waiting = StockDifference.objects.filter(check_made__store=found, answer=None).select_related("exhibit")
    return StoreOne(
        _store_row(found),
        found.checks.select_related("by").order_by("-id").first(),
        tuple(waiting.order_by("id")[:SHOWN_DIFFERENCES]),
    )


@shows_no_record("an id for a worklist's filter")
def find_store(reference: str) -> int | None:
    """The id of the store of this code; None when it is none."""
    found = PropertyStore.objects.filter(code=reference.strip().upper()[:20]).first()
    return found.id if found else None


@shows_no_record("names stores for worklists")
def store_labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """The labels of stores by id."""
    found = PropertyStore.objects.filter(id__in=ids)
    return {s.id: RecordLabel(s.code, reverse("property-store", args=[s.code]), s.name) for s in found}
