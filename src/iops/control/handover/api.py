"""The API of desks: who is on, what is outstanding, handing over and accepting."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from iops.control.handover import selectors, services
from iops.control.models import DeskDuty, Handover
from iops.foundation.api import Id, Line, Moment, Text, viewer
from iops.rulebook.needs import Needed

router = Router(tags=["handover"])
DESK = "/desks/{team_id}"
RoleName = Annotated[Line, Field(max_length=20)]


class DeskDutyOut(Schema):
    """One person's tour at a desk."""

    id: int
    user_id: int
    role: str
    since: dt.datetime
    ended_at: dt.datetime | None


class InRoleIn(Schema):
    """The role one comes on in."""

    role: Annotated[RoleName, Needed("desk-handover")]


class HandOverIn(InRoleIn):
    """Handing over: what the list does not say, and the hours ahead that are looked at."""

    note: Text = ""
    hours: Annotated[int, Field(ge=1, le=selectors.MOST_HOURS)] = selectors.HOURS


class HandoverOut(Schema):
    """One handover; `snapshot` is what was outstanding when it was handed over, `accepted_snapshot` when accepted."""

    id: int
    team_id: int
    role: str
    handed_by_id: int
    handed_at: dt.datetime
    note: str
    snapshot: dict[str, Any]
    accepted_by_id: int | None
    accepted_at: dt.datetime | None
    accepted_snapshot: dict[str, Any] | None


class MessageIn(Schema):
    """A message for a desk."""

    text: Annotated[Text, Needed("desk-handover")]


class MessageOut(Schema):
    """A message, and who took it."""

    id: int
    text: str
    at: dt.datetime
    taken_by_id: int | None


class ToldOut(Schema):
    """An escalation that one was told of."""

    rule: str
    subject: str
    subject_id: int
    record_kind: str
    record_id: int
    due_at: dt.datetime
    raised_at: dt.datetime


@router.get(f"{DESK}/outstanding", response=dict[str, Any])
def outstanding(
    request: HttpRequest,
    team_id: Id,
    hours: Annotated[int, Field(ge=1, le=selectors.MOST_HOURS)] = selectors.HOURS,
) -> dict[str, object]:
    """What is outstanding at a desk: ids and counts."""
    return selectors.outstanding(team_id, viewer(request), hours).snapshot()


@router.post(f"{DESK}/on", response={201: DeskDutyOut})
def come_on(request: HttpRequest, team_id: Id, given: InRoleIn) -> Status[DeskDuty]:
    """Come on duty at a desk."""
    return Status(201, services.come_on(team_id, given.role, viewer(request)))


@router.post("/desk-duties/{duty_id}/off", response=DeskDutyOut)
def go_off(request: HttpRequest, duty_id: Id) -> DeskDuty:
    """Go off duty."""
    return services.go_off(duty_id, viewer(request))


@router.post(f"{DESK}/handovers", response={201: HandoverOut})
def hand_over(request: HttpRequest, team_id: Id, given: HandOverIn) -> Status[Handover]:
    """Hand a desk over."""
    made = services.hand_over(team_id, given.role, given.note, viewer(request), hours=given.hours)
    return Status(201, made)


@router.post("/handovers/{handover_id}/accept", response=HandoverOut)
def accept(request: HttpRequest, handover_id: Id) -> Handover:
    """Accept a desk."""
    return services.accept_handover(handover_id, viewer(request))


@router.post(f"{DESK}/messages", response={201: MessageOut})
def leave_message(request: HttpRequest, team_id: Id, given: MessageIn) -> Status[object]:
    """Leave a message for a desk."""
    return Status(201, services.leave_message(team_id, given.text, viewer(request)))


@router.post("/desk-messages/{message_id}/take", response=MessageOut)
def take_message(request: HttpRequest, message_id: Id) -> object:
    """Take a message."""
    return services.take_message(message_id, viewer(request))


@router.get("/escalations", response=list[ToldOut])
def told(request: HttpRequest, since: Moment) -> list[dict[str, object]]:
    """The escalations that one was told of since a moment, the newest first."""
    names = ("rule", "subject", "subject_id", "due_at", "raised_at")
    return [
        {name: getattr(t.escalation, name) for name in names}
        | {"record_kind": t.escalation.on_kind, "record_id": t.escalation.on_id}
        for t in selectors.told_to(viewer(request), since)
    ]
