"""What the verbs of contacts share: the contact, locked; lines and choices as typed; the incident it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.models import Contact, Outcome
from iops.control.models.contact import NUMBER_LENGTH
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.obligations.services import text
from iops.pole.search import tokens

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from iops.control.models import Incident
    from iops.foundation.models import User

LONGEST_CALL_BACK, LONGEST_NAME, LONGEST_PLACE = 120, 200, 300


def locked(contact_id: int) -> Contact:
    """The contact, locked: what happens to one contact happens one after the other. Raises NotFoundError."""
    contact = Contact.objects.select_for_update(no_key=True).filter(id=contact_id).first()
    if contact is None:
        raise NotFoundError("There is no such contact.")
    return contact


def without_outcome(contact_id: int) -> Contact:
    """The contact, locked, if nothing has come of it yet. Raises ConflictError when something has."""
    contact = locked(contact_id)
    if contact.outcome is not None:
        said = Outcome(contact.outcome).label
        raise ConflictError(f"The contact has an outcome: {said}.", mend="Take the outcome back first, with a reason.")
    return contact


def line(value: str, field: str, longest: int, *, needed: bool = False) -> str:
    """One line as typed, without blanks at its ends. Raises InvalidError for a line that is too long or empty."""
    kept = text(value, field, needed=needed).strip()
    if len(kept) > longest:
        raise InvalidError(f"{field} has at most {longest} characters.", details={"field": field})
    return kept


def number(value: str, *, needed: bool = False) -> str:
    """A telephone number as it was given. Raises InvalidError when it is longer than any number."""
    return line(value, "Number", NUMBER_LENGTH, needed=needed)


def line_of(value: str) -> str:
    """The line that a number belongs to, as contacts are compared by it; "" when the text holds no number.

    Twin of `iops.line_of` in SQL.
    """
    return tokens.phone_line(value)


def one_of(value: str, known: Collection[str], field: str) -> str:
    """A word of a fixed list. Raises InvalidError for any other."""
    if value not in known:
        raise InvalidError(f"“{value[:40]}” is no {field}.", details={"field": field})
    return value


def led_to(contact: Contact, incident: Incident, outcome: Outcome, by: User) -> None:
    """Write that a contact led to an incident."""
    contact.incident = incident
    conclude_as(contact, outcome, by, None)


def conclude_as(contact: Contact, outcome: Outcome, by: User, words: str | None) -> None:
    """Write the outcome of a contact."""
    contact.outcome = outcome
    contact.concluded_at = clock.now()
    contact.concluded_by = by
    contact.conclusion = words
    contact.save()


def not_before(earlier: datetime | None, at: datetime, field: str = "at") -> None:
    """Refuse a step that lies before the one it follows. Raises InvalidError."""
    if earlier is not None and at < earlier:
        raise InvalidError("That is before the step it follows.", details={"field": field})
