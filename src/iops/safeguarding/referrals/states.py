"""Where a referral stands, and the lock by which two people take their turns at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation.errors import NotFoundError
from iops.safeguarding.models import Referral, ReferralState, ReferralStep

if TYPE_CHECKING:
    from collections.abc import Collection

ENDED = frozenset({ReferralState.REJECTED, ReferralState.DONE, ReferralState.REVOKED})
"""The states after which nothing follows."""


def found(referral_id: int) -> Referral:
    """The referral, if there is one that may be seen. Raises NotFoundError."""
    referral = Referral.objects.select_related("agency", "incident", "person").filter(id=referral_id).first()
    if referral is None:
        raise NotFoundError("There is no such referral.")
    return referral


def state_of(referral_id: int) -> str:
    """The state a referral is in: its latest step."""
    latest = ReferralStep.objects.filter(referral_id=referral_id).order_by("-id").first()
    return latest.state if latest else ReferralState.DRAFTED.value


def states_of(ids: Collection[int]) -> dict[int, str]:
    """The states of many referrals, in one query."""
    rows = ReferralStep.objects.filter(referral_id__in=ids).order_by("id").values_list("referral_id", "state")
    return dict(rows)


def hold(what: str, number: int) -> None:
    """Wait for one's turn, until the end of the transaction; the turn is on a word and a number, not on a row."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"iops.referrals.{what}", number])
