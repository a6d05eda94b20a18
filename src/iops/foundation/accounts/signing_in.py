"""Signing in: one answer for every refusal, a count that cannot be raced, a lock that grows.

An attempt is counted before its password is looked at and the count is taken back when the password is right. However
many guesses are sent at once, no more of them are looked at than the lock allows, and no row is locked while a
password is hashed. Locks run by the clock of the machine, not by `iops.now()`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth import login
from django.db import transaction
from django.db.models.functions import Lower

from iops.foundation.accounts.passwords import is_right
from iops.foundation.accounts.services import USERNAME
from iops.foundation.context import acting
from iops.foundation.errors import IopsError
from iops.foundation.logs import log
from iops.foundation.models import User
from iops.foundation.sessions import DEVICE, wall_clock

if TYPE_CHECKING:
    from django.http import HttpRequest

FREE_FAILURES = 5
FIRST_LOCK = dt.timedelta(minutes=15)
LONGEST_LOCK = dt.timedelta(hours=24)


class SignInRefusedError(IopsError):
    """Nobody was signed in. A wrong name, a wrong password, a lock and a deactivated account look alike."""

    code = "sign-in-refused"
    status = 401


@dataclass(frozen=True)
class Attempt:
    """One attempt: the account it was counted on (None when its password is not even looked at), and why not."""

    user: User | None
    why_not: str = ""


def sign_in(username: str, password: str, *, request_id: str = "") -> User:
    """The account whose name and password these are, with the sign-in in its history. Raises SignInRefusedError.

    It keeps its own transactions, so that a refusal is counted whatever becomes of the request; it may not be called
    inside one (RuntimeError).
    """
    attempt = _count(username, request_id)
    right = is_right(password, attempt.user)
    if attempt.user is None or not right:
        log.info("sign-in-refused", request_id=request_id, why=attempt.why_not or "wrong-password")
        raise SignInRefusedError(
            "The name or the password is not right, or the account is locked.",
            mend="Try again; after several failures an account is locked for a while. An administrator can unlock it.",
        )
    _succeeded(attempt.user, request_id)
    return attempt.user


def sign_in_to(request: HttpRequest, username: str, password: str) -> User:
    """Sign in the browser behind a request: a new session key, so that one planted before is worth nothing."""
    user = sign_in(username, password, request_id=str(getattr(request, "request_id", "")))
    login(request, user, backend="iops.foundation.accounts.backend.AccountBackend")
    device = request.headers.get("User-Agent", "")[:200]
    request.session[DEVICE] = "".join(c for c in device if c.isprintable())
    return user


def check_own_password(user: User, password: str) -> None:
    """Make sure that whoever sits at a signed-in screen is its owner. Counted and locked like a sign-in."""
    sign_in(user.username, password)


def lock_after(failures: int) -> dt.timedelta | None:
    """For how long an account is locked after its n-th failure: 15 minutes after the fifth, then doubling to a day."""
    if failures < FREE_FAILURES:
        return None
    return min(FIRST_LOCK * 2 ** min(failures - FREE_FAILURES, 16), LONGEST_LOCK)


def _count(username: str, request_id: str) -> Attempt:
    """Count an attempt on an account as a failure, until it turns out to be none."""
    wanted = username.strip().lower() if USERNAME.fullmatch(username.strip().lower()) else ""
    with transaction.atomic(durable=True):
        found = User.objects.alias(low=Lower("username")).filter(low=wanted)
        user = found.select_for_update(no_key=True).first()
        if user is None:
            return Attempt(None, "unknown-name")
        if not user.is_active:
            return Attempt(None, "deactivated")
        if user.locked_until is not None and user.locked_until > wall_clock():
            return Attempt(None, "locked")
        user.failed_sign_ins += 1
        lock = lock_after(user.failed_sign_ins)
        user.locked_until = wall_clock() + lock if lock else None
        reason = f"sign-in attempt {user.failed_sign_ins}, a failure unless it is followed by a sign-in"
        with acting(request_id=request_id, reason=f"{reason}; locked" if lock else reason):
            user.save(update_fields=["failed_sign_ins", "locked_until"])
    return Attempt(user)


def _succeeded(user: User, request_id: str) -> None:
    with acting(user_id=user.id, request_id=request_id, reason="signed in"):
        user.failed_sign_ins, user.locked_until = 0, None
        user.save(update_fields=["failed_sign_ins", "locked_until"])
