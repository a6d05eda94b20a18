"""Where sessions are kept: in the database, with a limit on idleness and a limit on their whole length.

Sessions run by the clock of the machine, not by `iops.now()`: a clock that is set for training or a replay must neither
end nor prolong anybody's session.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from iops.foundation import clock

if TYPE_CHECKING:
    from django.contrib.sessions.base_session import AbstractBaseSession

    from iops.foundation.models.sessions import SignInSession

STARTED = "_started"
SEEN = "_seen"
DEVICE = "_device"
SEEN_EVERY = dt.timedelta(minutes=1)
"""A request within a minute of the last one does not write that the session was used."""


def longest() -> dt.timedelta:
    """How long a session lasts at most, however busy it is (IOPS_SESSION_HOURS, 12 by default: one long shift)."""
    return dt.timedelta(hours=settings.IOPS_SESSION_HOURS)


def idle() -> dt.timedelta:
    """How long a session lasts unused (IOPS_IDLE_MINUTES, 60 by default)."""
    return dt.timedelta(minutes=settings.IOPS_IDLE_MINUTES)


def wall_clock() -> dt.datetime:
    """The clock of the machine: for sessions and locks alone."""
    return clock.machine()


class SessionStore(DatabaseStore):
    """A session in the table `foundation_session`; Django's engine for `SESSION_ENGINE`."""

    @classmethod
    def get_model_class(cls) -> type[SignInSession]:
        """Our table."""
        from iops.foundation.models.sessions import SignInSession

        return SignInSession

    def get_expiry_date(self, **_: object) -> dt.datetime:
        """Whichever comes first: unused for too long, or too long altogether."""
        return min(self._moment(STARTED) + longest(), self._moment(SEEN) + idle())

    def get_expiry_age(self, **_: object) -> int:
        """Seconds until then."""
        return max(0, int((self.get_expiry_date() - wall_clock()).total_seconds()))

    def cycle_key(self) -> None:
        """A new key for the same session, as at sign-in; its length counts from now."""
        now = wall_clock().isoformat()
        self[STARTED] = self[SEEN] = now
        super().cycle_key()

    def touch(self) -> None:
        """Note that the session is in use, at most once a minute."""
        if wall_clock() - self._moment(SEEN) >= SEEN_EVERY:
            self[SEEN] = wall_clock().isoformat()

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row of the session, with whose it is."""
        now = wall_clock().isoformat()
        data.setdefault(STARTED, now)
        data.setdefault(SEEN, data[STARTED])
        row = super().create_model_instance(data)
        row.user_id = int(data["_auth_user_id"]) if "_auth_user_id" in data else None  # type: ignore[attr-defined]
        row.started_at = dt.datetime.fromisoformat(data[STARTED])  # type: ignore[attr-defined]
        row.seen_at = dt.datetime.fromisoformat(data[SEEN])  # type: ignore[attr-defined]
        row.device = str(data.get(DEVICE, ""))[:200]  # type: ignore[attr-defined]
        return row

    def _moment(self, key: str) -> dt.datetime:
        kept = self.get(key)
        return dt.datetime.fromisoformat(kept) if kept else wall_clock()
