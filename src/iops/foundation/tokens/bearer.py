"""The door for programs: `Authorization: Bearer ...` in place of a session.

A call by a token is judged and written down (`iops.use_token`) before anything is asked of it. Whoever holds a token
acts as its account; a cookie that comes with it counts for nothing. No CSRF token is needed, because no browser adds
this header by itself.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from iops.foundation.errors import IopsError
from iops.foundation.middleware import answer
from iops.foundation.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

LONGEST = 200
"""Characters of a token that are looked at at all; ours have 57."""
ANY = "any"
"""The scope of an operation that every token may call."""
MARK = "iops_"


class TokenRefusedError(IopsError):
    """Nobody acts by this token: it is not known, has expired or was revoked, or its account is not in use."""

    code = "token-refused"
    status = 401


class ScopeMissingError(IopsError):
    """The token does not reach this operation; `details` says which scope it needs and which it has."""

    code = "scope-missing"
    status = 403


class TooManyCallsError(IopsError):
    """The token has used up its calls; `details["seconds"]` says after how long the next one is let through."""

    code = "too-many-calls"
    status = 429


@dataclass(frozen=True)
class Bearer:
    """The token behind a request: its id, and the scopes it has."""

    token_id: int
    scopes: tuple[str, ...]


class ByToken:
    """Make whoever holds a token the user of the request; it stands after sessions and before what asks for a user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the request through to `process_view`."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponseBase | None:
        """Judge the token, if there is one; a refusal is the answer."""
        told = bearer_of(request)
        if told is None:
            return None
        try:
            request.user, request.bearer = use(told, request)  # type: ignore[attr-defined]
        except IopsError as error:
            response = answer(request, error)
            if error.status == TokenRefusedError.status:
                response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            if isinstance(error, TooManyCallsError):
                response.headers["Retry-After"] = str(error.details["seconds"])
            return response
        return None


def bearer_of(request: HttpRequest) -> str | None:
    """The token a request bears; None when it bears none."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def by_token(request: HttpRequest) -> Bearer | None:
    """The token a request was let in by; None for one that came by a session."""
    return cast("Bearer | None", getattr(request, "bearer", None))


def fingerprint(token: str) -> bytes:
    """What is kept of a token. Tokens are 32 random bytes: nothing can be guessed from their SHA-256."""
    return hashlib.sha256(token.encode()).digest()


def operation(request: HttpRequest) -> tuple[str, str]:
    """Method and pattern of the address, as the catalogue of scopes names them: ("POST", "/api/v1/incidents")."""
    route = request.resolver_match.route if request.resolver_match else ""
    return str(request.method), "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def use(told: str, request: HttpRequest) -> tuple[User, Bearer]:
    """The account behind a token and the token, the call being written down.

    Raises TokenRefusedError, ScopeMissingError, TooManyCallsError.
    """
    method, place = operation(request)
    needed = cast("Callable[[str, str], str | None]", import_string(settings.IOPS_SCOPE_OF))(method, place)
    outcome, token_id, user_id, held, seconds = _ask(told, f"{method} {place}", needed, request)
    if outcome == "let through":
        user = User.objects.get(id=user_id)
        return user, Bearer(token_id, tuple(held))
    if outcome == "too many":
        mend = f"Wait {seconds} s, or ask for a higher limit."
        raise TooManyCallsError("This token has used up its calls.", mend=mend, details={"seconds": seconds})
    if outcome == "scope missing":
        raise _out_of_reach(needed, held)
    # Whoever holds the secret may know how it stands; to everybody else each wrong one looks alike.
    why = "is not known" if outcome == "unknown" else f"is refused: {outcome}"
    raise TokenRefusedError(f"This token {why}.", mend="Ask an administrator for a new one.")


def _out_of_reach(needed: str | None, held: list[str]) -> ScopeMissingError:
    if needed is None:
        return ScopeMissingError("No token reaches this address.", mend="Sign in to open it.", details={"held": held})
    return ScopeMissingError(
        f"This needs the scope {needed}.",
        mend="Ask an administrator for a token that has it.",
        details={"needed": needed, "held": held},
    )


def _ask(told: str, what: str, needed: str | None, request: HttpRequest) -> tuple[str, int, int, list[str], int]:
    if not told.startswith(MARK) or len(told) > LONGEST:
        return "unknown", 0, 0, [], 0
    number = str(getattr(request, "request_id", ""))
    with connection.cursor() as cursor:
        cursor.execute(
            "select outcome, token_id, user_id, held, wait_seconds from iops.use_token(%s, %s, %s, %s)",
            [fingerprint(told), what, needed, number],
        )
        return cast("tuple[str, int, int, list[str], int]", cursor.fetchone())
