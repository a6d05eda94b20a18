"""What tests of handover share: the clock in one hand, a desk with people who come on and go off."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from iops.control.handover import desks
from iops.control.models import DeskDuty, Escalation
from iops.foundation import clock
from iops.foundation.models import Membership, Team, User
from iops.obligations.conservation import check_conservation
from tests.control.dispatch.conftest import own_clock
from tests.force import Force

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from iops.control.models import Incident
    from iops.foundation.models import District

__all__ = ["own_clock"]


@dataclass
class Desk:
    """A force with a desk of the whole force, and people who hold a role at it."""

    force: Force = field(default_factory=Force)
    team: Team = field(default_factory=lambda: Team.objects.create(name="Control room (made up)"))

    def person(self, name: str, role: str, team: Team | None = None) -> User:
        user, _ = User.objects.get_or_create(username=name, defaults={"name": f"{name.capitalize()} (made up)"})
        Membership.objects.get_or_create(user=user, team=team or self.team, role=role)
        return user

    def on(self, name: str, role: str = "sergeant", team: Team | None = None) -> DeskDuty:
        user = self.person(name, role, team)
        return desks.come_on((team or self.team).id, role, user)

    def desk_of(self, district: District) -> Team:
        return Team.objects.get_or_create(name=f"Desk of {district.code}", defaults={"district": district})[0]


def told(incident: Incident, rule: str) -> list[str]:
    """To whom, in order, a rule's escalations on an incident were told: names, or the role alone."""
    found = Escalation.objects.filter(on_kind="incident", on_id=incident.id, rule=rule).select_related("told")
    return [e.told.username if e.told else f"({e.to_role})" for e in found.order_by("raised_at", "due_at", "id")]


@contextmanager
def after(begin: dt.datetime, passed: dt.timedelta) -> Iterator[None]:
    """The clock so long after the beginning; a round runs at once, as the worker's does."""
    with clock.at(begin + passed):
        desks.round_of_escalation()
        yield


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(autouse=True)
def _the_table_is_the_view_after_each_test(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "desk" in request.fixturenames:
        run = check_conservation()
        assert (run.missing, run.surplus) == (0, 0), run.examples
