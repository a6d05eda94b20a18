"""People, places and what hangs together with them, for tests of their pages: all made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.models import IdentityDecision, Link, Person, Verdict

if TYPE_CHECKING:
    import datetime as dt

    from iops.control.models import Incident
    from iops.foundation.models import User
    from tests.force import Force


def a_person(force: Force, name: str = "Morag Tester", **known: object) -> Person:
    """A nominal recorded by the call handler."""
    return pole.register_person(name, force.one(Role.CALL_HANDLER), made_up=True, **known)  # type: ignore[arg-type]


def same(one: Person, other: Person, by: User, verdict: str = Verdict.SAME) -> None:
    """Decide that two nominals are one person (or not), as the merge page does."""
    first, second = sorted((one, other), key=lambda p: p.id)
    with acting(user_id=by.id):
        IdentityDecision.objects.create(
            one=first, other=second, verdict=verdict, reason="Same photograph", at=clock.now(), by=by
        )


def involve(person: Person, incident: Incident, role: str, by: User) -> Link:
    """Link a person to an incident."""
    return pole.link(("person", person.id), role, ("incident", incident.id), by)


def incidents_at(force: Force, moments: list[dt.datetime]) -> list[Incident]:
    """Incidents reported at some moments."""
    return [force.incident(reported_at=at, made_up=True) for at in moments]
