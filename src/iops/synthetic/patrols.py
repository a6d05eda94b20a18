"""Units of the small made-up force: crews on duty, some free, some on their way, some at a scene."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from iops.control.dispatch import services as dispatch
from iops.control.dispatch.warnings import standing_markers
from iops.control.models import Incident
from iops.foundation.models import Membership, Team, User
from iops.foundation.roles import Role

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from iops.control.models import Deployment, Unit
    from iops.foundation.models import District

EACH = (("response", "01"), ("response", "02"), ("response", "03"), ("neighbourhood", "11"), ("dog", "21"))
"""Kind and number of the units of each district."""
SKILLS = {"response": ("response_driver", "taser"), "neighbourhood": ("domestic",), "dog": ("dog", "response_driver")}
AVAILABLE = 2
TOUR = timedelta(hours=9)


def patrol(districts: Sequence[District], people: Mapping[Role, User], chance: random.Random, now: datetime) -> None:
    """Book the units on, give them places, and send some of them to incidents nobody has gone to yet."""
    units = [_on_duty(district, kind, number, people, chance, now) for district in districts for kind, number in EACH]
    waiting = Incident.objects.filter(closed_at=None, restricted=False, deployments=None).order_by("-reported_at")
    crew = {unit.id: _crew_of(unit, people) for unit in units}
    for steps, (unit, incident) in enumerate(zip(units[::3], waiting[:5], strict=False)):
        _go(dispatch.assign(incident.id, [unit.id], people[Role.DISPATCHER])[0], crew[unit.id], steps)


def _on_duty(
    district: District, kind: str, number: str, people: Mapping[Role, User], chance: random.Random, now: datetime
) -> Unit:
    sergeant = people[Role.SERGEANT]
    unit = dispatch.register_unit(f"{district.code}{number}", kind, district.id, sergeant, made_up=True)
    crew = [_crew_of(unit, people)]
    dispatch.book_on(unit.id, [p.id for p in crew], now + TOUR, sergeant, vehicle="Made up", skills=SKILLS[kind])
    dispatch.set_state(unit.id, AVAILABLE, sergeant)
    east, north = 380_000 + chance.randrange(20_000), 390_000 + chance.randrange(20_000)
    dispatch.report_position(unit.id, east, north, people[Role.DISPATCHER])
    return unit


def _crew_of(unit: Unit, people: Mapping[Role, User]) -> User:
    """The officer of a unit: the first unit's is the response officer one can sign in as."""
    if unit.callsign.endswith("01") and unit.callsign.startswith("N"):
        return people[Role.RESPONSE]
    name = f"Officer of {unit.callsign} (made up)"
    user, made = User.objects.get_or_create(
        username=f"officer-{unit.callsign.lower()}", defaults={"name": name, "made_up": True, "password": "!"}
    )
    if made:
        Membership.objects.create(user=user, team=Team.objects.get(name="Force-wide (made up)"), role=Role.RESPONSE)
    return user


def _go(deployment: Deployment, officer: User, steps: int) -> None:
    """So many steps towards the scene; warnings are read before the first."""
    if steps == 0:
        return
    markers = standing_markers(deployment.incident_id)
    if markers:
        dispatch.read_markers(deployment.id, [m.id for m in markers], officer)
    for step in (dispatch.acknowledge, dispatch.en_route, dispatch.at_scene)[:steps]:
        step(deployment.id, officer)
