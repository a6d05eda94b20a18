"""The verbs of webhooks: subscribe, pause, change the secret, end; take and acknowledge deliveries; send again.

An administrator does it for any account; an account does it for itself, by a token with the scope `webhooks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from iops.exchange.models import Subscription
from iops.exchange.webhooks.addresses import target
from iops.exchange.webhooks.composing import compose
from iops.exchange.webhooks.sending import withhold
from iops.exchange.webhooks.sources import EVENTS
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import District, User
from iops.foundation.roles import Role
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_NAME = 100
MOST_TAKEN = 100
MOST_AT_ONCE = 1000
LEAST_REASON = 3


@verb
def subscribe(
    *,
    account: User,
    name: str,
    events: Sequence[str],
    by: User,
    url: str = "",
    districts: Sequence[int] = (),
    shared_only: bool = False,
) -> Subscription:
    """Have an account told of events from now on, at `url` or, without one, by asking for them.

    `districts` empty means every one; `shared_only` means only incidents that the account handed over. Raises
    NotAllowedError for the account of somebody else, AddressRefusedError, InvalidError for an event or a district that
    there is not.
    """
    _may(account, by)
    if not account.is_active:
        raise ConflictError(f"The account of {account.name} is not in use.")
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidError("Say in one line what it is for.", details={"field": "name"})
    unknown = sorted(set(events) - set(EVENTS))
    if unknown or not events:
        wrong = f"There is no event {', '.join(unknown)[:200]}." if unknown else "Choose an event."
        raise InvalidError(wrong, mend=f"There are: {', '.join(EVENTS)}.", details={"field": "events"})
    if District.objects.filter(id__in=districts).count() != len(set(districts)):
        raise InvalidError("There is no such district.", details={"field": "districts"})
    if url:
        target(url)
    with writing(by, reason=f"subscription: {name.strip()}"):
        return Subscription.objects.create(
            account=account,
            name=name.strip(),
            url=url,
            events=sorted(set(events)),
            districts=sorted(set(districts)),
            shared_only=shared_only,
            made_at=clock.now(),
            made_by=by,
        )


@verb
def set_paused(subscription_id: int, paused: bool, by: User) -> Subscription:
    """Keep deliveries back for a while, or let them go again; nothing is lost in between."""
    return _changed(subscription_id, by, "paused" if paused else "goes on", paused=paused)


@verb
def new_secret(subscription_id: int, by: User) -> Subscription:
    """Sign with a new secret from now on; the old one is worth nothing at once."""
    number = _one(subscription_id, by).secret_number
    return _changed(subscription_id, by, "new secret", secret_number=number + 1)


@verb
def set_address(subscription_id: int, url: str, by: User) -> Subscription:
    """Send to another address from now on, also what waits. A subscription that pulls stays one."""
    found = _one(subscription_id, by)
    if found.pulls or not url:
        raise ConflictError("How a subscription is told does not change.", mend="End it and make another.")
    target(url)
    return _changed(subscription_id, by, "address changed", url=url)


@verb
def end(subscription_id: int, reason: str, by: User) -> Subscription:
    """End a subscription, with a reason: it is told nothing from now on, and what waits stays unsent, on record."""
    if len(text(reason, "Reason").strip()) < LEAST_REASON:
        raise InvalidError("This needs a reason.", details={"field": "reason"})
    return _changed(subscription_id, by, reason, ended_at=clock.now(), ended_reason=reason.strip())


@verb
def take(subscription_id: int, by: User, most: int = MOST_TAKEN) -> list[dict[str, Any]]:
    """What waits for a subscription that pulls, in order; the same comes again until it is acknowledged.

    Only the account itself takes: what it is shown is what *it* may see.
    """
    found = _one(subscription_id, by)
    if found.account_id != by.id:
        raise NotAllowedError("Deliveries are taken by the account they are for.")
    if not found.pulls:
        raise ConflictError("These deliveries are sent to an address.", mend="Make a subscription without one.")
    if found.paused or found.ended_at is not None:
        return []
    composed = compose(found, _waiting(found.id, min(max(most, 1), MOST_TAKEN)))
    if composed.hidden:
        withhold(found.id, composed.hidden)
    return [body for _, body in composed.told]


@verb
def acknowledge(subscription_id: int, ids: Sequence[int], by: User) -> int:
    """The account has what these deliveries say; how many of them were waiting."""
    found = _one(subscription_id, by)
    if found.account_id != by.id:
        raise NotAllowedError("Deliveries are acknowledged by the account they are for.")
    return _ask("select iops.end_deliveries(%s, %s, 'acknowledged', 'acknowledged by the account')", found.id, ids)


@verb
def send_again(subscription_id: int, ids: Sequence[int], by: User) -> int:
    """Dead letters wait again, from the first attempt; how many there were. They come after what was sent since."""
    found = _one(subscription_id, by)
    return _ask("select iops.send_again(%s, %s)", found.id, ids)


def _waiting(subscription_id: int, most: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select delivery_id from iops.waiting_deliveries(%s, %s)", [subscription_id, most])
        return [row[0] for row in cursor.fetchall()]


def _ask(statement: str, subscription_id: int, ids: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [subscription_id, list(ids)[:MOST_AT_ONCE]])
        return int(cursor.fetchone()[0])


def _changed(subscription_id: int, by: User, reason: str, **values: object) -> Subscription:
    found = _one(subscription_id, by)
    if found.ended_at is not None:
        raise ConflictError("This subscription has ended.", mend="Make another.")
    with writing(by, reason=reason):
        for name, value in values.items():
            setattr(found, name, value)
        found.save(update_fields=list(values))
    return found


def _one(subscription_id: int, by: User) -> Subscription:
    """The subscription, for its account and for administrators; for others there is none."""
    found = Subscription.objects.select_related("account").filter(id=subscription_id).first()
    if found is None:
        raise NotFoundError("There is no such subscription.")
    _may(found.account, by)
    return found


def _may(account: User, by: User) -> None:
    if by.id != account.id and not by.holds((Role.ADMINISTRATOR,)):
        raise NotAllowedError("An account subscribes for itself, an administrator for any.")
