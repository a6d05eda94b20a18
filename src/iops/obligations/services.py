"""The verbs of the obligations engine: write under it, waive, check, settle again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation import clock
from iops.foundation.context import acting, verb
from iops.foundation.errors import InvalidError, NotAllowedError, NotFoundError
from iops.foundation.refusals import named_refusals
from iops.foundation.roles import Role
from iops.obligations.models import Obligation, Rule, Waiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.foundation.models import User

MOST_TEXT = 20_000
"""The longest text a verb takes, in characters: a long statement fits, a file pasted by mistake does not."""


@contextmanager
def writing(by: User | None, reason: str = "") -> Iterator[None]:
    """One verb: one transaction with its author and reason on every change, obligations settled before it returns.

    Raises BlockedError when a rule blocks the step, and other named errors for what the database refuses.
    """
    with named_refusals(), acting(user_id=by.id if by else None, reason=reason):
        yield
        settle_now()


def settle_now() -> None:
    """Settle what this transaction has changed so far (otherwise it happens at commit)."""
    with connection.cursor() as cursor:
        cursor.execute("select iops.settle_now()")


def text(value: str, field: str, *, needed: bool = True) -> str:
    """Text as typed, without NUL (PostgreSQL cannot hold it) and within MOST_TEXT; InvalidError names the field."""
    if "\x00" in value:
        raise InvalidError(f"{field} holds a character that cannot be stored (NUL).", details={"field": field})
    if needed and not value.strip():
        raise InvalidError(f"{field} is empty.", mend="Say it in a few words.", details={"field": field})
    if len(value) > MOST_TEXT:
        raise InvalidError(
            f"{field} has {len(value)} characters; at most {MOST_TEXT} are kept.", details={"field": field}
        )
    return value


@verb
def waive(*, subject: str, subject_id: int, rule: str, reason: str, by: User) -> Waiver:
    """Waive one open obligation, with a reason, in a role that the rule accepts (invariant I02: never silently).

    Raises NotFoundError, NotAllowedError when none of the person's roles may, ConflictError when nothing is open,
    InvalidError when the reason says nothing.
    """
    entry = Rule.objects.filter(code=rule).first()
    owed = Obligation.objects.filter(subject=subject, subject_id=subject_id, rule_id=rule).exists()
    if entry is None or not owed:
        raise NotFoundError(f"Nothing is owed under the rule {rule} on this {subject}.")
    may = [role for role in entry.waiver_roles if Role(role) in by.roles]
    if not may:
        raise NotAllowedError(
            f"“{entry.title}” can be waived by {Role(entry.waivable_by).label} or above.",
            mend="Ask somebody in that role.",
        )
    if len(reason.strip()) < 10:  # noqa: PLR2004 - the table holds the same bar
        raise InvalidError("A waiver needs a reason of at least ten characters.", details={"field": "reason"})
    with writing(by, reason=reason):
        return Waiver.objects.create(
            subject=subject,
            subject_id=subject_id,
            rule=entry,
            role=may[0],
            by=by,
            at=clock.now(),
            reason=text(reason.strip(), "Reason"),
        )
