"""The API of the record: the log, links, transfers, major incidents."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router, Status

from iops.control import selectors as control
from iops.control.api import Named
from iops.control.models import LogEntry, Transfer
from iops.control.record import linking, log, major, schemas, selectors, transfers
from iops.control.record.log import Kinds, LogView, Order
from iops.control.record.schemas import LineOut, MajorDetailOut, MajorOut, TiesOut, TransferOut
from iops.foundation.api import Id, viewer
from iops.foundation.errors import InvalidError

router = Router(tags=["the record"])
INCIDENT = "/incidents/{number}/{day}"
OFFER = "/transfers/{transfer_id}"
MAJOR = "/major-incidents/{major_id}"


def _line(entry: LogEntry) -> LineOut:
    return LineOut.of(log.Line(entry, ()))


@router.get(f"{INCIDENT}/log/lines", response=list[LineOut])
def lines(
    request: HttpRequest,
    named: Named,
    kind: Literal["all", "typed", "system"] = "all",
    order: Literal["event", "recorded"] = "event",
) -> list[LineOut]:
    """The log of an incident, the latest line first, by the time of the event or of the record."""
    found = control.incident(named.find().id, viewer(request))
    return [LineOut.of(line) for line in log.read(found.log, LogView(Kinds(kind), Order(order))).lines]


@router.post("/log/{entry_id}/correct", response={201: LineOut})
def correct(request: HttpRequest, entry_id: Id, given: schemas.LineIn) -> Status[LineOut]:
    """Correct a line by another; both stay."""
    return Status(201, _line(log.correct_log_entry(entry_id, given.text, viewer(request), at=given.at)))


@router.get(f"{INCIDENT}/ties", response=TiesOut)
def ties(request: HttpRequest, named: Named) -> TiesOut:
    """Links, transfers and major incidents of an incident."""
    return TiesOut.of(selectors.ties(named.find().id, viewer(request)))


@router.post(f"{INCIDENT}/links", response={201: TiesOut})
def link(request: HttpRequest, named: Named, given: schemas.LinkIn) -> Status[TiesOut]:
    """Link an incident to another. Nothing is closed by it."""
    found = named.find()
    linking.link_incidents(found.id, given.other_id, given.kind, given.reason, viewer(request))
    return Status(201, TiesOut.of(selectors.ties(found.id, viewer(request))))


@router.post("/incident-links/{link_id}/withdraw", response=TiesOut)
def withdraw_link(request: HttpRequest, link_id: Id, given: schemas.ReasonIn) -> TiesOut:
    """Withdraw a link; it stays to be seen."""
    done = linking.withdraw_link(link_id, given.reason, viewer(request))
    return TiesOut.of(selectors.ties(done.incident_id, viewer(request)))


@router.post(f"{INCIDENT}/transfers", response={201: TransferOut})
def offer(request: HttpRequest, named: Named, given: schemas.TransferIn) -> Status[TransferOut]:
    """Offer an incident to a district, or to another force."""
    if (given.district_id is None) == (not given.force.strip()):
        raise InvalidError("Name one receiver: a district or a force.", details={"field": "district_id"})
    found, by = named.find(), viewer(request)
    if given.district_id is not None:
        return Status(201, _told(transfers.offer_to_district(found.id, given.district_id, given.reason, by)))
    return Status(201, _told(transfers.offer_to_force(found.id, given.force, given.reason, by)))


def _told(transfer: Transfer) -> TransferOut:
    return TransferOut.of(transfer)


@router.post(f"{OFFER}/accept", response=TransferOut)
def accept(request: HttpRequest, transfer_id: Id, given: schemas.AcceptIn) -> TransferOut:
    """The receiver accepts."""
    by = viewer(request)
    return _told(
        transfers.accept_transfer(transfer_id, by, accepted_name=given.accepted_name, reference=given.reference)
    )


@router.post(f"{OFFER}/refuse", response=TransferOut)
def refuse(request: HttpRequest, transfer_id: Id, given: schemas.ReasonIn) -> TransferOut:
    """The receiver refuses, with a reason."""
    return _told(transfers.refuse_transfer(transfer_id, given.reason, viewer(request)))


@router.post(f"{OFFER}/withdraw", response=TransferOut)
def withdraw(request: HttpRequest, transfer_id: Id, given: schemas.ReasonIn) -> TransferOut:
    """The offer is taken back, with a reason."""
    return _told(transfers.withdraw_transfer(transfer_id, given.reason, viewer(request)))


@router.get("/major-incidents", response=list[MajorOut])
def majors(request: HttpRequest) -> list[MajorOut]:
    """Major incidents, those that stand first."""
    return [MajorOut.of(m) for m in selectors.majors()]


@router.get(MAJOR, response=MajorDetailOut)
def one_major(request: HttpRequest, major_id: Id) -> MajorDetailOut:
    """A major incident with its reports, incidents and lines."""
    return MajorDetailOut.told(selectors.major(major_id, viewer(request)))


@router.post(f"{INCIDENT}/major-incident", response={201: MajorDetailOut})
def declare(request: HttpRequest, named: Named, given: schemas.DeclareIn) -> Status[MajorDetailOut]:
    """Declare a major incident that begins with this incident."""
    report = major.Report(**given.dict(exclude={"name"}))
    made = major.declare_major(named.find().id, given.name, report, viewer(request))
    return Status(201, one_major(request, made.id))


@router.post(f"{MAJOR}/reports", response={201: MajorDetailOut})
def report_again(request: HttpRequest, major_id: Id, given: schemas.ReportIn) -> Status[MajorDetailOut]:
    """A further METHANE report."""
    major.report_on_major(major_id, major.Report(**given.dict()), viewer(request))
    return Status(201, one_major(request, major_id))


@router.post(f"{MAJOR}/incidents/{{incident_id}}", response={201: MajorDetailOut})
def add_to_major(request: HttpRequest, major_id: Id, incident_id: Id) -> Status[MajorDetailOut]:
    """An incident is part of it."""
    major.add_to_major(major_id, incident_id, viewer(request))
    return Status(201, one_major(request, major_id))


@router.post(f"{MAJOR}/incidents/{{incident_id}}/take-off", response=MajorDetailOut)
def take_off_major(request: HttpRequest, major_id: Id, incident_id: Id, given: schemas.ReasonIn) -> MajorDetailOut:
    """An incident is not part of it after all, with a reason."""
    part = selectors.part_of_major(major_id, incident_id)
    major.take_off_major(part, given.reason, viewer(request))
    return one_major(request, major_id)


@router.post(f"{MAJOR}/stand-down", response=MajorDetailOut)
def stand_down(request: HttpRequest, major_id: Id, given: schemas.ReasonIn) -> MajorDetailOut:
    """Stand it down, with a reason."""
    major.stand_down_major(major_id, given.reason, viewer(request))
    return one_major(request, major_id)
