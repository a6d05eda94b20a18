"""Send units and follow them: assign, acknowledge, en route, at scene, clear, divert. Every step has its time.

A step that has its time keeps it, steps do not go backwards, and a unit is at one incident at a time: the database
holds all three. A unit that is typed by a call sign nobody booked on is kept as it was said, as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.dispatch.common import SENT, must_send, must_speak_for, on_duty, own_unit
from iops.control.dispatch.common import moment as at_moment
from iops.control.dispatch.states import codes_on
from iops.control.finding import open_one
from iops.control.models import CrewMember, Deployment, Duty, IncidentAccess, UnitStatus
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from iops.control.dispatch.common import OnDuty
    from iops.control.models import Incident
    from iops.foundation.models import User

UNIT_LENGTH = 20
MOST_UNITS = 50
STEPS = ("assigned_at", "acknowledged_at", "en_route_at", "arrived_at", "stood_down_at")


@verb
def assign(incident_id: int, unit_ids: Sequence[int], by: User) -> list[Deployment]:
    """Send units to an incident, all or none. By a dispatcher or a supervisor.

    The crews are put on the list of a restricted incident, since whoever is sent must be able to read it. Raises
    ConflictError for a unit that is not on duty, is sent already, or may not be taken away from what it does.
    """
    must_send(by)
    wanted = sorted(set(unit_ids))
    if not wanted or len(wanted) > MOST_UNITS:
        raise InvalidError(f"Name 1 to {MOST_UNITS} units.", details={"field": "units"})
    incident = open_one(incident_id)
    with writing(by, reason="units assigned"):
        return [_send(incident, on_duty(unit_id), by) for unit_id in wanted]


@verb
def self_assign(incident_id: int, by: User) -> Deployment:
    """Take an incident for one's own unit. ConflictError when one is in no crew, or the unit is sent already."""
    incident = open_one(incident_id)
    with writing(by, reason="self-assigned"):
        return _send(incident, on_duty(own_unit(by)), by, self_assigned=True)


@verb
def assign_unit(incident_id: int, unit: str, by: User) -> Deployment:
    """Send a unit, by its call sign. ConflictError when it is already at this incident.

    A call sign that is on duty is assigned as that unit; any other is kept as it was said.
    """
    incident = open_one(incident_id)
    sign = text(unit, "Unit").strip().upper()
    if len(sign) > UNIT_LENGTH:
        raise InvalidError(f"A call sign has at most {UNIT_LENGTH} characters.", details={"field": "unit"})
    if incident.deployments.filter(unit=sign, stood_down_at=None).exists():
        raise ConflictError(f"{sign} is already assigned to this incident.")
    duty = Duty.objects.filter(unit__callsign=sign, ended_at=None).first()
    with writing(by, reason=f"{sign} assigned"):
        if duty is not None:
            resource = on_duty(duty.unit_id)
            must_speak_for(resource, by)
            return _send(incident, resource, by, self_assigned=resource.has_crew(by))
        return Deployment.objects.create(incident=incident, unit=sign, assigned_at=clock.now(), assigned_by=by)


def _send(incident: Incident, unit: OnDuty, by: User, *, self_assigned: bool = False) -> Deployment:
    _must_be_free(unit)
    return _deploy(incident, unit, by, self_assigned=self_assigned)


def _must_be_free(unit: OnDuty) -> None:
    if unit.status in SENT or unit.unit.deployments.filter(stood_down_at=None).exists():
        raise ConflictError(f"{unit.unit} is on an incident.", mend="Divert it, with a reason.")
    _must_be_divertible(unit)


def _must_be_divertible(unit: OnDuty) -> None:
    if unit.status == UnitStatus.EMERGENCY:
        raise ConflictError(f"{unit.unit} has pressed the emergency button.", mend="Send somebody else, to them too.")
    if not codes_on(clock.today()).code(unit.code).divertible:
        raise ConflictError(f"{unit.unit} is committed and cannot be taken away.", mend="Send another unit.")


def _deploy(incident: Incident, unit: OnDuty, by: User, *, self_assigned: bool = False, **more: object) -> Deployment:
    now = clock.now()
    made = Deployment.objects.create(
        incident=incident,
        unit=unit.unit.callsign,
        resource=unit.unit,
        duty=unit.duty,
        assigned_at=now,
        assigned_by=by,
        self_assigned=self_assigned,
        **more,
    )
    unit.turn(UnitStatus.ASSIGNED, by, now)
    if incident.restricted:
        crew = CrewMember.objects.filter(duty=unit.duty, left_at=None).values_list("user_id", flat=True)
        listed = [IncidentAccess(incident=incident, user_id=user_id) for user_id in crew]
        IncidentAccess.objects.bulk_create(listed, ignore_conflicts=True)
    return made


@verb
def acknowledge(deployment_id: int, by: User, *, at: datetime | None = None) -> Deployment:
    """The crew accepts the job. By the crew, or by the control room on their word over the radio.

    Raises ConflictError while a standing warning on the incident's people or places has no read receipt of the crew
    (U20); the database refuses it too. Raises ConflictError for a unit that was never booked on: its crew is unknown.
    """
    return _step(deployment_id, "acknowledged_at", by, at, "acknowledged", acknowledged_by=by)


@verb
def en_route(deployment_id: int, by: User, *, at: datetime | None = None) -> Deployment:
    """The unit is on its way. ConflictError when it has not acknowledged, was on its way already, or was cleared."""
    return _step(deployment_id, "en_route_at", by, at, "set out", UnitStatus.EN_ROUTE)


@verb
def record_arrival(deployment_id: int, by: User, *, at: datetime | None = None) -> Deployment:
    """The unit is at the scene. ConflictError when it has already arrived or was stood down.

    An arrival is never refused because something was left out before it: it happened, and the clock must be true.
    """
    return _step(deployment_id, "arrived_at", by, at, "arrived", UnitStatus.AT_SCENE)


@verb
def stand_down(deployment_id: int, by: User, *, result: str = "", at: datetime | None = None) -> Deployment:
    """The unit is released from the incident and available; `result` is what it did. ConflictError when it was."""
    said = text(result, "Result", needed=False).strip()
    more = {"result": said} if said else {}
    return _step(deployment_id, "stood_down_at", by, at, "stood down", UnitStatus.AVAILABLE, **more)


at_scene = record_arrival
clear = stand_down


def _step(
    deployment_id: int,
    field: str,
    by: User,
    at: datetime | None,
    did: str,
    status: UnitStatus | None = None,
    **more: object,
) -> Deployment:
    """Stamp one step, and turn the unit's state with it."""
    deployment = _find(deployment_id)
    with writing(by, reason=f"{deployment.unit} {did}"):
        unit = _its_unit(deployment, field, by)
        deployment.refresh_from_db()
        when = _in_order(deployment, field, at_moment(at))
        # A conditional update, so that two dispatchers pressing at once cannot both do it.
        fields = {field: when, **more}
        open_ = {"stood_down_at": None, field: None}
        done = Deployment.objects.filter(id=deployment_id, **open_).update(**fields)
        if not done:
            raise ConflictError(f"{deployment.unit} has already {did}, or was stood down.")
        if unit is not None and status is not None and unit.status not in {UnitStatus.EMERGENCY, status}:
            unit.turn(status, by, max(when, unit.since))
    deployment.refresh_from_db()
    return deployment


def _find(deployment_id: int) -> Deployment:
    deployment = Deployment.objects.filter(id=deployment_id).first()
    if deployment is None:
        raise NotFoundError("There is no such deployment.")
    return deployment


def _its_unit(deployment: Deployment, field: str, by: User) -> OnDuty | None:
    """The registered unit of a deployment, locked; None for one that was typed. Who may not speak for it is refused."""
    if deployment.resource_id is None:
        if field in {"acknowledged_at", "en_route_at"}:
            raise ConflictError(
                f"{deployment.unit} is not booked on: nobody of its crew is known.",
                mend="Book the unit on and assign it.",
            )
        return None
    unit = on_duty(deployment.resource_id)
    must_speak_for(unit, by)
    return unit


def _in_order(deployment: Deployment, field: str, when: datetime) -> datetime:
    """The time, if it does not lie before a step that went before."""
    before = [getattr(deployment, step) for step in STEPS[: STEPS.index(field)]]
    latest = max(stamp for stamp in before if stamp is not None)
    if when < latest:
        raise InvalidError("That is before an earlier step.", mend="Check the time.", details={"field": "at"})
    if field == "en_route_at" and deployment.resource_id and deployment.acknowledged_at is None:
        raise ConflictError(f"{deployment.unit} has not acknowledged.", mend="Acknowledge the job first.")
    return when


@verb
def divert(deployment_id: int, incident_id: int, reason: str, by: User) -> Deployment:
    """Take a unit off one incident and send it to another, with a reason. By a dispatcher or a supervisor.

    The first incident is without this unit from now on, and if it had not arrived, its clock for a unit runs again.
    """
    must_send(by)
    why = text(reason, "Reason").strip()
    deployment, incident = _find(deployment_id), open_one(incident_id)
    if deployment.resource_id is None:
        raise ConflictError(f"{deployment.unit} is not booked on.", mend="Stand it down and assign it.")
    if deployment.incident_id == incident.id:
        raise ConflictError(f"{deployment.unit} is on that incident already.")
    with writing(by, reason=why):
        unit = on_duty(deployment.resource_id)
        _must_be_divertible(unit)
        now = clock.now()
        gone = Deployment.objects.filter(id=deployment_id, stood_down_at=None).update(
            stood_down_at=now, diverted_at=now
        )
        if not gone:
            raise ConflictError(f"{deployment.unit} was stood down.")
        return _deploy(incident, unit, by, diverted_from=deployment, divert_reason=why)


@verb
def set_state(unit_id: int, code: int, by: User, *, at: datetime | None = None, note: str = "") -> int:
    """The crew's status code, as pressed on the radio; the code that then stands. See data/unit_states.yaml.

    "En route" and "at scene" stamp the deployment the unit stands on. A unit on an incident does not turn available,
    take its meal or go off duty by a code: it is cleared, so that the incident knows. Raises InvalidError for an
    unknown code, ConflictError for a state that cannot follow.
    """
    pressed = codes_on(clock.today()).code(code)
    if len(text(note, "Note", needed=False)) > 300:  # noqa: PLR2004 - as the column
        raise InvalidError("A note has at most 300 characters.", details={"field": "note"})
    with writing(by, reason=f"status {pressed.title.lower()}"):
        unit = on_duty(unit_id)
        must_speak_for(unit, by)
        current = unit.unit.deployments.filter(stood_down_at=None).first()
        _must_be_told_by_code(unit, pressed.means, current)
        if current is not None and pressed.means == UnitStatus.EN_ROUTE and current.en_route_at is None:
            en_route(current.id, by, at=at)
        elif current is not None and pressed.means == UnitStatus.AT_SCENE and current.arrived_at is None:
            record_arrival(current.id, by, at=at)
        else:
            unit.turn(pressed.means, by, at_moment(at), code=pressed, note=note)
    return pressed.code


def _must_be_told_by_code(unit: OnDuty, means: UnitStatus, current: Deployment | None) -> None:
    """Refuse codes that would say one thing of the unit and another of its incident."""
    verbs = {
        UnitStatus.ASSIGNED: "assign the unit",
        UnitStatus.EMERGENCY: "press the emergency button",
        UnitStatus.OFF_DUTY: "book the unit off",
    }
    if means in verbs:
        raise ConflictError("That is not told by a code alone.", mend=f"Use the action: {verbs[means]}.")
    if unit.status == UnitStatus.EMERGENCY and unit.unit.emergencies.filter(answered_at=None).exists():
        raise ConflictError(f"The emergency button of {unit.unit} is not answered.", mend="Answer it first.")
    if current is None and unit.status in SENT:
        raise NotAllowedError(f"{unit.unit} is on an incident that is not open to you.", mend="Its crew can tell.")
    if current is None and means in SENT:
        raise ConflictError(f"{unit.unit} is on no incident.", mend="Assign it first.")
    if current is not None and means not in {*SENT, UnitStatus.COMMITTED}:
        raise ConflictError(f"{unit.unit} is on an incident.", mend="Clear it first.")
