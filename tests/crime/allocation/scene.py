"""Officers with skills, and crimes that wait for one of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import uuid4

from iops.crime.allocation import services
from iops.crime.models import OpenCrime
from iops.crime.recorded import recording
from iops.foundation.models import Membership, Team, User
from iops.foundation.roles import Role
from iops.pole import services as pole

if TYPE_CHECKING:
    from iops.crime.models import Crime
    from iops.foundation.models import District
    from iops.pole.models import Person
    from tests.force import Force

ASSAULT = {"class": "8N", "a.all.reporter": "victim"}
GRAVE = {"class": "5D", "a.all.reporter": "victim"}


def detective(name: str, district: District | None = None, *skills: str, by: User | None = None) -> User:
    """A detective of a district (of the whole force without one), with skills that a supervisor recorded."""
    team, _ = Team.objects.get_or_create(
        name=f"Detectives {district.code if district else 'of the force'} (made up)", defaults={"district": district}
    )
    user = User.objects.create(username=f"{name.lower()}-{uuid4().hex[:8]}", name=f"{name} (made up)", made_up=True)
    Membership.objects.create(user=user, team=team, role=Role.DETECTIVE)
    for skill in skills:
        assert by is not None
        services.give_skill(user.id, skill, "Course (made up)", by, since=dt.date(2020, 1, 1))
    return user


def crime(
    force: Force,
    answers: dict[str, str] = ASSAULT,
    *,
    victim: Person | None = None,
    suspect: Person | None = None,
    born: str = "1980-05-06",
    **facts: object,
) -> Crime:
    """One recorded crime against somebody born then, with nobody suspected unless given."""
    officer = force.one(Role.RESPONSE)
    incident = force.incident(what="He was struck", crime_reported=True, **facts)
    harmed = victim or pole.register_person("Kay Shah (made up)", officer, born=born)
    pole.link(("person", harmed.id), "victim", ("incident", incident.id), officer)
    if suspect is not None:
        pole.link(("person", suspect.id), "suspect", ("incident", incident.id), officer)
    return recording.record_crimes(incident.id, answers, officer).crimes[0]


def standing(crime: Crime) -> OpenCrime | None:
    """How a crime stands for allocation; None when it is not open."""
    return OpenCrime.objects.filter(crime=crime).first()
