"""Coming on and going off duty at a desk, messages for a desk, and the round that tells escalations to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction

from iops.control.models import DeskDuty, DeskMessage
from iops.foundation import clock
from iops.foundation.context import acting, verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import Membership, Team
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from iops.foundation.models import User


@verb
def come_on(team_id: int, role: str, by: User) -> DeskDuty:
    """Come on duty at a desk in a role that one holds there; what has gone up to that role is told at once.

    A desk is a team. Raises NotFoundError for an unknown one, NotAllowedError for a role that one does not hold there,
    ConflictError for somebody who is on already.
    """
    team = desk(team_id)
    must_hold(team, role, by)
    with writing(by, reason="came on duty"):
        duty = start(team, role, by)
        raise_due()
    return duty


@verb
def go_off(duty_id: int, by: User) -> DeskDuty:
    """Go off duty. By the person, or a supervisor for who forgot. What they were told is told to who is on."""
    duty = DeskDuty.objects.select_related("user").filter(id=duty_id).first()
    if duty is None:
        raise NotFoundError("There is no such tour at a desk.")
    if duty.user_id != by.id and not by.holds(LADDER):
        raise NotAllowedError("One goes off duty oneself, or a supervisor says so.", mend="Ask a supervisor.")
    with writing(by, reason="went off duty"):
        end(duty)
        raise_due()
    duty.refresh_from_db()
    return duty


def desk(team_id: int) -> Team:
    """The team of a desk. Raises NotFoundError."""
    team = Team.objects.select_related("district").filter(id=team_id).first()
    if team is None:
        raise NotFoundError("There is no such desk.")
    return team


def must_hold(team: Team, role: str, by: User) -> None:
    """Refuse a role that somebody does not hold in a team. Raises InvalidError or NotAllowedError."""
    if role not in set(Role):
        raise InvalidError(f"“{role}” is not a role.", details={"field": "role"})
    if not Membership.objects.filter(user=by, team=team, role=role).exists():
        raise NotAllowedError(f"{by} is not a {Role(role).label} of {team}.", mend="Ask an administrator.")


def start(team: Team, role: str, user: User) -> DeskDuty:
    """Begin a tour now, within the caller's transaction. Raises ConflictError for somebody who is on already."""
    try:
        with transaction.atomic():
            return DeskDuty.objects.create(user=user, team=team, role=role, since=clock.now())
    except IntegrityError as error:
        raise ConflictError(f"{user} is on duty at {team} already.") from error


def end(duty: DeskDuty) -> None:
    """End a tour now, within the caller's transaction. Raises ConflictError when it has ended."""
    if not DeskDuty.objects.filter(id=duty.id, ended_at=None).update(ended_at=clock.now()):
        raise ConflictError(f"{duty.user} has gone off already.")


@verb
def leave_message(team_id: int, text_: str, by: User) -> DeskMessage:
    """Leave a message for a desk: it stands from shift to shift until somebody takes it."""
    team = desk(team_id)
    with writing(by, reason="message left"):
        return DeskMessage.objects.create(team=team, text=text(text_, "Message"), at=clock.now(), by=by)


@verb
def take_message(message_id: int, by: User) -> DeskMessage:
    """Take a message: from now on it is this person's to see to. ConflictError when somebody else has taken it."""
    with writing(by, reason="message taken"):
        message = DeskMessage.objects.filter(id=message_id).first()
        if message is None:
            raise NotFoundError("There is no such message.")
        if not DeskMessage.objects.filter(id=message_id, taken_at=None).update(taken_at=clock.now(), taken_by=by):
            raise ConflictError("Somebody has taken that message already.")
    message.refresh_from_db()
    return message


def raise_due() -> int:
    """One round of escalation: how many people were told of a step. Harmless at any moment, and any number of times."""
    with connection.cursor() as cursor:
        cursor.execute("select iops.raise_escalations()")
        return int(cursor.fetchone()[0])


def round_of_escalation() -> int:
    """A round in a transaction of its own, in the name of the system: what the worker runs every minute."""
    with acting(reason="escalations raised"):
        return raise_due()
