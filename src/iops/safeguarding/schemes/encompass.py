"""The verbs of Operation Encompass: register a school, say which one a child goes to, tell it, or say why not."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.foundation.models import District
from iops.foundation.roles import Role
from iops.obligations.services import text, writing
from iops.safeguarding.models import (
    ChildSchool,
    EncompassException,
    EncompassKind,
    EncompassStep,
    IncidentChild,
    School,
    SchoolStanding,
)
from iops.safeguarding.models.schemes.encompass import NINE
from iops.safeguarding.schemes.common import ACT, DECIDE, line, may, moment, one_of

if TYPE_CHECKING:
    from iops.foundation.models import User

KEEPERS = frozenset({Role.SAFEGUARDING, Role.ADMINISTRATOR})
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]{0,19}")
LONGEST = 254


@verb
def register_school(
    code: str,
    name: str,
    by: User,
    *,
    district_id: int | None = None,
    opens: dt.time = NINE,
    contact: str = "",
    made_up: bool = False,
) -> School:
    """Register a school by its number in the national register. Raises ConflictError when it is there already."""
    may(by, KEEPERS)
    if not CODE.fullmatch(code.strip()):
        raise InvalidError("The number of a school has at most 20 letters and digits.", details={"field": "code"})
    if not dt.time(5) <= opens <= dt.time(12):
        raise InvalidError("A school day begins between 05:00 and 12:00.", details={"field": "opens"})
    if district_id is not None and not District.objects.filter(id=district_id).exists():
        raise NotFoundError("There is no such district.")
    with writing(by, reason="school registered"):
        made, new = School.objects.get_or_create(
            code=code.strip(),
            defaults={
                "name": line(name, "Name"),
                "district_id": district_id,
                "opens": opens,
                "contact": line(contact, "Contact", LONGEST, needed=False),
                "made_up": made_up,
            },
        )
        if not new:
            raise ConflictError("There is a school of this number.", mend="Use that one.")
        return made


@verb
def say_school(
    child_id: int, standing: str, by: User, *, school_id: int | None = None, at: dt.datetime | None = None
) -> ChildSchool:
    """Say which school a child goes to, that it is not known, or that it goes to none. The latest word stands."""
    may(by, ACT)
    child = _child(child_id)
    one_of(standing, SchoolStanding.values, "standing")
    if (standing == SchoolStanding.KNOWN) != (school_id is not None):
        raise InvalidError("A known school is named, and no other.", details={"field": "school"})
    if school_id is not None and not School.objects.filter(id=school_id).exists():
        raise NotFoundError("There is no such school.")
    with writing(by, reason="school of a child"):
        return ChildSchool.objects.create(
            child=child,
            incident_id=child.incident_id,
            standing=standing,
            school_id=school_id,
            at=moment(at),
            by=by,
        )


@verb
def school_told(
    child_id: int, recipient: str, by: User, *, note: str = "", agencies: bool = False, at: dt.datetime | None = None
) -> EncompassStep:
    """Write down that the school was told of a child and who there; with `agencies` that others were, it being closed.

    Raises InvalidError without a recipient.
    """
    may(by, ACT)
    child = _child(child_id)
    with writing(by, reason="school told of a child"):
        return EncompassStep.objects.create(
            child=child,
            incident_id=child.incident_id,
            kind=EncompassKind.AGENCIES_TOLD if agencies else EncompassKind.TOLD,
            recipient=line(recipient, "Who was told", 300),
            note=text(note, "Note", needed=False).strip(),
            at=moment(at),
            by=by,
        )


@verb
def school_not_told(child_id: int, code: str, note: str, by: User) -> EncompassStep:
    """Say by a code of the closed list why no school is told of a child (I06).

    That telling would harm the child, or that it is no victim, is decided by safeguarding or a supervisor, in words.
    """
    one_of(code, EncompassException.values, "code")
    judged = code in (EncompassException.WOULD_HARM, EncompassException.NOT_A_VICTIM)
    may(by, DECIDE if judged else ACT)
    child = _child(child_id)
    with writing(by, reason="school not told of a child"):
        return EncompassStep.objects.create(
            child=child,
            incident_id=child.incident_id,
            kind=EncompassKind.EXCEPTION,
            code=code,
            note=text(note, "Note", needed=judged).strip(),
            at=moment(None),
            by=by,
        )


def _child(child_id: int) -> IncidentChild:
    child = IncidentChild.objects.filter(id=child_id).first()
    if child is None:
        raise NotFoundError("There is no such child on an incident.")
    return child
