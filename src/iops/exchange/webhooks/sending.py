"""The sender: claims what is due, tells it, and writes down what came of it. It runs in the worker.

At least once: a delivery is claimed for a while (a lease), sent, and ended only by its acknowledgement. Whoever is
killed in between leaves it claimed, and when the lease is over it is sent again, under the same number. In order: of
one record only the first that waits is ever claimed.
"""

from __future__ import annotations

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from iops.exchange.models import Delivery, Subscription
from iops.exchange.webhooks import signing
from iops.exchange.webhooks.calling import Answer, call
from iops.exchange.webhooks.composing import compose, written
from iops.foundation.context import acting
from iops.foundation.sessions import wall_clock

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    Call = Callable[[str, bytes, dict[str, str]], Answer]

AT_ONCE = 16
"""Deliveries of one subscription claimed at once, and calls made side by side."""
LEASE = "60 seconds"
FIRST_PAUSE, LONGEST_PAUSE = 10, 3600
"""Seconds."""
IDLE = 1.0
"""Seconds between two looks when nothing was due."""
ESCALATIONS_EVERY = 30
"""Looks between two questions whether a duty has gone up."""
CHANCE = random.SystemRandom().randrange


@dataclass(frozen=True)
class Claimed:
    """One delivery on its way: how often it was tried, since when, and what is sent where."""

    id: int
    attempts: int
    first_tried_at: dt.datetime
    url: str
    body: bytes
    headers: dict[str, str]


def send_forever(stop: threading.Event) -> None:
    """Send until told to stop: the worker's thread."""
    looks = 0
    while not stop.is_set():
        if looks % ESCALATIONS_EVERY == 0:
            tell_escalations()
        looks += 1
        if not send_due():
            stop.wait(IDLE)


def send_due(call_: Call = call) -> int:
    """Send everything that is due now, once; how many deliveries were claimed."""
    claimed = _claim()
    if not claimed:
        return 0
    ready = _composed(claimed)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for one, answer in zip(ready, pool.map(lambda c: call_(c.url, c.body, c.headers), ready), strict=True):
            _answered(one, answer)
    return len(claimed)


def tell_escalations() -> int:
    """Write the events of duties that have gone up to a role since the last look; how many there were."""
    with acting(reason="duties that have gone up"), connection.cursor() as cursor:
        cursor.execute("select iops.tell_escalations()")
        return int(cursor.fetchone()[0])


def pause_after(attempts: int, *, chance: Callable[[int], int] = CHANCE) -> int:
    """Seconds to wait after so many attempts: twice as many each time, an hour at most, of which up to half by chance.

    By chance, so that a subscriber that comes back is not called for everything at one moment.
    """
    half = min(LONGEST_PAUSE, FIRST_PAUSE << min(attempts - 1, 20)) // 2
    return half + chance(half + 1)


def _claim() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select delivery_id from iops.claim_deliveries(%s, %s)", [AT_ONCE, LEASE])
        return [row[0] for row in cursor.fetchall()]


def _composed(claimed: Sequence[int]) -> list[Claimed]:
    """What is to be sent; what its account may not see is withheld."""
    ready = []
    for subscription, ids in _by_subscription(claimed):
        composed = compose(subscription, ids)
        if composed.hidden:
            withhold(subscription.id, composed.hidden)
        ready += [_ready(subscription, d, written(body)) for d, body in composed.told]
    return ready


def _by_subscription(claimed: Sequence[int]) -> list[tuple[Subscription, list[int]]]:
    with connection.cursor() as cursor:
        cursor.execute("select * from iops.subscriptions_of(%s)", [list(claimed)])
        rows = cursor.fetchall()
    found = []
    for subscription_id, account_id, ids in rows:
        with acting(user_id=account_id):
            found.append((Subscription.objects.select_related("account").get(id=subscription_id), ids))
    return found


def _ready(subscription: Subscription, d: Delivery, body: bytes) -> Claimed:
    now = wall_clock()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "iOPS webhook/1",
        "IOPS-Event": d.event,
        "IOPS-Delivery": str(d.id),
        "IOPS-Attempt": str(d.attempts),
        signing.HEADER: signing.signature(signing.secret_of(subscription), int(now.timestamp()), body),
    }
    return Claimed(d.id, d.attempts, d.first_tried_at or now, subscription.url, body, headers)


def _answered(one: Claimed, answer: Answer) -> None:
    """Write down what came of a call; after some days without an acknowledgement it is a dead letter."""
    days: int = settings.IOPS_WEBHOOK_DAYS
    given_up = wall_clock() - one.first_tried_at >= dt.timedelta(days=days)
    again = None if answer.acknowledged or given_up else pause_after(one.attempts)
    with connection.cursor() as cursor:
        cursor.execute(
            "select iops.answer_delivery(%s, %s, %s, make_interval(secs => %s))",
            [one.id, answer.acknowledged, answer.words, again],
        )


def withhold(subscription_id: int, ids: Sequence[int]) -> None:
    """End deliveries whose records the account of their subscription may not see; they are counted, never sent."""
    words = "the account of the subscription may not see this record"
    with connection.cursor() as cursor:
        cursor.execute("select iops.end_deliveries(%s, %s, 'withheld', %s)", [subscription_id, list(ids), words])
