"""Where sessions are kept: in the database, with a limit on idleness and a limit on their whole length.

Sessions run by the clock of the machine, not by `iops.now()`: a clock that is set for training or a replay must neither
end nor prolong anybody's session.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection

from iops.foundation import clock

if TYPE_CHECKING:
    from django.contrib.sessions.base_session import AbstractBaseSession

    from iops.foundation.models.accounts import User
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


@cache
def _ask(columns: tuple[str, ...]) -> str:
    return f"""
select s.session_data, held.roles, held.districts, {", ".join(f"u.{column}" for column in columns)}
from foundation_session s
left join foundation_user u on u.id = s.user_id and u.is_active
left join lateral (
    select array_agg(m.role) as roles, array_agg(t.district_id) as districts
    from foundation_membership m join foundation_team t on t.id = m.team_id where m.user_id = u.id) held on true
where s.session_key = %s and s.expire_date > %s"""  # noqa: S608 - the names of our own columns


class SessionStore(DatabaseStore):
    """A session in the table `foundation_session`; Django's engine for `SESSION_ENGINE`."""

    _account: User | None = None

    def load(self) -> dict[str, Any]:
        """What the session holds; the account in use behind it and its roles are read with it, in one query."""
        from iops.foundation.models.accounts import User

        names = [field.attname for field in User._meta.concrete_fields]
        with connection.cursor() as cursor:
            cursor.execute(_ask(tuple(field.column for field in User._meta.concrete_fields)), self._asked())
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        data, roles, districts, *values = row
        if values[names.index("id")] is not None:
            self._account = User.from_db(None, names, values)
            self._account.hold(zip(roles or (), districts or (), strict=True))
        return self.decode(data)

    def _asked(self) -> list[str | dt.datetime | None]:
        return [self.session_key, wall_clock()]

    def account(self) -> User | None:
        """The account in use that the session was kept for, as it stood when the session was read."""
        self._get_session()  # type: ignore[attr-defined]  # the stubs leave it out
        return self._account

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
