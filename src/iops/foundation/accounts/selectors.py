"""The questions asked of accounts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models.functions import Lower

from iops.foundation.consultation import shows_no_record
from iops.foundation.models import User
from iops.foundation.models.sessions import SignInSession
from iops.foundation.sessions import wall_clock

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True)
class Session:
    """One session of a person, as they see it. `id` names it without giving its key away."""

    id: str
    device: str
    started_at: dt.datetime
    seen_at: dt.datetime
    expires_at: dt.datetime
    this_one: bool


def public_id(session_key: str) -> str:
    """A name for a session from which nobody can make its key."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


@shows_no_record("an account of somebody who works here, for signing in")
def by_username(username: str) -> User | None:
    """The account of a sign-in name, whatever its capitals; None when there is none."""
    return User.objects.alias(low=Lower("username")).filter(low=username.lower()).first()


@shows_no_record("one's own sessions")
def sessions_of(user: User, this_key: str | None = None) -> list[Session]:
    """The sessions of a person that are still good, the one used last first. Times are of the machine's clock."""
    rows = SignInSession.objects.filter(user=user, expire_date__gt=wall_clock()).order_by("-seen_at", "session_key")
    return [
        Session(
            id=public_id(row.session_key),
            device=row.device,
            started_at=row.started_at,
            seen_at=row.seen_at,
            expires_at=row.expire_date,
            this_one=row.session_key == this_key,
        )
        for row in rows
    ]
