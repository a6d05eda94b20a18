"""A safeguarding unit whose clock may be set: people, a domestic incident, and what stands against it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.obligations.services import settle_now
from iops.pole import services as pole
from iops.safeguarding import services as safeguarding
from tests.conftest import as_owner, worker_database
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from iops.control.models import Incident
    from iops.foundation.models import User
    from iops.pole.models import Link, Person
    from iops.safeguarding.models import IncidentChild

LONDON = ZoneInfo("Europe/London")


def london(words: str, *, fold: int = 0) -> dt.datetime:
    """A wall time in London: "2026-12-24 16:00"."""
    return dt.datetime.fromisoformat(words).replace(tzinfo=LONDON, fold=fold)


@dataclass(frozen=True)
class Duty:
    """One duty as it stands: when it is due, and when it was met."""

    due_at: dt.datetime
    met_at: dt.datetime | None

    @property
    def due(self) -> str:
        """When it is due, as a wall time in London."""
        return f"{self.due_at.astimezone(LONDON):%Y-%m-%d %H:%M}"

    @property
    def state(self) -> str:
        return "open" if self.met_at is None else "met" if self.met_at <= self.due_at else "met late"


def duties(subject: str, number: int) -> dict[str, Duty]:
    """What is owed on one subject: rule to duty."""
    settle_now()
    rows = Obligation.objects.filter(subject=subject, subject_id=number)
    return {row.rule_id: Duty(row.due_at, row.met_at) for row in rows}


def uncovered() -> tuple[int, int]:
    """What the rules ask and is not in the table, and the other way round: the conservation check."""
    settle_now()
    with connection.cursor() as cursor:
        cursor.execute("select missing, surplus from iops.conservation(5)")
        missing, surplus = cursor.fetchone()
    return missing, surplus


@dataclass
class Unit:
    """A safeguarding unit; people and incidents are made when they are asked for."""

    force: Force = field(default_factory=Force)

    @property
    def officer(self) -> User:
        return self.force.one(Role.RESPONSE)

    @property
    def keeper(self) -> User:
        return self.force.one(Role.SAFEGUARDING)

    @property
    def sergeant(self) -> User:
        return self.force.one(Role.SERGEANT)

    @property
    def inspector(self) -> User:
        return self.force.one(Role.INSPECTOR)

    @property
    def stranger(self) -> User:
        """Somebody of the force who takes no part in the schemes."""
        return self.force.one(Role.ANALYST)

    def incident(self, at: str | None = None, **facts: object) -> Incident:
        """A domestic incident, reported at a wall time or now."""
        told: dict[str, object] = {"domestic": True, "what": "He pushed her (made up)"}
        if at is not None:
            told["reported_at"] = london(at)
        return self.force.incident(**(told | facts))

    def person(self, name: str, born: str = "") -> Person:
        return pole.register_person(f"{name} (made up)", self.officer, born=born)

    def link(self, person: Person, role: str, incident: Incident) -> Link:
        return pole.link(("person", person.id), role, ("incident", incident.id), self.officer)

    def child(self, incident: Incident, born: dt.date | None = None, name: str = "Tom") -> IncidentChild:
        return safeguarding.link_child(incident.id, f"{name} (made up)", born, self.officer)

    def between(self, victim: Person, suspect: Person, at: str | None = None, **facts: object) -> Incident:
        """A domestic incident with its victim and its suspect linked."""
        incident = self.incident(at, **facts)
        self.link(victim, "victim", incident)
        self.link(suspect, "suspect", incident)
        return incident

    def mark_domestic(self, incident: Incident) -> None:
        control.mark_domestic(incident.id, True, "", self.officer)


@pytest.fixture
def unit(db: None) -> Unit:
    return Unit()


@pytest.fixture
def own_clock() -> Iterator[None]:
    """A force whose clock may be set, for the length of one test."""
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
        owner.execute("insert into foundation_clock (id, adjustable) values (1, true)")
        yield
        owner.execute("delete from foundation_clock")


@pytest.fixture
def on(own_clock: None) -> Callable[[str], AbstractContextManager[None]]:
    """Set the clock to a wall time: `with on("2026-12-24 16:00"): ...`."""
    return lambda words: clock.at(london(words))
