"""The API of recording: the same verbs as the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from django.http import HttpRequest
from ninja import Path, Router, Status

from iops.foundation.api import Id, viewer
from iops.pole import services
from iops.pole.entry import people, schemas, selectors
from iops.pole.entry.schemas import MarkerOut, PersonOut, RecordOut, ValueOut
from iops.pole.services.common import find_person
from iops.web.services import save_once

if TYPE_CHECKING:
    from iops.pole.models import Sourced, WarningMarker

router = Router(tags=["people, places, things"])
Wanted = Annotated[Id, Path()]
MADE = {201: RecordOut}
KEPT = {201: ValueOut}


def _kept(kind: str, value: Sourced) -> Status[ValueOut]:
    return Status(201, ValueOut(kind=kind, id=value.id))


def _made(kind: str, record: object) -> Status[RecordOut]:
    return Status(201, RecordOut(kind=kind, id=record.id, named=str(record)))  # type: ignore[attr-defined]


def _warning(marker: WarningMarker) -> MarkerOut:
    return MarkerOut.model_validate({name: getattr(marker, name) for name in MarkerOut.model_fields})


@router.post("/people", response={200: PersonOut, 201: PersonOut})
def register_person(request: HttpRequest, given: schemas.PersonIn) -> Status[PersonOut]:
    """Record a nominal: 201; sent again with the same key: 200.

    409 with the strong matches in `details` when somebody very like is recorded already and `despite` says nothing.
    """
    by = viewer(request)
    typed = given.dict()
    name = given.name or f"{given.given} {given.family}"
    asked = people.described(typed | {"name": name})
    strong = [p.person_id for p in selectors.who_could_be(asked, by) if p.strong]

    def make() -> int:
        return people.record(typed | {"name": name}, strong, given.despite, given.provenance(), by).id

    person_id, made = (make(), True) if given.key is None else save_once(given.key, "person", by, make)
    found = find_person(person_id)
    return Status(
        201 if made else 200, PersonOut.model_validate({f: getattr(found, f) for f in PersonOut.model_fields})
    )


@router.post("/people/{person_id}/names", response=KEPT)
def add_name(request: HttpRequest, person_id: Wanted, given: schemas.NameIn) -> Status[ValueOut]:
    """Record a further name of a nominal."""
    told = {"kind": given.kind, "given": given.given, "family": given.family, "provenance": given.provenance()}
    return _kept("name", services.add_name(person_id, given.full, viewer(request), **told))  # type: ignore[arg-type]


@router.post("/people/{person_id}/births", response=KEPT)
def add_birth(request: HttpRequest, person_id: Wanted, given: schemas.BirthIn) -> Status[ValueOut]:
    """Record when a nominal was born, as said."""
    birth = services.add_birth(person_id, given.born, viewer(request), provenance=given.provenance())
    return _kept("birth", birth)


@router.post("/people/{person_id}/details", response=KEPT)
def add_detail(request: HttpRequest, person_id: Wanted, given: schemas.DetailIn) -> Status[ValueOut]:
    """Record a detail of a nominal."""
    by = viewer(request)
    return _kept("detail", services.add_detail(person_id, given.kind, given.value, by, provenance=given.provenance()))


@router.post("/people/{person_id}/identifiers", response=KEPT)
def add_identifier(request: HttpRequest, person_id: Wanted, given: schemas.IdentifierIn) -> Status[ValueOut]:
    """Record a number that another system gave to a nominal."""
    by = viewer(request)
    kept = services.add_identifier(person_id, given.kind, given.value, by, provenance=given.provenance())
    return _kept("identifier", kept)


@router.post("/places", response=MADE)
def register_location(request: HttpRequest, given: schemas.LocationIn) -> Status[RecordOut]:
    """Record a place."""
    told = {"parts": given.parts(), "district_id": given.district_id, "access_notes": given.access_notes}
    return _made("location", services.register_location(given.where, viewer(request), **told))  # type: ignore[arg-type]


@router.post("/vehicles", response=MADE)
def register_vehicle(request: HttpRequest, given: schemas.VehicleIn) -> Status[RecordOut]:
    """Record a vehicle."""
    told = given.dict(exclude={"registration"})
    return _made("vehicle", services.register_vehicle(given.registration, viewer(request), **told))


@router.post("/phones", response=MADE)
def add_phone(request: HttpRequest, given: schemas.PhoneIn) -> Status[RecordOut]:
    """Record a telephone number; one that stands already is given back."""
    return _made("phone", services.add_phone(given.number, viewer(request)))


@router.post("/emails", response=MADE)
def add_email(request: HttpRequest, given: schemas.EmailIn) -> Status[RecordOut]:
    """Record an e-mail address; one that stands already is given back."""
    return _made("email", services.add_email(given.address, viewer(request)))


@router.post("/organisations", response=MADE)
def register_organisation(request: HttpRequest, given: schemas.OrganisationIn) -> Status[RecordOut]:
    """Record an organisation."""
    told = given.dict(exclude={"name"})
    return _made("organisation", services.register_organisation(given.name, viewer(request), **told))


@router.post("/items", response=MADE)
def register_item(request: HttpRequest, given: schemas.ItemIn) -> Status[RecordOut]:
    """Record an object."""
    return _made("item", services.register_item(given.kind, viewer(request), **given.dict(exclude={"kind"})))


@router.post("/links", response=KEPT)
def link(request: HttpRequest, given: schemas.LinkIn) -> Status[ValueOut]:
    """Link two records; saying the same again gives the link that stands."""
    start, to = (given.from_kind, given.from_id), (given.to_kind, given.to_id)
    by = viewer(request)
    made = services.link(start, given.role, to, by, provenance=given.provenance(), note=given.note)
    return _kept("link", made)


@router.post("/values/{kind}/{value_id}/withdraw", response=ValueOut)
def withdraw(request: HttpRequest, kind: str, value_id: Wanted, given: schemas.WithdrawIn) -> ValueOut:
    """Withdraw a value that was wrong; it stays on record with the reason."""
    found = selectors.value(kind, value_id, viewer(request))
    services.withdraw(found.value, given.reason, viewer(request))
    return ValueOut(kind=kind, id=value_id)


@router.post("/warnings", response={201: MarkerOut})
def propose_marker(request: HttpRequest, given: schemas.MarkerIn) -> Status[MarkerOut]:
    """Propose a warning on one person or one place; it is shown at once as proposed."""
    return Status(201, _warning(services.propose_marker(**given.dict(), by=viewer(request))))


@router.get("/warnings/{marker_id}", response=MarkerOut)
def warning(request: HttpRequest, marker_id: Wanted) -> MarkerOut:
    """One warning."""
    return _warning(selectors.marker(marker_id, viewer(request)).marker)


@router.post("/warnings/{marker_id}/decision", response=MarkerOut)
def decide(request: HttpRequest, marker_id: Wanted, given: schemas.MarkerDecisionIn) -> MarkerOut:
    """Confirm or refuse a proposed warning."""
    return _warning(services.decide_marker(marker_id, given.confirmed, given.reason, viewer(request)))


@router.post("/warnings/{marker_id}/review", response=MarkerOut)
def review(request: HttpRequest, marker_id: Wanted, given: schemas.MarkerReviewIn) -> MarkerOut:
    """Review a confirmed warning: keep it until its next review, or end it."""
    by = viewer(request)
    services.review_marker(marker_id, given.kept, given.note, by, next_review=given.next_review)
    return _warning(selectors.marker(marker_id, by).marker)
