"""The verbs of accounts. Each is one transaction; who did it and why stands in history.

`by` is None when an account is managed from the command line of the machine, by whoever administers it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iops.foundation.accounts.passwords import check_choice
from iops.foundation.context import acting
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import AccountKind, Membership, Team, User
from iops.foundation.models.sessions import SignInSession
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
"""Sign-in names: small ASCII letters, digits and . _ - so that no two of them look alike."""
LEAST_REASON = 3


def create_user(
    *,
    username: str,
    name: str,
    password: str | None,
    by: User | None,
    collar_number: str = "",
    made_up: bool = False,
    kind: str = AccountKind.PERSON,
) -> User:
    """Make an account; without a password nobody can sign in to it until one is set, and to a system's never.

    Raises InvalidError for a name or password that cannot be taken, ConflictError when the sign-in name is in use.
    """
    _may_manage(by)
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise InvalidError(
            "A sign-in name has 2 to 60 of the characters a to z, 0 to 9, dot, hyphen and underscore.",
            details={"field": "username"},
        )
    named = _line(name, "name", 120)
    if User.objects.filter(username=username).exists():
        raise ConflictError("This sign-in name is in use.", details={"field": "username"})
    if kind not in AccountKind.values:
        raise InvalidError("An account is a person's or a system's.", details={"field": "kind"})
    collar = _line(collar_number, "collar number", 20)
    user = User(username=username, name=named, collar_number=collar, made_up=made_up, kind=kind)
    _signs_in(user, password)
    if password is None:
        user.set_unusable_password()
    else:
        check_choice(password, user)
        user.set_password(password)
    with _managing(by, "account made"):
        user.save()
    return user


def set_password(*, user: User, password: str, by: User | None) -> None:
    """Give an account a new password: one's own, or by an administrator. Every session of the account ends.

    A lock is lifted with it. Raises InvalidError for a password that cannot be taken.
    """
    if by is None or by.id != user.id:
        _may_manage(by)
    _signs_in(user, password)
    check_choice(password, user)
    with _managing(by, "password set"):
        user.set_password(password)
        user.failed_sign_ins, user.locked_until = 0, None
        user.save(update_fields=["password", "failed_sign_ins", "locked_until"])
        end_sessions(user)


def add_membership(*, user: User, team: Team, role: Role, by: User | None) -> Membership:
    """Give somebody a role in a team. Raises ConflictError when they hold it already."""
    _may_manage(by)
    if Membership.objects.filter(user=user, team=team, role=role).exists():
        raise ConflictError(f"{user.name} is already {role.label} in {team.name}.")
    with _managing(by, f"{role.label} in {team.name}"):
        user.__dict__.pop("_held", None)
        return Membership.objects.create(user=user, team=team, role=role)


def deactivate(*, user: User, reason: str, by: User | None) -> None:
    """Take an account out of use, with a reason: every session ends at once, and it is on no list from then on.

    Raises ConflictError when it is out of use already, InvalidError without a reason.
    """
    _may_manage(by)
    _needs(reason)
    with _managing(by, reason):
        if not User.objects.filter(id=user.id, is_active=True).update(is_active=False):
            raise ConflictError(f"The account of {user.name} is not in use.")
        end_sessions(user)
    user.is_active = False


def reactivate(*, user: User, reason: str, by: User | None) -> None:
    """Take an account into use again, with a reason. Raises ConflictError when it is in use."""
    _may_manage(by)
    _needs(reason)
    with _managing(by, reason):
        if not User.objects.filter(id=user.id, is_active=False).update(is_active=True):
            raise ConflictError(f"The account of {user.name} is in use.")
    user.is_active = True


def unlock(*, user: User, reason: str, by: User | None) -> None:
    """Lift the lock that failed sign-ins put on an account, with a reason."""
    _may_manage(by)
    _needs(reason)
    with _managing(by, reason):
        User.objects.filter(id=user.id).update(failed_sign_ins=0, locked_until=None)


def end_sessions(user: User, *, except_key: str = "") -> int:
    """End every session of a person, or every other; returns how many. They end with the transaction."""
    ended, _ = SignInSession.objects.filter(user=user).exclude(session_key=except_key).delete()
    return ended


def end_session(*, user: User, started_id: str) -> None:
    """End one of one's own sessions, named as `selectors.Session.id` names it. NotFoundError when it is not there."""
    from iops.foundation.accounts.selectors import public_id

    with acting(user_id=user.id, reason="session ended"):
        for row in SignInSession.objects.filter(user=user):
            if public_id(row.session_key) == started_id:
                row.delete()
                return
    raise NotFoundError("There is no such session.", mend="It may have ended already.")


def _managing(by: User | None, reason: str) -> AbstractContextManager[object]:
    return acting(user_id=by.id if by else None, reason=reason)


def _may_manage(by: User | None) -> None:
    if by is not None and not by.holds((Role.ADMINISTRATOR,)):
        raise NotAllowedError("Accounts are managed by an administrator.", mend="Ask one of them.")


def _signs_in(user: User, password: str | None) -> None:
    if user.is_system and password is not None:
        raise InvalidError("A system has no password.", mend="Issue it a token instead.", details={"field": "password"})


def _needs(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise InvalidError("This needs a reason.", details={"field": "reason"})


def _line(value: str, field: str, most: int) -> str:
    kept = value.strip()
    if len(kept) > most or not kept.isprintable() or (field == "name" and not kept):
        raise InvalidError(f"The {field} is one line of at most {most} characters.", details={"field": field})
    return kept
