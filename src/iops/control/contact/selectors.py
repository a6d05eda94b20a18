"""The questions asked of contacts: lists, one contact with all its steps, and how they are named.

Row-level security hides the contacts of restricted incidents. What shows contacts writes the consultation log.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse

from iops.control.contact.common import line_of
from iops.control.models import (
    CallBackAttempt,
    CallBackResult,
    CallerNote,
    CallerPlace,
    Channel,
    Contact,
    Incident,
    Outcome,
    SilentCall,
)
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import NotFoundError
from iops.foundation.paging import PAGE_SIZE, Page
from iops.obligations.records import RecordLabel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from iops.foundation.models import User

PREFIX = "contact "
MOST_RINGING = 20


class State(StrEnum):
    """Which contacts a list shows by where they stand."""

    ANY = "any"
    RINGING = "ringing"
    TALKING = "talking"
    WITHOUT_OUTCOME = "without"
    CALL_BACK = "call_back"
    ABANDONED = "abandoned"
    SILENT = "silent"


@dataclass(frozen=True)
class ContactsFilter:
    """What a list of contacts shows; the empty filter is all of them. `number` is a telephone number in any writing."""

    state: State = State.ANY
    channel: str = ""
    number: str = ""
    page: int = 1


@dataclass(frozen=True)
class ContactDetail:
    """One contact and every step of it, in the order of time. `incidents` are those that it led to."""

    contact: Contact
    places: tuple[CallerPlace, ...]
    silences: tuple[SilentCall, ...]
    call_backs: tuple[CallBackAttempt, ...]
    incidents: tuple[Incident, ...]

    @property
    def state(self) -> str:
        """Where it stands, in words."""
        return state(self.contact)

    @property
    def ringing(self) -> bool:
        """Whether it waits to be answered."""
        return is_ringing(self.contact)

    @property
    def place(self) -> CallerPlace | None:
        """Where the caller was last said to be."""
        return self.places[-1] if self.places else None


@shows_no_record("reads a row that is shown already")
def is_ringing(contact: Contact) -> bool:
    """Whether a contact waits to be answered."""
    began = contact.rang_at is not None
    return began and contact.answered_at is None and contact.ended_at is None and contact.abandoned_at is None


@shows_no_record("reads a row that is shown already")
def state(contact: Contact) -> str:
    """Where a contact stands, in words."""
    if contact.outcome is not None:
        return Outcome(contact.outcome).label
    if is_ringing(contact):
        return "ringing"
    if contact.abandoned_at is not None:
        return "caller gone, no outcome yet"
    if contact.open_since is None:
        return "incident opened"
    return "ended, no outcome yet" if contact.ended_at else "answered, no outcome yet"


@consults("contact", ids=lambda page: [c.id for c in page.rows])
def contacts(viewer: User, wanted: ContactsFilter) -> Page[Contact]:  # noqa: ARG001 - read by `consults`
    """Contacts, the newest first; those of restricted incidents for the people on their lists alone."""
    found = _matching(wanted)
    start = (wanted.page - 1) * PAGE_SIZE
    rows = (
        found.select_related("taken_by", "incident")
        .prefetch_related("incidents")
        .order_by("-at", "-id")[start : start + PAGE_SIZE]
    )
    return Page(tuple(rows), total=found.count(), page=wanted.page)


def _matching(wanted: ContactsFilter) -> QuerySet[Contact]:
    found = Contact.objects.filter(STATES[wanted.state])
    if wanted.state == State.SILENT:
        found = found.filter(Exists(SilentCall.objects.filter(contact=OuterRef("pk"))))
    if wanted.state == State.CALL_BACK:
        found = found.filter(_owing())
    if wanted.channel:
        found = found.filter(channel=wanted.channel)
    if wanted.number:
        line = line_of(wanted.number)
        found = of_line(found, line) if line else found.none()
    return found


TAKEN_ALONE = Q(open_since__isnull=False)
STATES: dict[State, Q] = {
    State.ANY: Q(),
    State.RINGING: Q(rang_at__isnull=False, answered_at=None, ended_at=None, abandoned_at=None),
    State.TALKING: Q(answered_at__isnull=False, ended_at=None, open_since__isnull=False, outcome=None),
    State.WITHOUT_OUTCOME: TAKEN_ALONE & Q(outcome=None),
    State.CALL_BACK: Q(call_back_by__isnull=False) | Q(abandoned_at__isnull=False, channel=Channel.EMERGENCY),
    State.ABANDONED: Q(abandoned_at__isnull=False),
    State.SILENT: Q(),
}


def _owing() -> Q:
    """Contacts of which a call back is owed: as the rules contact-abandoned and contact-call-back see it."""
    tried = CallBackAttempt.objects.filter(contact=OuterRef("pk"))
    settled = (CallBackResult.REACHED, CallBackResult.RANG_AGAIN, CallBackResult.UNSAFE, CallBackResult.NO_NUMBER)
    gone = Q(abandoned_at__isnull=False, channel=Channel.EMERGENCY)
    untried = ~Exists(tried.filter(at__gte=OuterRef("abandoned_at")))
    unkept = ~Exists(tried.filter(at__gte=OuterRef("promised_at"), result__in=settled))
    return (gone & Q(untried)) | (Q(call_back_by__isnull=False) & Q(unkept))


@shows_no_record("narrows a question that others ask")
def of_line(found: QuerySet[Contact], line: str) -> QuerySet[Contact]:
    """The contacts that came from a line or gave it to be called back on, as far as the viewer may see them."""
    return found.filter(id__in=RawSQL("select iops.contacts_of_line(%s)", [line]))


@consults("contact", ids=lambda detail: [detail.contact.id])
def contact(contact_id: int, viewer: User) -> ContactDetail:  # noqa: ARG001 - read by `consults`
    """One contact with all its steps. Raises NotFoundError; writes the consultation log."""
    related = Contact.objects.select_related("taken_by", "concluded_by", "incident", "person", "district")
    found = related.filter(id=contact_id).first()
    if found is None:
        raise NotFoundError("There is no such contact.")
    led = Incident.objects.filter(Q(contact=found) | Q(pk=found.incident_id)).order_by("id")
    return ContactDetail(
        contact=found,
        places=tuple(found.places.select_related("by").order_by("at", "id")),
        silences=tuple(found.silences.select_related("by").order_by("at", "id")),
        call_backs=tuple(found.call_backs.select_related("by").order_by("at", "id")),
        incidents=tuple(led),
    )


@consults("contact")
def ringing(viewer: User) -> list[Contact]:  # noqa: ARG001 - read by `consults`
    """Contacts that wait to be answered, those of 999 first, then the one that waits longest."""
    waiting = Contact.objects.filter(STATES[State.RINGING]).annotate(urgent=Q(channel=Channel.EMERGENCY))
    return list(waiting.order_by(F("urgent").desc(), "rang_at")[:MOST_RINGING])


@consults("contact")
def contacts_of(incident_id: int, viewer: User) -> list[Contact]:  # noqa: ARG001 - read by `consults`
    """Every contact that led to an incident, in the order of time."""
    led = Contact.objects.filter(Q(incident_id=incident_id) | Q(incidents=incident_id)).select_related("taken_by")
    return list(led.distinct().order_by("at", "id"))


@consults("caller_note")
def caller_notes(viewer: User, number: str = "", person_ids: Sequence[int] = ()) -> list[CallerNote]:  # noqa: ARG001 - read by `consults`
    """The standing notes on a number and on nominals; without either, all of them, the next review first."""
    standing = CallerNote.objects.filter(ended_at=None).select_related("person", "written_by")
    if number or person_ids:
        line = line_of(number)
        standing = standing.filter((Q(line=line) & ~Q(line="")) | Q(person_id__in=list(person_ids)))
    return list(standing.order_by("review_on", "id"))


@shows_no_record("makes an address")
def address(contact_id: int) -> str:
    """Where the page of a contact is."""
    return reverse("contact", args=[contact_id])


@shows_no_record("names a contact that somebody else has found, and logged")
def label(found: Contact) -> RecordLabel:
    """How a contact is named in lists of every area."""
    who = found.caller_name or found.call_back or found.number or "caller not known"
    tags = [Channel(found.channel).label, state(found).capitalize()]
    return RecordLabel(f"{PREFIX}{found.id}".capitalize(), address(found.id), who, tuple(tags))


@shows_no_record("names contacts for worklists, which log their looks")
def labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """The labels of contacts by id; those that may not be seen are left out."""
    return {c.id: label(c) for c in Contact.objects.filter(id__in=ids)}


@shows_no_record("an id for a worklist's filter")
def find_id(reference: str) -> int | None:
    """The id in "contact 17"; None when it is no such reference."""
    words = reference.strip().lower().split()
    number = words[1] if len(words) == 2 and words[0] == PREFIX.strip() else ""  # noqa: PLR2004 - two words
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None  # noqa: PLR2004


@shows_no_record("names notes for worklists, which log their looks")
def note_labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """The labels of notes on callers by id; those that may not be seen are left out."""
    found = CallerNote.objects.filter(id__in=ids).select_related("person")
    return {
        n.id: RecordLabel(f"Note on {n.number or n.person}", f"{reverse('caller-notes')}#note-{n.id}", n.grounds[:80])
        for n in found
    }


@shows_no_record("finds nothing: a note has no reference of its own")
def find_none(reference: str) -> int | None:  # noqa: ARG001 - the shape that `records` asks for
    """Nothing: notes on callers have no number."""
    return None
