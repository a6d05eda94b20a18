"""The API of units and dispatch: the verbs and questions of the control room, one address each."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router, Status

from iops.control.api import Named
from iops.control.dispatch import schemas, selectors, services
from iops.control.dispatch.schemas import CheckOut, DeploymentOut, MarkerOut, PressOut, SuggestionOut, TakenOut, UnitOut
from iops.control.dispatch.suggestion import Suggestion
from iops.control.models import Deployment
from iops.foundation.api import Id, viewer
from iops.pole.models import WarningMarker

router = Router(tags=["units and dispatch"])
UNIT = "/units/{unit_id}"
SENT = "/deployments/{deployment_id}"
INCIDENT = "/incidents/{number}/{day}"


def _unit(request: HttpRequest, unit_id: int) -> UnitOut:
    """One unit as it stands."""
    return UnitOut.from_orm(selectors.unit(unit_id, viewer(request)))


@router.get("/units", response=list[UnitOut])
def units(request: HttpRequest, district_id: Id | None = None, on_duty: bool | None = None) -> list[UnitOut]:
    """Every unit in use as it stands now, by call sign."""
    return [UnitOut.from_orm(u) for u in selectors.units(viewer(request), district_id, on_duty)]


@router.post("/units", response={201: UnitOut})
def register_unit(request: HttpRequest, given: schemas.UnitIn) -> Status[UnitOut]:
    """Register a unit."""
    made = services.register_unit(given.callsign, given.kind, given.district_id, viewer(request))
    return Status(201, _unit(request, made.id))


@router.get(UNIT, response=UnitOut)
def unit(request: HttpRequest, unit_id: Id) -> UnitOut:
    """One unit as it stands now."""
    return _unit(request, unit_id)


@router.post(f"{UNIT}/active", response=UnitOut)
def set_active(request: HttpRequest, unit_id: Id, given: schemas.ActiveIn) -> UnitOut:
    """Retire a unit, or bring it back."""
    services.set_active(unit_id, given.active, given.reason, viewer(request))
    return _unit(request, unit_id)


@router.post(f"{UNIT}/on-duty", response=UnitOut)
def book_on(request: HttpRequest, unit_id: Id, given: schemas.DutyIn) -> UnitOut:
    """Book a unit on."""
    services.book_on(unit_id, given.crew, given.until, viewer(request), vehicle=given.vehicle, skills=given.skills)
    return _unit(request, unit_id)


@router.post(f"{UNIT}/off-duty", response=UnitOut)
def book_off(request: HttpRequest, unit_id: Id) -> UnitOut:
    """Book a unit off."""
    services.book_off(unit_id, viewer(request))
    return _unit(request, unit_id)


@router.post(f"{UNIT}/crew/join", response=UnitOut)
def join_crew(request: HttpRequest, unit_id: Id, given: schemas.CrewIn) -> UnitOut:
    """Somebody joins the crew."""
    services.join_crew(unit_id, given.user_id, viewer(request))
    return _unit(request, unit_id)


@router.post(f"{UNIT}/crew/leave", response=UnitOut)
def leave_crew(request: HttpRequest, unit_id: Id, given: schemas.CrewIn) -> UnitOut:
    """Somebody leaves the crew."""
    services.leave_crew(unit_id, given.user_id, viewer(request))
    return _unit(request, unit_id)


@router.post(f"{UNIT}/state", response=UnitOut)
def set_state(request: HttpRequest, unit_id: Id, given: schemas.StateIn) -> UnitOut:
    """Tell a status code."""
    services.set_state(unit_id, given.code, viewer(request), at=given.at, note=given.note)
    return _unit(request, unit_id)


@router.post(f"{UNIT}/position", response=TakenOut)
def report_position(request: HttpRequest, unit_id: Id, given: schemas.PositionIn) -> TakenOut:
    """Tell where a unit is."""
    by = viewer(request)
    return TakenOut(taken=services.report_position(unit_id, given.easting, given.northing, by, at=given.at))


@router.post(f"{UNIT}/welfare", response={201: CheckOut})
def set_welfare_check(request: HttpRequest, unit_id: Id, given: schemas.WelfareIn) -> Status[CheckOut]:
    """Set a welfare timer."""
    return Status(201, CheckOut.from_orm(services.set_welfare_check(unit_id, given.minutes, viewer(request))))


@router.get("/welfare-checks", response=list[CheckOut])
def welfare_checks(request: HttpRequest) -> list[CheckOut]:
    """Welfare checks that nobody has answered."""
    return [CheckOut.from_orm(c) for c in selectors.open_welfare_checks()]


@router.post("/welfare-checks/{check_id}/answer", response=CheckOut)
def answer_welfare_check(request: HttpRequest, check_id: Id, given: schemas.WellIn) -> CheckOut:
    """The crew answers a welfare check."""
    return CheckOut.from_orm(services.answer_welfare_check(check_id, given.well, viewer(request), note=given.note))


@router.get("/emergencies", response=list[PressOut])
def emergencies(request: HttpRequest) -> list[PressOut]:
    """Presses of the emergency button that nobody has answered."""
    return [PressOut.from_orm(p) for p in selectors.open_emergencies()]


@router.post("/emergencies", response={201: PressOut})
def press_emergency(request: HttpRequest) -> Status[PressOut]:
    """Press the emergency button, as a member of a crew."""
    return Status(201, PressOut.from_orm(services.press_emergency(viewer(request))))


@router.post("/emergencies/{press_id}/answer", response=PressOut)
def answer_emergency(request: HttpRequest, press_id: Id, given: schemas.AnswerIn) -> PressOut:
    """Answer a press of the emergency button."""
    return PressOut.from_orm(services.answer_emergency(press_id, given.note, viewer(request)))


# --- incidents -------------------------------------------------------------------------------------------------------


@router.get(f"{INCIDENT}/deployments", response=list[DeploymentOut])
def deployments(request: HttpRequest, named: Named) -> list[DeploymentOut]:
    """Every unit that was sent to an incident."""
    return [DeploymentOut.from_orm(d) for d in selectors.deployments(named.find().id, viewer(request))]


@router.get(f"{INCIDENT}/suggested-units", response=list[SuggestionOut])
def suggested_units(request: HttpRequest, named: Named) -> list[SuggestionOut]:
    """Which units to send, the best first, with the reasons for and against each."""
    return [_suggestion(s) for s in selectors.suggest_units(named.find().id, viewer(request))]


def _suggestion(found: Suggestion) -> SuggestionOut:
    return SuggestionOut(
        unit_id=found.unit.unit_id,
        callsign=found.unit.callsign,
        metres=found.unit.metres,
        minutes=found.minutes,
        possible=found.possible,
        must_divert=found.must_divert,
        deployment_id=found.unit.deployment_id,
        points=found.points,
        reasons=[schemas.ReasonOut(points=r.points, says=r.says) for r in found.reasons],
    )


@router.post(f"{INCIDENT}/assign", response=list[DeploymentOut])
def assign(request: HttpRequest, named: Named, given: schemas.AssignIn) -> list[DeploymentOut]:
    """Send units to an incident, all or none."""
    sent = services.assign(named.find().id, given.unit_ids, viewer(request))
    return [DeploymentOut.from_orm(d) for d in sent]


@router.post(f"{INCIDENT}/self-assign", response=DeploymentOut)
def self_assign(request: HttpRequest, named: Named) -> DeploymentOut:
    """Take an incident for one's own unit."""
    return DeploymentOut.from_orm(services.self_assign(named.find().id, viewer(request)))


# --- deployments -----------------------------------------------------------------------------------------------------


@router.get("/deployments/mine", response=list[DeploymentOut])
def my_jobs(request: HttpRequest) -> list[DeploymentOut]:
    """What one's own unit is on."""
    return [DeploymentOut.from_orm(d) for d in selectors.my_jobs(viewer(request))]


Step = Literal["acknowledge", "en-route", "at-scene"]
STEPS = {"acknowledge": services.acknowledge, "en-route": services.en_route, "at-scene": services.at_scene}


@router.post(f"{SENT}/clear", response=DeploymentOut)
def clear(request: HttpRequest, deployment_id: Id, given: schemas.ClearIn) -> DeploymentOut:
    """The unit is released."""
    done = services.clear(deployment_id, viewer(request), result=given.result, at=given.at)
    return DeploymentOut.from_orm(done)


@router.post(f"{SENT}/divert", response=DeploymentOut)
def divert(request: HttpRequest, deployment_id: Id, given: schemas.DivertIn) -> DeploymentOut:
    """Send the unit to another incident instead; the answer is the new deployment."""
    return DeploymentOut.from_orm(services.divert(deployment_id, given.incident_id, given.reason, viewer(request)))


@router.get(f"{SENT}/warnings", response=list[MarkerOut])
def warnings(request: HttpRequest, deployment_id: Id) -> list[MarkerOut]:
    """The standing warnings of a deployment, the gravest first."""
    found = selectors.warnings_for(deployment_id, viewer(request))
    return [_marker(m, m.id not in found.unread) for m in found.markers]


@router.post(f"{SENT}/warnings/show", response=list[MarkerOut])
def show_warnings(request: HttpRequest, deployment_id: Id) -> list[MarkerOut]:
    """Show the warnings to a member of the crew, and keep that they were shown."""
    services.show_markers(deployment_id, viewer(request))
    return warnings(request, deployment_id)


@router.post(f"{SENT}/warnings/read", response=list[MarkerOut])
def read_warnings(request: HttpRequest, deployment_id: Id, given: schemas.ReadIn) -> list[MarkerOut]:
    """A member of the crew has read warnings."""
    services.read_markers(deployment_id, given.marker_ids, viewer(request), reader_id=given.reader_id)
    return warnings(request, deployment_id)


def _marker(marker: WarningMarker, read: bool) -> MarkerOut:
    return MarkerOut(
        id=marker.id,
        kind=marker.kind,
        severity=marker.severity,
        grounds=marker.grounds,
        confirmed=marker.confirmed,
        person=marker.person.name if marker.person else None,
        location=marker.location.said if marker.location else None,
        read=read,
    )


@router.post(f"{SENT}/{{step}}", response=DeploymentOut)
def take_step(request: HttpRequest, deployment_id: Id, step: Step, given: schemas.StepIn) -> DeploymentOut:
    """Acknowledge (409 while a warning is unread), en route, at scene."""
    done: Deployment = STEPS[step](deployment_id, viewer(request), at=given.at)
    return DeploymentOut.from_orm(done)
