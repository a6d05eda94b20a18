"""The questions asked of what partners send: what waits for somebody, how much came, what an incident shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.exchange.models import InboundMessage, Outcome, SharedIncident
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.paging import PAGE_SIZE, Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.foundation.models import User

KIND = "inbound_message"


@dataclass(frozen=True)
class PartnerCount:
    """How many messages of one partner became what, and how many wait for somebody. No count depends on who asks."""

    partner: str
    opened: int
    added: int
    held: int
    refused: int
    waiting: int


@dataclass(frozen=True)
class Messages:
    """A page of messages; `withheld` more wait that belong to incidents the viewer may not see."""

    page: Page[InboundMessage]
    withheld: int

    def shown_ids(self) -> list[int]:
        """The messages in it."""
        return [m.id for m in self.page.rows]


@consults(KIND)
def waiting(viewer: User, page: int = 1) -> Messages:
    """Messages that were refused or are held, and that nobody has dealt with, the oldest first."""
    rows = InboundMessage.objects.filter(outcome__in=[Outcome.HELD, Outcome.REFUSED], settled_at=None)
    total, start = rows.count(), (page - 1) * PAGE_SIZE
    shown = rows.select_related("account", "incident").order_by("id")[start : start + PAGE_SIZE]
    every = sum(count.waiting for count in counts())
    own = viewer.is_system
    return Messages(Page(tuple(shown), total, page), 0 if own else every - total)


@consults("incident", ids=lambda found: [s.incident_id for s in found])
def shared(viewer: User, reference: str = "") -> Sequence[SharedIncident]:
    """The incidents that the viewer's own account handed over, the newest first; one of them by its reference."""
    rows = SharedIncident.objects.filter(account=viewer).select_related("incident").order_by("-id")
    return list((rows.filter(reference=reference) if reference else rows)[:PAGE_SIZE])


@shows_no_record("the names of partners of an incident that is shown already")
def partners_of(incident_id: int) -> list[SharedIncident]:
    """Which partners handed an incident over, under which reference, and what we told them."""
    rows = SharedIncident.objects.filter(incident_id=incident_id).select_related("account").order_by("id")
    return list(rows.prefetch_related("said"))


@shows_no_record("counts only")
def counts() -> list[PartnerCount]:
    """How many messages of each partner became what."""
    with connection.cursor() as cursor:
        cursor.execute("select partner, opened, added, held, refused, waiting from iops.inbound_counts()")
        return [PartnerCount(*row) for row in cursor.fetchall()]
