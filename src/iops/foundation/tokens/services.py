"""The verbs of tokens: an administrator issues and revokes them. Who did it and why stands in history.

`by` is None when it is done from the command line of the machine, by whoever administers it.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING

from iops.foundation.context import acting
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import Token, User
from iops.foundation.roles import Role
from iops.foundation.sessions import wall_clock
from iops.foundation.tokens.bearer import MARK, fingerprint

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST_DAYS = 730
USUAL_DAYS = 365
PER_MINUTE = 300
MOST_PER_MINUTE = 60_000
LEAST_REASON = 3
LONGEST_NAME = 100
HINT = 8


def issue(
    *,
    user: User,
    name: str,
    scopes: Collection[str],
    known: Collection[str],
    by: User | None,
    days: int = USUAL_DAYS,
    per_minute: int = PER_MINUTE,
) -> tuple[Token, str]:
    """Issue a token to an account; the token itself is in the answer and nowhere else, ever.

    `known` is the catalogue of scopes. `days` is how long it lasts (at most 730), `per_minute` how often it may call.
    Raises NotAllowedError for anybody but an administrator, ConflictError for an account that is not in use,
    InvalidError for a name, a scope, a length or a rate that cannot be taken.
    """
    _may(by)
    if not user.is_active:
        raise ConflictError(f"The account of {user.name} is not in use.")
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidError("Say in one line what the token is for.", details={"field": "name"})
    _check_scopes(scopes, known)
    _check_bounds(days, per_minute)
    secret = MARK + secrets.token_urlsafe(32)
    now = wall_clock()
    with acting(user_id=by.id if by else None, reason=f"token issued: {name}"):
        token = Token.objects.create(
            user=user,
            name=name,
            hint=secret[: len(MARK) + HINT],
            fingerprint=fingerprint(secret),
            scopes=sorted(set(scopes)),
            per_minute=per_minute,
            issued_at=now,
            issued_by=by,
            expires_at=now + dt.timedelta(days=days),
        )
    return token, secret


def revoke(*, token_id: int, reason: str, by: User | None) -> Token:
    """End a token at once, with a reason. Raises NotFoundError, ConflictError when it was revoked before."""
    _may(by)
    if len(reason.strip()) < LEAST_REASON:
        raise InvalidError("This needs a reason.", details={"field": "reason"})
    with acting(user_id=by.id if by else None, reason=reason):
        token = Token.objects.select_for_update(of=("self",)).filter(id=token_id).first()
        if token is None:
            raise NotFoundError("There is no such token.")
        if token.revoked_at is not None:
            raise ConflictError(f"The token {token.hint}… was revoked before.")
        token.revoked_at, token.revoked_by, token.revoked_reason = wall_clock(), by, reason.strip()
        token.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    return token


def _check_scopes(scopes: Collection[str], known: Collection[str]) -> None:
    unknown = sorted(set(scopes) - set(known))
    if unknown or not scopes:
        wrong = f"There is no scope {', '.join(unknown)[:200]}." if unknown else "A token needs a scope."
        raise InvalidError(wrong, mend=f"There are: {', '.join(sorted(known))}.", details={"field": "scopes"})


def _check_bounds(days: int, per_minute: int) -> None:
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidError(f"A token lasts 1 to {LONGEST_DAYS} days.", details={"field": "days"})
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise InvalidError(f"A token calls 1 to {MOST_PER_MINUTE} times a minute.", details={"field": "per_minute"})


def _may(by: User | None) -> None:
    if by is not None and not by.holds((Role.ADMINISTRATOR,)):
        raise NotAllowedError("Tokens are issued and revoked by an administrator.", mend="Ask one of them.")
