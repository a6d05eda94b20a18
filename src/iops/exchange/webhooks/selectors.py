"""The questions asked of webhooks: how each subscription stands, and its dead letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.exchange.models import Delivery, DeliveryState, Subscription
from iops.foundation.consultation import shows_no_record
from iops.foundation.context import acting
from iops.foundation.errors import NotFoundError
from iops.obligations import records

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from iops.foundation.models import User

MOST = 100


@dataclass(frozen=True)
class Standing:
    """One subscription with its deliveries by state, and the moment of the oldest event that still waits."""

    subscription: Subscription
    counts: dict[str, int]
    oldest_waiting: dt.datetime | None

    @property
    def state(self) -> str:
        """In words."""
        found = self.subscription
        return "ended" if found.ended_at else "paused" if found.paused else "in use"


@dataclass(frozen=True)
class Letter:
    """One delivery with the reference of its record."""

    delivery: Delivery
    reference: str


@dataclass(frozen=True)
class Letters:
    """The newest deliveries of a subscription in some state, of `total`, of which `withheld` are not for the viewer."""

    shown: tuple[Letter, ...]
    total: int
    withheld: int


@shows_no_record("connections of systems, with counts")
def standings(viewer: User) -> list[Standing]:
    """Every subscription the viewer may see, the newest first."""
    with acting(user_id=viewer.id):
        counts = _counts()
        found = Subscription.objects.select_related("account").order_by("-id")
        return [_standing(s, counts.get(s.id, {})) for s in found]


@shows_no_record("one connection of a system, with counts")
def standing(subscription_id: int, viewer: User) -> Standing:
    """One subscription. Raises NotFoundError."""
    with acting(user_id=viewer.id):
        found = Subscription.objects.select_related("account").filter(id=subscription_id).first()
        if found is None:
            raise NotFoundError("There is no such subscription.")
        return _standing(found, _counts().get(found.id, {}))


@shows_no_record("events with the references of records, none of what they hold")
def letters(subscription_id: int, viewer: User, states: Collection[str] = (DeliveryState.DEAD,)) -> Letters:
    """The newest deliveries of a subscription that stand so: dead letters, unless other states are asked for."""
    found = standing(subscription_id, viewer)
    with acting(user_id=viewer.id):
        rows = Delivery.objects.filter(subscription=found.subscription, state__in=states)
        newest = list(rows.order_by("-id")[:MOST])
        names = records.labels((d.record_kind, d.record_id) for d in newest)
        visible = rows.count()
    total = sum(found.counts.get(state, 0) for state in states)
    shown = tuple(
        Letter(d, label.reference if (label := names.get((d.record_kind, d.record_id))) else "") for d in newest
    )
    return Letters(shown, total, total - visible)


def _counts() -> dict[int, dict[str, tuple[int, dt.datetime]]]:
    found: dict[int, dict[str, tuple[int, dt.datetime]]] = {}
    with connection.cursor() as cursor:
        cursor.execute("select of_subscription, how, many, oldest from iops.delivery_counts()")
        for subscription, state, many, oldest in cursor.fetchall():
            found.setdefault(subscription, {})[state] = (many, oldest)
    return found


def _standing(s: Subscription, counts: dict[str, tuple[int, dt.datetime]]) -> Standing:
    waiting = counts.get(DeliveryState.WAITING)
    numbers = {state: counts[state][0] if state in counts else 0 for state in DeliveryState.values}
    return Standing(s, numbers, waiting[1] if waiting else None)
