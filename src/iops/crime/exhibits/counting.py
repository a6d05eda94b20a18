"""Counting a property store: what was scanned beside what the chains say is there. Every difference owes an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.exhibits.finding import by_code
from iops.crime.models import (
    Difference,
    Exhibit,
    ExhibitMove,
    PropertyStore,
    StockAnswer,
    StockCheck,
    StockDifference,
)
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import LADDER
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iops.foundation.models import User

MOST_SCANNED = 20_000
LONGEST_CODE = 60


@verb
def count_store(store_id: int, scanned: Sequence[str], by: User) -> StockCheck:
    """Count a store: the codes of all that lies in it, each number or seal once; twice scanned counts once.

    What is restricted to others reads as unknown to whoever counts: a supervisor on its list answers for it. Raises
    InvalidError for too many codes, NotFoundError for no such store.
    """
    store = PropertyStore.objects.filter(id=store_id).first()
    if store is None:
        raise NotFoundError("There is no such store.", details={"field": "store"})
    if len(scanned) > MOST_SCANNED:
        raise InvalidError(f"More than {MOST_SCANNED:,} codes: count the store in parts.", details={"field": "codes"})
    codes = [c for c in dict.fromkeys(" ".join(s.split())[:LONGEST_CODE].upper() for s in scanned) if c]
    found, unknown = _read(codes)
    expected = {e.id: e for e in lying_in(store.id)}
    now = clock.now()
    with writing(by, reason="store counted"):
        made = StockCheck.objects.create(store=store, expected=len(expected), scanned=len(codes), at=now, by=by)
        for difference, exhibit, code in _differences(expected, found, unknown):
            StockDifference.objects.create(check_made=made, exhibit=exhibit, code=code, difference=difference, at=now)
    return made


def _read(codes: Sequence[str]) -> tuple[dict[int, tuple[Exhibit, str]], list[str]]:
    found: dict[int, tuple[Exhibit, str]] = {}
    unknown = []
    for code in codes:
        exhibit = by_code(code)
        if exhibit is None:
            unknown.append(code)
        else:
            found.setdefault(exhibit.id, (exhibit, code))
    return found, unknown


def lying_in(store_id: int) -> list[Exhibit]:
    """The exhibits whose last movement was into this store."""
    last = ExhibitMove.objects.filter(to_store_id=store_id, after=None).select_related("exhibit").order_by("exhibit_id")
    return [move.exhibit for move in last]


def _differences(
    expected: dict[int, Exhibit], found: dict[int, tuple[Exhibit, str]], unknown: Sequence[str]
) -> Iterator[tuple[str, Exhibit | None, str]]:
    for exhibit in expected.values():
        if exhibit.id not in found:
            yield Difference.MISSING, exhibit, exhibit.reference
    for exhibit, code in found.values():
        if exhibit.id not in expected:
            yield Difference.SURPLUS, exhibit, code
    for code in unknown:
        yield Difference.UNKNOWN, None, code


@verb
def answer_difference(difference_id: int, words: str, by: User) -> StockAnswer:
    """Say what became of a difference; a supervisor does. Raises NotAllowedError, ConflictError, InvalidError."""
    found = StockDifference.objects.filter(id=difference_id).first()
    if found is None:
        raise NotFoundError("There is no such difference.")
    if not by.holds(LADDER):
        raise NotAllowedError("A supervisor says what became of it.")
    if StockAnswer.objects.filter(difference=found).exists():
        raise ConflictError("That was answered already.")
    with writing(by, reason="stock answered"):
        return StockAnswer.objects.create(difference=found, words=text(words, "Answer"), at=clock.now(), by=by)
