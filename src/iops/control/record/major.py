"""Major incidents: declared by an inspector or above with a METHANE report, tied to its incidents, stood down.

The report is the joint doctrine's of the emergency services (JESIP): M/ETHANE.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from iops.control.finding import find
from iops.control.models import MajorIncident, MajorIncidentPart, Methane
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from iops.foundation.models import User

DECLARE = (Role.INSPECTOR,)
"""Who declares a major incident and stands it down: inspector and above."""
ADD = (Role.DISPATCHER, *LADDER)
"""Who adds an incident to one, takes it off, and reports on it."""
NAME_LENGTH = 120
MOST_CASUALTIES = 1_000_000


@dataclass(frozen=True)
class Report:
    """A METHANE report as it was told. `casualties` is None while nobody can tell how many."""

    exact_location: str
    type: str
    hazards: str = ""
    access: str = ""
    casualties: int | None = None
    casualties_said: str = ""
    emergency_services: str = ""
    declared: bool = True

    def checked(self) -> dict[str, object]:
        """The columns of a report. Raises InvalidError naming the field."""
        if self.casualties is not None and not 0 <= self.casualties <= MOST_CASUALTIES:
            raise InvalidError("That is not a number of casualties.", details={"field": "casualties"})
        return {
            "exact_location": text(self.exact_location, "Exact location").strip(),
            "type": text(self.type, "Type").strip(),
            "hazards": text(self.hazards, "Hazards", needed=False).strip(),
            "access": text(self.access, "Access", needed=False).strip(),
            "casualties": self.casualties,
            "casualties_said": text(self.casualties_said, "Casualties", needed=False).strip(),
            "emergency_services": text(self.emergency_services, "Emergency services", needed=False).strip(),
            "declared": self.declared,
        }


@verb
def declare_major(incident_id: int, name: str, report: Report, by: User) -> MajorIncident:
    """Declare a major incident, beginning with one incident and its first METHANE report. An inspector or above.

    Raises ConflictError when one of that name stands.
    """
    if not by.holds(DECLARE):
        raise NotAllowedError("A major incident is declared by an inspector or above.", mend="Call the duty inspector.")
    incident, said, told = find(incident_id), text(name, "Name").strip(), report.checked()
    if len(said) > NAME_LENGTH:
        raise InvalidError(f"A name has at most {NAME_LENGTH} characters.", details={"field": "name"})
    with writing(by, reason=f"major incident declared: {said}"):
        now = clock.now()
        try:
            with transaction.atomic():
                major = MajorIncident.objects.create(name=said, declared_at=now, declared_by=by)
        except IntegrityError as error:
            raise ConflictError(f"A major incident of the name {said} stands.", mend="Add this one to it.") from error
        Methane.objects.create(major=major, at=now, by=by, **told)
        MajorIncidentPart.objects.create(major=major, incident=incident, at=now, by=by)
    return major


@verb
def report_on_major(major_id: int, report: Report, by: User) -> Methane:
    """A further METHANE report; the earlier ones stay as they were told."""
    _must_add(by)
    major, told = _standing(major_id), report.checked()
    with writing(by, reason="METHANE report"):
        return Methane.objects.create(major=major, at=clock.now(), by=by, **told)


@verb
def add_to_major(major_id: int, incident_id: int, by: User) -> MajorIncidentPart:
    """Say that an incident is part of a major incident. ConflictError when it is already, or it was stood down."""
    _must_add(by)
    major, incident = _standing(major_id), find(incident_id)
    with writing(by, reason=f"part of {major.name}"):
        made, is_new = MajorIncidentPart.objects.get_or_create(
            major=major, incident=incident, withdrawn_at=None, defaults={"at": clock.now(), "by": by}
        )
        if not is_new:
            raise ConflictError(f"{incident.reference} is part of {major.name} already.")
    return made


@verb
def take_off_major(part_id: int, reason: str, by: User) -> MajorIncidentPart:
    """Say, with a reason, that an incident is not part of a major incident after all; that it was stays to be seen."""
    _must_add(by)
    part = MajorIncidentPart.objects.filter(id=part_id).first()
    if part is None:
        raise NotFoundError("There is no such part of a major incident.")
    why = text(reason, "Reason").strip()
    with writing(by, reason=why):
        done = MajorIncidentPart.objects.filter(id=part_id, withdrawn_at=None).update(
            withdrawn_at=clock.now(), withdrawn_by=by, withdrawn_reason=why
        )
        if not done:
            raise ConflictError("It was taken off already.")
    part.refresh_from_db()
    return part


@verb
def stand_down_major(major_id: int, reason: str, by: User) -> MajorIncident:
    """Stand a major incident down, with a reason. An inspector or above. Its incidents stay open with all they owe."""
    if not by.holds(DECLARE):
        raise NotAllowedError("A major incident is stood down by an inspector or above.", mend="Ask one.")
    major, why = _standing(major_id), text(reason, "Reason").strip()
    with writing(by, reason=why):
        done = MajorIncident.objects.filter(id=major_id, stood_down_at=None).update(
            stood_down_at=clock.now(), stood_down_by=by, stand_down_reason=why
        )
        if not done:
            raise ConflictError(f"{major.name} was stood down already.")
    major.refresh_from_db()
    return major


def _standing(major_id: int) -> MajorIncident:
    major = MajorIncident.objects.filter(id=major_id).first()
    if major is None:
        raise NotFoundError("There is no such major incident.")
    if major.stood_down_at is not None:
        raise ConflictError(f"{major.name} was stood down.", mend="Declare it anew if it stands again.")
    return major


def _must_add(by: User) -> None:
    if not by.holds(ADD):
        raise NotAllowedError("That is done by a dispatcher or a supervisor.", mend="Ask one of them.")
