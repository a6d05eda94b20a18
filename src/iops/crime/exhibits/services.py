"""The verbs of property: seize, seal, move, send out, release, destroy; keep and review; count a store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from iops.control.models import Incident
from iops.crime.exhibits.finding import find, now_of
from iops.crime.models import (
    Crime,
    Exhibit,
    ExhibitMove,
    ExhibitSeal,
    Movement,
    Power,
    PropertyKind,
    PropertyStore,
    Retention,
    RetentionReason,
    RetentionReview,
)
from iops.crime.recorded.recording import year_of
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import District, User
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing
from iops.pole.models import Person

if TYPE_CHECKING:
    import datetime as dt

SEAL = re.compile(r"[A-Z0-9][A-Z0-9-]{2,29}")
MARK = re.compile(r"[A-Z]{1,4}/[0-9]{1,4}")
MOST_PENCE = 10**12


@dataclass(frozen=True)
class Seized:
    """What was taken, by what right, where, when and from whom; `pence` for cash alone, `seized_at` now when empty."""

    mark: str
    kind: str
    description: str
    power: str
    where: str
    seal: str = ""
    pence: int | None = None
    seized_at: dt.datetime | None = None
    seized_by_id: int | None = None
    seized_from_id: int | None = None
    owner_id: int | None = None


@verb
def seize(told: Seized, by: User, *, crime_id: int | None = None, incident_id: int | None = None) -> Exhibit:
    """Put a thing on record that was seized or found, of a crime or of an incident alone; its chain begins.

    `mark` is the identification mark of whoever found it, such as JS/1. The seizing officer is `by` when left out.
    Raises InvalidError naming the field, ConflictError for a mark or seal that is borne already, NotFoundError.
    """
    crime, incident = _of_what(crime_id, incident_id)
    mark = "".join(told.mark.upper().split())
    _check(told, mark)
    _people(told)
    if Exhibit.objects.filter(incident=incident, mark=mark).exists():
        raise ConflictError(f"{mark} is another exhibit of this incident.", mend="Give it the next mark.")
    now = clock.now()
    with writing(by, reason="property seized"):
        made = Exhibit.objects.create(
            year=year_of(now),
            number=_take_number(now),
            incident=incident,
            crime=crime,
            mark=mark,
            kind=told.kind,
            description=text(told.description, "Description"),
            pence=told.pence,
            power=told.power,
            seized_at=told.seized_at or now,
            seized_where=text(told.where, "Where")[:200],
            seized_by_id=told.seized_by_id or by.id,
            seized_from_id=told.seized_from_id,
            owner_id=told.owner_id,
            at=now,
            by=by,
            made_up=incident.made_up,
        )
        if told.seal.strip():
            _seal(made, told.seal, "", by)
    return made


def _of_what(crime_id: int | None, incident_id: int | None) -> tuple[Crime | None, Incident]:
    if crime_id is not None:
        crime = Crime.objects.select_related("incident").filter(id=crime_id).first()
        if crime is None:
            raise NotFoundError("There is no such crime.")
        return crime, crime.incident
    found = Incident.objects.filter(id=incident_id or 0).first()
    if found is None:
        raise NotFoundError("There is no such incident.")
    return None, found


def _check(told: Seized, mark: str) -> None:
    if not MARK.fullmatch(mark):
        raise InvalidError("A mark is initials, a stroke and a number, such as JS/1.", details={"field": "mark"})
    if told.kind not in PropertyKind.values:
        raise InvalidError("That is not a sort of property.", details={"field": "kind"})
    if told.power not in Power.values:
        raise InvalidError("That is not a power of seizure.", details={"field": "power"})
    if told.kind == PropertyKind.CASH and (told.pence is None or not 0 <= told.pence < MOST_PENCE):
        raise InvalidError("Cash is counted: say how much, in pounds and pence.", details={"field": "pence"})
    if told.kind != PropertyKind.CASH and told.pence is not None:
        raise InvalidError("Only cash has an amount.", details={"field": "pence"})
    if told.seized_at is not None and told.seized_at > clock.now():
        raise InvalidError("That time has not come yet.", details={"field": "seized_at"})


def _people(told: Seized) -> None:
    for field, model, wanted in (
        ("seized_by", User, told.seized_by_id),
        ("seized_from", Person, told.seized_from_id),
        ("owner", Person, told.owner_id),
    ):
        if wanted is not None and not model._default_manager.filter(id=wanted).exists():
            raise NotFoundError("There is no such person.", details={"field": field})


def _take_number(at: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select iops.take_numbers('property', %s, %s)", [year_of(at), 1])
        first: int = cursor.fetchone()[0]
        return first


@verb
def seal(exhibit_id: int, number: str, reason: str, by: User) -> ExhibitSeal:
    """Put an exhibit into a bag or under a tag with this number; of a second one the reason says why the first broke.

    Raises ConflictError when the number was ever used, or the exhibit has left for good; InvalidError.
    """
    found = find(exhibit_id)
    if found.seals.exists() and not reason.strip():
        raise InvalidError("Say why the seal before was broken.", details={"field": "reason"})
    with writing(by, reason="sealed"):
        return _seal(found, number, reason, by)


def _seal(exhibit: Exhibit, number: str, reason: str, by: User) -> ExhibitSeal:
    tidy = "".join(number.upper().split())
    if not SEAL.fullmatch(tidy):
        raise InvalidError("A seal has 3 to 30 letters, digits and dashes.", details={"field": "seal"})
    if ExhibitSeal.objects.filter(seal=tidy).exists():
        raise ConflictError(f"Seal {tidy} was used before.", mend="Check the number on the bag, or take another bag.")
    return ExhibitSeal.objects.create(exhibit=exhibit, seal=tidy, reason=reason.strip()[:200], at=clock.now(), by=by)


@dataclass(frozen=True)
class Going:
    """Where an exhibit goes and how: one of a colleague, a store with its shelf, or a body or person outside.

    `after` is the step that it follows, as whoever moves it saw it; empty means the last one.
    """

    movement: str
    reason: str
    to_user_id: int | None = None
    to_store_id: int | None = None
    to_body: str = ""
    shelf: str = ""
    seal_whole: bool = True
    authority_id: int | None = None
    witness_id: int | None = None
    moved_at: dt.datetime | None = None
    after: int | None = None


@verb
def move(exhibit_id: int, going: Going, by: User) -> ExhibitMove:
    """Move an exhibit: into a store, to a colleague, out to a laboratory, released to somebody, or destroyed.

    It goes from where it is; nobody types that. Raises ConflictError when it is not there any more, has gone for good
    or is kept, NotAllowedError without a supervisor's authority, InvalidError.
    """
    exhibit, last = find(exhibit_id), now_of(exhibit_id)
    if going.after is not None and going.after != last.step:
        raise ConflictError("Another movement came in between.", mend="Look where it is now, then move it from there.")
    where = _where(going)
    with writing(by, reason=f"property {going.movement}"):
        made = ExhibitMove.objects.create(
            exhibit=exhibit,
            before=last,
            movement=going.movement,
            from_user_id=last.to_user_id,
            from_store_id=last.to_store_id,
            from_body=last.to_body,
            **where,
            seal_whole=going.seal_whole,
            reason=text(going.reason, "Reason")[:200],
            authority_id=going.authority_id,
            witness_id=going.witness_id,
            at=going.moved_at or clock.now(),
            by=by,
        )
        made.refresh_from_db()
    return made


def _where(going: Going) -> dict[str, Any]:
    if going.movement not in Movement.values or going.movement == Movement.SEIZED:
        raise InvalidError("That is not a movement.", details={"field": "movement"})
    wanted: dict[str, Any] = {"to_user_id": None, "to_store_id": None, "to_body": "", "shelf": ""}
    if going.movement == Movement.HANDED:
        wanted["to_user_id"] = _known(User, going.to_user_id, "to_user", "To whom?")
    elif going.movement == Movement.STORED:
        wanted["to_store_id"] = _known(PropertyStore, going.to_store_id, "to_store", "Into which store?")
        wanted["shelf"] = going.shelf.strip()[:40]
    elif going.movement != Movement.DESTROYED:
        wanted["to_body"] = text(going.to_body, "To whom")[:100]
    _ending(going)
    return wanted


def _ending(going: Going) -> None:
    if going.movement not in (Movement.RELEASED, Movement.DESTROYED):
        return
    _known(User, going.authority_id, "authority", "Which supervisor allowed it?")
    if going.movement == Movement.DESTROYED:
        _known(User, going.witness_id, "witness", "Who saw it destroyed?")


def _known(model: type[User | PropertyStore], wanted: int | None, field: str, asks: str) -> int:
    if wanted is None:
        raise InvalidError(asks, details={"field": field})
    if not model._default_manager.filter(id=wanted).exists():
        raise NotFoundError("There is none such.", details={"field": field})
    return wanted


# --- kept for a reason -----------------------------------------------------------------------------------------------


@verb
def keep(exhibit_id: int, reason: str, review_on: dt.date, by: User, *, note: str = "") -> Retention:
    """Keep an exhibit for a reason until a local day on which that is looked at again. Raises InvalidError."""
    exhibit = find(exhibit_id)
    if reason not in RetentionReason.values:
        raise InvalidError("That is not a reason to keep property.", details={"field": "reason"})
    if review_on <= clock.today():
        raise InvalidError("The day of the review is still to come.", details={"field": "review_on"})
    with writing(by, reason="property kept"):
        return Retention.objects.create(
            exhibit=exhibit, reason=reason, note=note.strip(), review_on=review_on, at=clock.now(), by=by
        )


@verb
def review_retention(retention_id: int, reason: str, by: User, *, keep_until: dt.date | None = None) -> RetentionReview:
    """Look at a retention: it goes on until another day, or ends when `keep_until` is left out.

    Raises NotAllowedError for others than investigators and supervisors, ConflictError when it was reviewed.
    """
    found = Retention.objects.filter(id=retention_id).first()
    if found is None:
        raise NotFoundError("There is no such retention.")
    if not by.holds((*LADDER, Role.DETECTIVE)):
        raise NotAllowedError("Retention is reviewed by an investigator or a supervisor.")
    if RetentionReview.objects.filter(retention=found).exists():
        raise ConflictError("That was reviewed already.")
    if keep_until is not None and keep_until <= clock.today():
        raise InvalidError("The day of the next review is still to come.", details={"field": "review_on"})
    why = text(reason, "Reasons")
    with writing(by, reason="retention reviewed"):
        made = RetentionReview.objects.create(
            retention=found,
            exhibit_id=found.exhibit_id,
            keeps=keep_until is not None,
            reason=why,
            at=clock.now(),
            by=by,
        )
        if keep_until is not None:
            Retention.objects.create(
                exhibit_id=found.exhibit_id, reason=found.reason, review_on=keep_until, at=clock.now(), by=by
            )
    return made


@verb
def open_store(code: str, name: str, by: User, *, district_id: int | None = None) -> PropertyStore:
    """Open a property store; a supervisor does. Raises NotAllowedError, InvalidError, ConflictError."""
    if not by.holds((*LADDER, Role.ADMINISTRATOR)):
        raise NotAllowedError("A store is opened by a supervisor.")
    tidy = "".join(code.upper().split())
    if not re.fullmatch(r"[A-Z0-9-]{2,20}", tidy):
        raise InvalidError("A code has 2 to 20 letters, digits and dashes.", details={"field": "code"})
    if district_id is not None and not District.objects.filter(id=district_id).exists():
        raise NotFoundError("There is no such district.", details={"field": "district_id"})
    if PropertyStore.objects.filter(code=tidy).exists():
        raise ConflictError(f"There is a store {tidy} already.")
    with writing(by, reason="store opened"):
        return PropertyStore.objects.create(code=tidy, name=text(name, "Name")[:100], district_id=district_id)
