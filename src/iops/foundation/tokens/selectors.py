"""The questions asked of tokens. Row-level security shows somebody their own; an administrator sees all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from iops.foundation.consultation import shows_no_record
from iops.foundation.context import acting
from iops.foundation.models import Token, TokenCall, User
from iops.foundation.sessions import wall_clock

if TYPE_CHECKING:
    import datetime as dt

MOST_CALLS = 200
LET_THROUGH = "let through"


@dataclass(frozen=True)
class TokenShown:
    """One token with its account, when it was last used, and how many of its calls were let through and refused."""

    token: Token
    account: str
    system: bool
    state: str
    last_used_at: dt.datetime | None
    let_through: int
    refused: int


@shows_no_record("access of programs, not records about people")
def tokens(viewer: User) -> list[TokenShown]:
    """The tokens somebody may see, those in use first, the newest first."""
    with acting(user_id=viewer.id):
        return every_token()


@shows_no_record("access of programs, not records about people")
def every_token() -> list[TokenShown]:
    """The tokens that are there for whoever acts, those in use first, the newest first."""
    rows = Token.objects.select_related("user").annotate(
        used=F("use__last_used_at"),
        through=Count("calls", filter=Q(calls__outcome=LET_THROUGH)),
        turned_away=Count("calls", filter=~Q(calls__outcome=LET_THROUGH) & Q(calls__isnull=False)),
    )
    now = wall_clock()
    shown = [_shown(row, now) for row in rows.order_by("-id")]
    return sorted(shown, key=lambda t: t.state != "in use")


def _shown(row: Token, now: dt.datetime) -> TokenShown:
    ended = "revoked" if row.revoked_at else "expired" if row.expires_at <= now else "in use"
    state = ended if row.user.is_active or ended != "in use" else "account not in use"
    return TokenShown(
        token=row,
        account=row.user.username,
        system=row.user.is_system,
        state=state,
        last_used_at=row.used,  # type: ignore[attr-defined]
        let_through=row.through,  # type: ignore[attr-defined]
        refused=row.turned_away,  # type: ignore[attr-defined]
    )


@shows_no_record("a log of calls, without what they showed")
def calls(token_id: int, viewer: User) -> list[TokenCall]:
    """The newest calls of one token, as far as the viewer may see them."""
    with acting(user_id=viewer.id):
        return list(TokenCall.objects.filter(token_id=token_id).order_by("-id")[:MOST_CALLS])
