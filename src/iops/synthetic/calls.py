"""Calls of the small made-up force: how its incidents rang, and contacts that led to none."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from iops.control.models import CallBackAttempt, CallerPlace, Channel, Contact, Outcome, SilentCall
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from iops.foundation.models import District, User

SEED = 999
CALLS = 40
LASTS = timedelta(hours=30)
WAITS = {Channel.EMERGENCY: (1, 25), Channel.NON_EMERGENCY: (10, 420)}
"""Seconds from ring to answer, least and most, by channel."""
CONCLUDED = (
    (Outcome.ADVICE, "Told how to report a lost telephone."),
    (Outcome.ADVICE, "Told when the counter is open."),
    (Outcome.REFERRED, "Noise: referred to the council."),
    (Outcome.REFERRED, "Fall at home: referred to the ambulance service."),
    (Outcome.NO_TRACE, "Child playing with the telephone; spoke to the father."),
)


def ring(districts: Sequence[District], people: Mapping[Role, User], now: datetime) -> None:
    """Give the force its calls: five statements, however many there are. All of them are marked as made up."""
    # A chance of its own, so that the incidents stay the same whatever is changed here.
    chance = random.Random(SEED)  # noqa: S311 - made-up data, not a secret
    _rang(chance)
    handler = people[Role.CALL_HANDLER]
    moments = sorted(now - timedelta(seconds=chance.randrange(600, int(LASTS.total_seconds()))) for _ in range(CALLS))
    contacts = [_contact(chance, chance.choice(districts), at, handler) for at in moments]
    # The newest rings while somebody looks at the page for the first time.
    contacts.append(_ringing(districts[0], now))
    Contact.objects.bulk_create(contacts)
    _steps(chance, [c for c in contacts if c.channel == Channel.EMERGENCY and c.answered_at], handler)


def _rang(chance: random.Random) -> None:
    """Say how long the callers of the incidents waited and which number they called from."""
    rang = list(Contact.objects.filter(channel__in=list(WAITS), made_up=True))
    for contact in rang:
        contact.answered_at = contact.at
        contact.rang_at = contact.at - timedelta(seconds=chance.randint(*WAITS[Channel(contact.channel)]))
        contact.number = _number(chance)
    Contact.objects.bulk_update(rang, ["answered_at", "rang_at", "number"])


def _number(chance: random.Random) -> str:
    """A number of the range that is kept free for drama, few enough that some call more than once."""
    return f"07700 900{chance.randint(100, 130)}"


def _contact(chance: random.Random, district: District, at: datetime, handler: User) -> Contact:
    channel = chance.choice(tuple(WAITS))
    answered = at + timedelta(seconds=chance.randint(*WAITS[channel]))
    contact = Contact(channel=channel, at=answered, rang_at=at, open_since=at, district=district, made_up=True)
    contact.number = _number(chance)
    if chance.random() < 0.15:  # noqa: PLR2004 - one in seven hangs up
        contact.at, contact.abandoned_at, contact.ended_at = at, answered, answered
        return contact
    contact.answered_at, contact.taken_by = answered, handler
    contact.ended_at = answered + timedelta(seconds=chance.randint(30, 420))
    if chance.random() < 0.9:  # noqa: PLR2004 - a few are still owed an outcome
        contact.outcome, contact.conclusion = chance.choice(CONCLUDED)
        contact.concluded_at, contact.concluded_by = contact.ended_at, handler
    return contact


def _ringing(district: District, now: datetime) -> Contact:
    return Contact(
        channel=Channel.EMERGENCY,
        at=now,
        rang_at=now,
        open_since=now,
        district=district,
        number="07700 900101",
        made_up=True,
    )


def _steps(chance: random.Random, answered: Sequence[Contact], handler: User) -> None:
    """A few silent calls, where some callers are, and the call backs to those who were gone, but for the newest."""
    silent = [c for c in answered if chance.random() < 0.2]  # noqa: PLR2004 - one in five
    SilentCall.objects.bulk_create(
        SilentCall(contact=c, at=c.at, by=handler, line="mobile", heard="background", pressed="no") for c in silent
    )
    CallerPlace.objects.bulk_create(
        CallerPlace(contact=c, at=c.at, source="network", easting=380_000, northing=398_000, accuracy=40)
        for c in answered[:8]
    )
    gone = Contact.objects.filter(made_up=True, channel=Channel.EMERGENCY, abandoned_at__isnull=False).order_by("id")
    CallBackAttempt.objects.bulk_create(
        CallBackAttempt(
            contact=c,
            at=(c.abandoned_at or c.at) + timedelta(minutes=chance.randint(1, 9)),
            by=handler,
            result=chance.choice(("reached", "no_answer", "rang_again")),
        )
        for c in gone[1:]
    )
