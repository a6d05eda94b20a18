"""The API of webhooks: subscribe, take and acknowledge, send dead letters again."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from iops.exchange.webhooks import selectors, services, signing
from iops.exchange.webhooks.selectors import Standing
from iops.exchange.webhooks.sources import EVENTS
from iops.foundation.accounts.selectors import by_username
from iops.foundation.api import Id, Line, Text, viewer
from iops.foundation.errors import NotFoundError
from iops.rulebook.needs import Needed

router = Router(tags=["webhooks"])
MOST = 1000
ONE = "/webhooks/{subscription_id}"


class EventOut(Schema):
    """One kind of event."""

    event: str
    says: str


class SubscriptionIn(Schema):
    """A subscription: `account` is one's own unless an administrator subscribes another; without `url` it pulls."""

    name: Annotated[Line, Field(max_length=100), Needed("identity-of-user")]
    events: Annotated[list[Line], Field(max_length=100), Needed("interface-contract")]
    url: Annotated[str, Field(max_length=500)] = ""
    districts: Annotated[list[Id], Field(max_length=MOST, default_factory=list)]
    shared_only: bool = False
    account: Annotated[Line, Field(max_length=60)] = ""


class SubscriptionOut(Schema):
    """A subscription and how its deliveries stand. Times are UTC."""

    id: int
    account: str
    name: str
    url: str
    events: list[str]
    districts: list[int]
    shared_only: bool
    state: str
    made_at: dt.datetime
    waiting: int
    acknowledged: int
    withheld: int
    dead: int
    oldest_waiting: dt.datetime | None

    @classmethod
    def of(cls, found: Standing) -> Self:
        """A subscription as the API shows it."""
        s = found.subscription
        kept = ("id", "name", "url", "events", "districts", "shared_only", "made_at")
        shown: dict[str, Any] = {name: getattr(s, name) for name in kept} | found.counts
        return cls(**shown, account=s.account.username, state=found.state, oldest_waiting=found.oldest_waiting)


class MadeOut(SubscriptionOut):
    """A subscription with its secret, which is shown when it is made or changed."""

    secret: str


class PausedIn(Schema):
    """Whether deliveries are kept back."""

    paused: Annotated[bool, Needed("step-itself")]


class AddressIn(Schema):
    """Where deliveries go from now on."""

    url: Annotated[str, Field(max_length=500), Needed("interface-contract")]


class ReasonIn(Schema):
    """Why."""

    reason: Annotated[Text, Needed("change-reason")]


class IdsIn(Schema):
    """Deliveries by their numbers."""

    ids: Annotated[list[Id], Field(max_length=MOST), Needed("which-record")]


class CountOut(Schema):
    """How many deliveries it was done to."""

    done: int


class LetterOut(Schema):
    """One delivery, without what it says."""

    id: int
    event: str
    reference: str
    at: dt.datetime
    state: str
    attempts: int
    next_at: dt.datetime
    answer: str


class LettersOut(Schema):
    """The newest deliveries of `total`; `withheld` are of restricted records."""

    total: int
    withheld: int
    rows: list[LetterOut]


@router.get("/webhooks/events", response=list[EventOut])
def events(request: HttpRequest) -> list[EventOut]:
    """Every event that can be subscribed to."""
    return [EventOut(event=name, says=says) for name, says in EVENTS.items()]


@router.get("/webhooks", response=list[SubscriptionOut])
def subscriptions(request: HttpRequest) -> list[SubscriptionOut]:
    """One's own subscriptions; all of them for an administrator."""
    return [SubscriptionOut.of(s) for s in selectors.standings(viewer(request))]


@router.post("/webhooks", response={201: MadeOut})
def subscribe(request: HttpRequest, given: SubscriptionIn) -> Status[MadeOut]:
    """Subscribe to events."""
    by = viewer(request)
    account = by_username(given.account) if given.account else by
    if account is None:
        raise NotFoundError("There is no such account.", details={"field": "account"})
    made = services.subscribe(**given.dict(exclude={"account"}), account=account, by=by)
    return Status(201, _made(request, made.id))


@router.get(ONE, response=SubscriptionOut)
def subscription(request: HttpRequest, subscription_id: Id) -> SubscriptionOut:
    """One subscription."""
    return SubscriptionOut.of(selectors.standing(subscription_id, viewer(request)))


@router.post(f"{ONE}/paused", response=SubscriptionOut)
def set_paused(request: HttpRequest, subscription_id: Id, given: PausedIn) -> SubscriptionOut:
    """Keep deliveries back, or let them go."""
    services.set_paused(subscription_id, given.paused, viewer(request))
    return subscription(request, subscription_id)


@router.post(f"{ONE}/address", response=SubscriptionOut)
def set_address(request: HttpRequest, subscription_id: Id, given: AddressIn) -> SubscriptionOut:
    """Send to another address."""
    services.set_address(subscription_id, given.url, viewer(request))
    return subscription(request, subscription_id)


@router.post(f"{ONE}/secret", response=MadeOut)
def new_secret(request: HttpRequest, subscription_id: Id) -> MadeOut:
    """Sign with a new secret; the answer holds it."""
    services.new_secret(subscription_id, viewer(request))
    return _made(request, subscription_id)


@router.post(f"{ONE}/end", response=SubscriptionOut)
def end(request: HttpRequest, subscription_id: Id, given: ReasonIn) -> SubscriptionOut:
    """End the subscription."""
    services.end(subscription_id, given.reason, viewer(request))
    return subscription(request, subscription_id)


@router.post(f"{ONE}/take", response=list[dict[str, Any]])
def take(request: HttpRequest, subscription_id: Id) -> list[dict[str, Any]]:
    """What waits for a subscription that pulls, in order, at most 100; the same again until it is acknowledged."""
    return services.take(subscription_id, viewer(request))


@router.post(f"{ONE}/acknowledge", response=CountOut)
def acknowledge(request: HttpRequest, subscription_id: Id, given: IdsIn) -> CountOut:
    """Acknowledge deliveries that were taken, or sent."""
    return CountOut(done=services.acknowledge(subscription_id, given.ids, viewer(request)))


@router.get(f"{ONE}/deliveries", response=LettersOut)
def deliveries(
    request: HttpRequest,
    subscription_id: Id,
    state: Literal["waiting", "acknowledged", "withheld", "dead"] = "dead",
) -> LettersOut:
    """The newest deliveries that stand so."""
    found = selectors.letters(subscription_id, viewer(request), (state,))
    kept = ("id", "event", "at", "state", "attempts", "next_at", "answer")
    rows = [
        LetterOut(reference=one.reference, **{name: getattr(one.delivery, name) for name in kept})
        for one in found.shown
    ]
    return LettersOut(total=found.total, withheld=found.withheld, rows=rows)


@router.post(f"{ONE}/send-again", response=CountOut)
def send_again(request: HttpRequest, subscription_id: Id, given: IdsIn) -> CountOut:
    """Send dead letters again."""
    return CountOut(done=services.send_again(subscription_id, given.ids, viewer(request)))


def _made(request: HttpRequest, subscription_id: int) -> MadeOut:
    found = selectors.standing(subscription_id, viewer(request))
    return MadeOut(**SubscriptionOut.of(found).dict(), secret=signing.secret_of(found.subscription))
