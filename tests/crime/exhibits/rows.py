"""One row of every table of property, for the properties that go over all tables."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from iops.crime.models import (
    Exhibit,
    ExhibitMove,
    ExhibitSeal,
    PropertyStore,
    Retention,
    RetentionReview,
    StockAnswer,
    StockCheck,
    StockDifference,
)
from iops.crime.recorded.recording import year_of
from iops.foundation import clock
from tests.crime.outcomes.rows import supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.crime.models import Crime
    from iops.foundation.models import Fact, User


def property_of(crime: Crime, number: int, by: User) -> Iterator[Fact]:
    """An exhibit of a crime that is stored, sealed, kept, reviewed, and missed by a count."""
    now = clock.now()
    said: dict[str, Any] = {"at": now, "by": supervisor(by)}
    one = Exhibit.objects.create(
        year=year_of(now), number=number, incident=crime.incident, crime=crime, mark=f"JS/{number}", kind="weapon",
        description="x", power="pace_32", seized_at=now, seized_where="x", seized_by=by, **said,
    )  # fmt: skip
    store = PropertyStore.objects.create(code=uuid4().hex[:12].upper(), name="Store (made up)")
    first = ExhibitMove.objects.get(exhibit=one)
    yield from (one, store, first)
    yield ExhibitMove.objects.create(
        exhibit=one, before=first, movement="stored", from_user=by, to_store=store, reason="x", **said
    )
    yield ExhibitSeal.objects.create(exhibit=one, seal=uuid4().hex[:12].upper(), **said)
    kept = Retention.objects.create(
        exhibit=one, reason="appeal", review_on=clock.today() + dt.timedelta(days=9), **said
    )
    yield kept
    yield RetentionReview.objects.create(retention=kept, exhibit=one, keeps=False, reason="x", **said)
    count = StockCheck.objects.create(store=store, expected=1, scanned=0, **said)
    missed = StockDifference.objects.create(
        check_made=count, exhibit=one, code=one.reference, difference="missing", at=now
    )
    yield from (count, missed)
    yield StockAnswer.objects.create(difference=missed, words="x", **said)
