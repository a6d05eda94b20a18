"""What the verbs of all schemes share: who may act, moments that do not lie ahead, lines, people, one's turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation import clock
from iops.foundation.errors import InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.services import text
from iops.pole.models import Person

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from iops.foundation.models import User

LINE = 200
ACT = frozenset({Role.RESPONSE, Role.DETECTIVE, Role.SAFEGUARDING, Role.SERGEANT, Role.INSPECTOR})
"""The roles that enter what happened in a scheme."""
DECIDE = frozenset({Role.SAFEGUARDING, Role.SERGEANT, Role.INSPECTOR})
"""The roles that decide: what is disclosed, heard, adopted, or not told."""


def may(by: User, roles: Iterable[Role] = ACT) -> None:
    """Refuse somebody who holds none of the roles. Raises NotAllowedError."""
    if not by.holds(roles):
        named = ", ".join(sorted(role.label for role in roles))
        raise NotAllowedError(f"This is done by {named}.", mend="Ask somebody in one of these roles.")


def moment(at: dt.datetime | None, field: str = "at") -> dt.datetime:
    """When something happened: now unless told; it has a time zone and does not lie ahead. Raises InvalidError."""
    now = clock.now()
    if at is None:
        return now
    if at.tzinfo is None:
        raise InvalidError("The time has no time zone.", details={"field": field})
    if at > now:
        raise InvalidError("The time lies ahead.", mend="Say when it happened.", details={"field": field})
    return at


def line(value: str, field: str, longest: int = LINE, *, needed: bool = True) -> str:
    """One line of text without blanks around it. Raises InvalidError."""
    value = text(value, field, needed=needed).strip()
    if len(value) > longest:
        raise InvalidError(f"{field} has at most {longest} characters.", details={"field": field})
    return value


def person(person_id: int, who: str) -> Person:
    """A person who is there for the viewer. Raises NotFoundError."""
    found = Person.objects.filter(id=person_id).first()
    if found is None:
        raise NotFoundError(f"There is no such person ({who}).")
    return found


def one_of(value: str, choices: Iterable[str], field: str) -> str:
    """A word of a closed list. Raises InvalidError."""
    known = list(choices)
    if value not in known:
        raise InvalidError(f"“{value[:40]}” is none of: {', '.join(known)}.", details={"field": field})
    return value
