"""The API of the control room: the verbs and questions of the screens. Verbs answer with the incident as it then is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Literal

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from iops.control import actions, schemas, selectors, services
from iops.control.closing.schemas import CloseIn
from iops.control.closing.services import close_incident
from iops.control.grading.services import grade_or_propose
from iops.control.opening import Told, open_once
from iops.control.schemas import IncidentDetailOut, IncidentOut, IncidentsOut
from iops.control.selectors import IncidentsFilter, State
from iops.foundation.access import own_transaction
from iops.foundation.api import Id, Line, PageKey, PageNumber, paged, request_id, viewer
from iops.foundation.context import confirming
from iops.foundation.errors import NotFoundError
from iops.obligations.schemas import DutyOut
from iops.obligations.selectors import owed_on

if TYPE_CHECKING:
    from iops.control.models import Incident

router = Router(tags=["incidents"])
ONE = "/incidents/{number}/{day}"


class Reference(Schema):
    """An incident by its number and the day it belongs to (DDMMYYYY)."""

    number: Annotated[int, Field(ge=1, le=999_999)]
    day: Annotated[str, Field(pattern=r"^[0-9]{8}$")]

    def find(self) -> Incident:
        """The incident; NotFoundError when there is none that this person may see."""
        try:
            day = dt.date(int(self.day[4:]), int(self.day[2:4]), int(self.day[:2]))
        except ValueError:
            raise NotFoundError("There is no such day.", mend="Write the day as DDMMYYYY.") from None
        return selectors.by_reference(self.number, day)


Named = Path[Reference]


def _facts(incident: Incident, grade: int | None) -> dict[str, object]:
    names = set(IncidentOut.model_fields) - {"grade"}
    return {name: getattr(incident, name) for name in names} | {"grade": grade}


def shown(request: HttpRequest, incident: Incident) -> IncidentDetailOut:
    """One incident as the API shows it; the look is logged."""
    return shown_by_id(request, incident.id)


def shown_by_id(request: HttpRequest, incident_id: int) -> IncidentDetailOut:
    """The same, for who has its id alone."""
    detail = selectors.incident(incident_id, viewer(request))
    found = detail.incident
    return IncidentDetailOut.model_validate(
        _facts(found, detail.grade)
        | {
            "call_back": found.contact.call_back,
            "caller_name": found.contact.caller_name,
            "channel": found.contact.channel,
            "access": list(detail.access),
            "gradings": [
                {"grade": g.grade, "at": g.at, "by": g.by.name if g.by else None, "rationale": g.rationale}
                for g in detail.gradings
            ],
            "units": [schemas.UnitOut.model_validate(d) for d in detail.deployments],
            "log": [
                {"id": e.id, "at": e.at, "author": e.author.name if e.author else None, "text": e.text}
                for e in detail.log
            ],
            "owed": [DutyOut.model_validate(d) for d in owed_on("incident", found.id)],
        }
    )


@router.get("/incidents", response=IncidentsOut)
def incidents(
    request: HttpRequest,
    state: Literal["any", "open", "closed"] = "any",
    domestic: bool = False,
    district_id: Id | None = None,
    reference: Line = "",
    page: PageNumber = 1,
    after: PageKey = "",
    before: PageKey = "",
) -> IncidentsOut:
    """Incidents, the newest first."""
    wanted = IncidentsFilter(State(state), domestic, district_id, reference[:40], page, after, before)
    found = selectors.incidents(viewer(request), wanted)
    rows = [IncidentOut.model_validate(_facts(row.incident, row.grade)) for row in found.rows]
    return IncidentsOut(page=paged(found), rows=rows)


@router.post("/incidents", response={200: IncidentDetailOut, 201: IncidentDetailOut})
@own_transaction
def open_incident(request: HttpRequest, given: schemas.IncidentIn) -> Status[IncidentDetailOut]:
    """Open an incident: 201. Sent again with the same key: 200 and the incident of the first time.

    It is saved before the answer is composed: should that fail, a second sending with the same key gets the answer.
    """
    by, number = viewer(request), request_id(request)
    told = Told(**given.dict(exclude={"key"}))
    opened = open_once(told, by, key=given.key, request_id=number, confirmed_later=True)
    with confirming(user_id=by.id, request_id=number):
        return Status(201 if opened.made else 200, shown_by_id(request, opened.incident_id))


@router.get(ONE, response=IncidentDetailOut)
def incident(request: HttpRequest, named: Named) -> IncidentDetailOut:
    """One incident, what is on it and what is owed on it."""
    return shown(request, named.find())


@router.post(f"{ONE}/log", response=IncidentDetailOut)
def add_log_entry(request: HttpRequest, named: Named, given: schemas.LogIn) -> IncidentDetailOut:
    """Add a line to the log."""
    found = named.find()
    services.add_log_entry(found.id, given.text, viewer(request), at=given.at)
    return shown(request, found)


@router.post(f"{ONE}/grade", response=IncidentDetailOut)
def grade(request: HttpRequest, named: Named, given: schemas.GradeIn) -> IncidentDetailOut:
    """Grade the incident; a slower grade that needs a second person is proposed, and the old one stands until then."""
    found = named.find()
    grade_or_propose(found.id, given.grade, given.rationale, viewer(request))
    return shown(request, found)


@router.post(f"{ONE}/domestic", response=IncidentDetailOut)
def domestic(request: HttpRequest, named: Named, given: schemas.DomesticIn) -> IncidentDetailOut:
    """Set the domestic mark, or take it away."""
    found = named.find()
    services.mark_domestic(found.id, given.domestic, given.reason, viewer(request))
    return shown(request, found)


@router.post(f"{ONE}/district", response=IncidentDetailOut)
def district(request: HttpRequest, named: Named, given: schemas.DistrictIn) -> IncidentDetailOut:
    """Say in which district the incident is."""
    found = named.find()
    return shown(request, services.set_district(found.id, given.district_id, viewer(request)))


@router.post(f"{ONE}/units", response=IncidentDetailOut)
def assign_unit(request: HttpRequest, named: Named, given: schemas.UnitIn) -> IncidentDetailOut:
    """Send a unit."""
    found = named.find()
    services.assign_unit(found.id, given.unit, viewer(request))
    return shown(request, found)


@router.post(f"{ONE}/units/{{unit_id}}/arrived", response=IncidentDetailOut)
def arrived(request: HttpRequest, named: Named, unit_id: Id) -> IncidentDetailOut:
    """The unit is at the scene."""
    found = named.find()
    services.record_arrival(actions.own_deployment(found, unit_id), viewer(request))
    return shown(request, found)


@router.post(f"{ONE}/units/{{unit_id}}/stood-down", response=IncidentDetailOut)
def stood_down(request: HttpRequest, named: Named, unit_id: Id) -> IncidentDetailOut:
    """The unit is released."""
    found = named.find()
    services.stand_down(actions.own_deployment(found, unit_id), viewer(request))
    return shown(request, found)


@router.post(f"{ONE}/restrict", response=IncidentDetailOut)
def restrict(request: HttpRequest, named: Named, given: schemas.RestrictIn) -> IncidentDetailOut:
    """Restrict the incident to a list of people and teams."""
    found = named.find()
    services.restrict(found.id, given.user_ids, given.team_ids, given.reason, viewer(request))
    return shown(request, found)


@router.post(f"{ONE}/waivers", response=IncidentDetailOut)
def waive(request: HttpRequest, named: Named, given: schemas.WaiverIn) -> IncidentDetailOut:
    """Waive one duty on the incident."""
    found = named.find()
    actions.waive_own(found, given.dict(), viewer(request))
    return shown(request, found)


@router.post(f"{ONE}/close", response=IncidentDetailOut)
def close(request: HttpRequest, named: Named, given: CloseIn) -> IncidentDetailOut:
    """Close the incident with its closing code and result; 409 lists what is still owed."""
    found = named.find()
    close_incident(found.id, given.note, viewer(request), **given.dict(exclude={"note"}))
    return shown(request, found)


@router.post(f"{ONE}/reopen", response=IncidentDetailOut)
def reopen(request: HttpRequest, named: Named, given: schemas.ReasonIn) -> IncidentDetailOut:
    """Open the incident again."""
    found = named.find()
    services.reopen(found.id, given.reason, viewer(request))
    return shown(request, found)
