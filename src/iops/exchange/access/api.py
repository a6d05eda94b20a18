"""The API of tokens: for administrators, and for somebody's own tokens to look at."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Self

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from iops.exchange.access import services
from iops.exchange.scopes import SCOPES
from iops.foundation.api import Id, Line, Text, viewer
from iops.foundation.errors import NotFoundError
from iops.foundation.tokens import selectors
from iops.foundation.tokens.selectors import TokenShown
from iops.rulebook.needs import Needed

router = Router(tags=["tokens"])
MOST_SCOPES = 100


class SystemIn(Schema):
    """The account of a system: its name to call by, and a role in a team if its calls need one."""

    username: Annotated[Line, Field(max_length=60), Needed("identity-of-user")]
    name: Annotated[Line, Field(max_length=120), Needed("identity-of-user")]
    team_id: Id | None = None
    role: Annotated[Line, Field(max_length=20)] = ""


class SystemOut(Schema):
    """The account of a system."""

    id: int
    username: str
    name: str


class TokenIn(Schema):
    """A token to issue: to whom, what for, how far it reaches, how long it lasts, how often it may call."""

    username: Annotated[Line, Field(max_length=60), Needed("identity-of-user")]
    name: Annotated[Line, Field(max_length=100), Needed("identity-of-user")]
    scopes: Annotated[list[Line], Field(max_length=MOST_SCOPES), Needed("identity-of-user")]
    days: Annotated[int, Field(ge=1, le=730)] = 365
    per_minute: Annotated[int, Field(ge=1, le=60_000)] = 300


class TokenOut(Schema):
    """One token; of itself only the beginning is kept. Times are UTC."""

    id: int
    account: str
    system: bool
    name: str
    begins: str
    scopes: list[str]
    per_minute: int
    state: str
    issued_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None
    calls_let_through: int
    calls_refused: int

    @classmethod
    def of(cls, shown: TokenShown) -> Self:
        """A token as the API shows it."""
        token = shown.token
        kept = ("id", "name", "scopes", "per_minute", "issued_at", "expires_at", "revoked_at")
        return cls(
            **{name: getattr(token, name) for name in kept},
            account=shown.account,
            system=shown.system,
            begins=token.hint,
            state=shown.state,
            last_used_at=shown.last_used_at,
            calls_let_through=shown.let_through,
            calls_refused=shown.refused,
        )


class IssuedOut(TokenOut):
    """A token that was issued now. `token` is shown this once."""

    token: str


class CallOut(Schema):
    """One call by a token; `request_id` finds what it changed and saw."""

    at: dt.datetime
    operation: str
    scope: str
    outcome: str
    request_id: str


class RevokeIn(Schema):
    """Why."""

    reason: Annotated[Text, Needed("change-reason")]


class ScopeOut(Schema):
    """One scope and what it lets a program do."""

    scope: str
    means: str


@router.get("/tokens/scopes", response=list[ScopeOut])
def scopes(request: HttpRequest) -> list[ScopeOut]:
    """Every scope there is."""
    return [ScopeOut(scope=name, means=means) for name, means in SCOPES.items()]


@router.post("/accounts/systems", response={201: SystemOut})
def make_system(request: HttpRequest, given: SystemIn) -> Status[SystemOut]:
    """Make the account of a system."""
    return Status(201, SystemOut.from_orm(services.make_system(**given.dict(), by=viewer(request))))


@router.get("/tokens", response=list[TokenOut])
def tokens(request: HttpRequest) -> list[TokenOut]:
    """One's own tokens; all of them for an administrator."""
    return [TokenOut.of(t) for t in selectors.tokens(viewer(request))]


@router.post("/tokens", response={201: IssuedOut})
def issue(request: HttpRequest, given: TokenIn) -> Status[IssuedOut]:
    """Issue a token."""
    token, secret = services.issue_token(**given.dict(), by=viewer(request))
    return Status(201, IssuedOut(**_one(request, token.id).dict(), token=secret))


@router.get("/tokens/{token_id}/calls", response=list[CallOut])
def calls(request: HttpRequest, token_id: Id) -> list[CallOut]:
    """The newest calls of a token."""
    return [CallOut.from_orm(c) for c in selectors.calls(_one(request, token_id).id, viewer(request))]


@router.post("/tokens/{token_id}/revoke", response=TokenOut)
def revoke(request: HttpRequest, token_id: Id, given: RevokeIn) -> TokenOut:
    """End a token at once."""
    services.revoke_token(token_id=token_id, reason=given.reason, by=viewer(request))
    return _one(request, token_id)


def _one(request: HttpRequest, token_id: int) -> TokenOut:
    found = next((t for t in selectors.tokens(viewer(request)) if t.token.id == token_id), None)
    if found is None:
        raise NotFoundError("There is no such token.")
    return TokenOut.of(found)
