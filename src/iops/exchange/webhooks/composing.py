"""What a subscriber is told: each delivery as the account of its subscription may see it, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from iops.exchange.models import Delivery, Subscription
from iops.foundation.consultation import consulted
from iops.foundation.context import acting
from iops.foundation.identifiers import uuid7
from iops.obligations import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Composed:
    """The deliveries that may be told, in order, and the ids of those whose records the account may not see."""

    told: tuple[tuple[Delivery, dict[str, Any]], ...]
    hidden: tuple[int, ...]


def compose(subscription: Subscription, ids: Sequence[int]) -> Composed:
    """Read deliveries in the name of the subscription's account, so that row-level security decides what it is told.

    The look is kept in the consultation log: telling a system is showing to it.
    """
    account = subscription.account
    with acting(user_id=account.id, request_id=str(uuid7()), reason="webhook"):
        seen = (
            list(
                Delivery.objects.filter(id__in=ids, subscription=subscription)
                .select_related("district")
                .order_by("seq")
            )
            if account.is_active
            else []
        )
        names = records.labels((d.record_kind, d.record_id) for d in seen)
        told = tuple((d, _body(d, names.get((d.record_kind, d.record_id)))) for d in seen)
        _keep(subscription, seen)
    hidden = tuple(set(ids) - {d.id for d in seen})
    return Composed(told, hidden)


def _body(d: Delivery, label: records.RecordLabel | None) -> dict[str, Any]:
    return {
        "delivery": d.id,
        "event": d.event,
        "at": d.at,
        "sequence": d.seq,
        "record": {"kind": d.record_kind, "id": d.record_id, "reference": label.reference if label else None},
        "district": d.district.code if d.district else None,
        "facts": d.facts,
        "sent_again": d.resent,
    }


def written(body: dict[str, Any]) -> bytes:
    """The bytes that are sent and signed."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def _keep(subscription: Subscription, seen: Iterable[Delivery]) -> None:
    kinds: dict[str, set[int]] = {}
    for delivery in seen:
        # A second attempt tells the same thing again.
        if delivery.attempts <= 1:
            kinds.setdefault(delivery.record_kind, set()).add(delivery.record_id)
    for kind, ids in kinds.items():
        consulted(kind, ids, subscription.account, {"subscription": subscription.id}, purpose="webhook")
