"""The verbs of access for programs: make a system's account, issue it a token, revoke one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from iops.exchange.scopes import SCOPES
from iops.foundation.accounts import selectors, services
from iops.foundation.errors import InvalidError, NotFoundError
from iops.foundation.models import AccountKind, Team, Token, User
from iops.foundation.roles import Role
from iops.foundation.tokens import services as tokens

if TYPE_CHECKING:
    from collections.abc import Collection


def make_system(
    *, username: str, name: str, by: User | None, team_id: int | None = None, role: str = "", made_up: bool = False
) -> User:
    """Make the account of a system; nobody can sign in to it. With `team_id` and `role` it holds that role there.

    Raises NotAllowedError for anybody but an administrator, InvalidError and ConflictError as for any account.
    """
    if (team_id is None) != (not role):
        raise InvalidError("A role is held in a team: give both or neither.", details={"field": "role"})
    if role and role not in set(Role):
        raise InvalidError("There is no such role.", details={"field": "role"})
    team = Team.objects.filter(id=team_id).first() if team_id is not None else None
    if team_id is not None and team is None:
        raise InvalidError("There is no such team.", details={"field": "team_id"})
    with transaction.atomic():
        made = services.create_user(
            username=username, name=name, password=None, by=by, made_up=made_up, kind=AccountKind.SYSTEM
        )
        if team is not None:
            services.add_membership(user=made, team=team, role=Role(role), by=by)
    return made


def issue_token(
    *,
    username: str,
    name: str,
    scopes: Collection[str],
    by: User | None,
    days: int = tokens.USUAL_DAYS,
    per_minute: int = tokens.PER_MINUTE,
) -> tuple[Token, str]:
    """Issue a token to the account of this sign-in name. The token itself is in the answer and nowhere else, ever."""
    user = selectors.by_username(username.strip())
    if user is None:
        raise NotFoundError(f"There is no account {username.strip()[:60]}.", details={"field": "username"})
    return tokens.issue(user=user, name=name, scopes=scopes, known=SCOPES, by=by, days=days, per_minute=per_minute)


revoke_token = tokens.revoke
