"""The outbox: what is due is delivered at least once, tried again when it fails, and shown when it is given up.

A try is written down and committed before it is made, so that a crash at any point leaves it on record; it is made
again when its lease is over, with the same bytes under the same name. Between claim and outcome no transaction is open:
a slow mail server keeps nobody waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
from django.db.models import Q

from iops.foundation import clock
from iops.foundation.errors import IopsError
from iops.foundation.logs import log
from iops.obligations.services import writing
from iops.safeguarding.models import Delivery, DeliveryAttempt
from iops.safeguarding.referrals import links
from iops.safeguarding.referrals.channels import CHANNELS, UndeliverableError
from iops.safeguarding.referrals.content import bars_of, reference
from iops.safeguarding.referrals.guard import BarredError
from iops.safeguarding.referrals.package import archive, is_genuine, texts
from iops.safeguarding.referrals.sharing import sharing

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_AT_ONCE = 500
WAITING = Q(delivered_at=None, dead_at=None, stopped_at=None)


@dataclass(frozen=True)
class Claimed:
    """One delivery that is ours to try until its lease is over."""

    delivery_id: int
    attempt_id: int


def deliver_due() -> int:
    """Deliver whatever is due; how many arrived. What goes wrong with one keeps none of the others waiting."""
    arrived = 0
    for _ in range(MOST_AT_ONCE):
        claimed = claim()
        if claimed is None:
            break
        arrived += attempt(claimed)
    return arrived


def claim() -> Claimed | None:
    """Take the delivery that has waited longest, and write down that it is being tried; None when nothing is due."""
    with writing(None, reason="delivery tried"):
        at = clock.now()
        due = Delivery.objects.filter(WAITING, next_at__lte=at).order_by("next_at", "id")
        delivery = due.select_for_update(skip_locked=True, of=("self",)).first()
        if delivery is None:
            return None
        delivery.tries += 1
        delivery.next_at = at + timedelta(minutes=sharing().lease)
        delivery.save(update_fields=["tries", "next_at"])
        tried = DeliveryAttempt.objects.create(delivery=delivery, number=delivery.tries, started_at=at)
        return Claimed(delivery.id, tried.id)


def attempt(claimed: Claimed, channels: dict[str, Callable[[str, str, bytes], str]] = CHANNELS) -> bool:
    """Make the try and write down how it ended; whether it arrived."""
    try:
        receipt = _carried(claimed.delivery_id, channels)
    except BarredError as error:
        return _failed(claimed, str(error), for_good=True)
    except IopsError as error:
        return _failed(claimed, str(error))
    except Exception as error:  # noqa: BLE001 - one broken delivery must not stop the others; its words stay out
        log.error("delivery-failed", exc_info=error)
        return _failed(claimed, f"Something unexpected went wrong ({type(error).__name__}).")
    return _arrived(claimed, receipt)


def _carried(delivery_id: int, channels: dict[str, Callable[[str, str, bytes], str]]) -> str:
    """Read, check and send one package; the receipt. The must-not-receive list is asked again: it may have grown."""
    with writing(None, reason="delivery tried"):
        delivery = Delivery.objects.select_related("disclosure__referral__agency").get(id=delivery_id)
        disclosure = delivery.disclosure
        referral = disclosure.referral
        bars = bars_of(disclosure.incident_id)
        bars.check_recipient(referral.agency.name, delivery.address, referral.attention)
        bars.check_content(texts(orjson.loads(disclosure.content)))
        if not is_genuine(disclosure):
            raise UndeliverableError("The package is not as it was signed.", mend="Revoke it and draft it again.")
        link = links.address(referral)
        package = archive(disclosure, link, disclosure.at)
        channel, address, name = delivery.channel, delivery.address, reference(referral.id)
    return channels[channel](address, name, package)


def _arrived(claimed: Claimed, receipt: str) -> bool:
    with writing(None, reason="delivered"):
        at = clock.now()
        DeliveryAttempt.objects.filter(id=claimed.attempt_id, ended_at=None).update(
            ended_at=at, delivered=True, receipt=receipt[:300]
        )
        # Revoked meanwhile: that it arrived after all stays on record with the attempt.
        Delivery.objects.filter(WAITING, id=claimed.delivery_id).update(delivered_at=at, last_error="")
        return True


def _failed(claimed: Claimed, said: str, *, for_good: bool = False) -> bool:
    with writing(None, reason="delivery failed"):
        at = clock.now()
        DeliveryAttempt.objects.filter(id=claimed.attempt_id, ended_at=None).update(
            ended_at=at, delivered=False, error=said[:200]
        )
        of = Delivery.objects.filter(WAITING, id=claimed.delivery_id)
        delivery = of.first()
        if delivery is None:
            return False
        waits = sharing().waits
        if for_good or delivery.tries > len(waits):
            of.update(dead_at=at, last_error=said[:200])
        else:
            of.update(next_at=at + timedelta(minutes=waits[delivery.tries - 1]), last_error=said[:200])
        return False
