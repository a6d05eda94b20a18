"""MATAC: who is a serial perpetrator, derived and explained; nominations and what the meeting decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.control.services import find
from iops.foundation import clock
from iops.foundation.consultation import consults
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.obligations.services import text, writing
from iops.pole.models import Person
from iops.safeguarding.models import MatacDecision, MatacNomination
from iops.safeguarding.schemes.common import ACT, DECIDE, line, may, moment, one_of, person

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from iops.foundation.models import User

MOST = 200


@dataclass(frozen=True)
class Serial:
    """A serial perpetrator: how many records, against how many victims, in which span; `incident_ids` say which."""

    person: Person
    incidents: int
    victims: int
    first_at: dt.datetime
    last_at: dt.datetime
    incident_ids: tuple[int, ...]

    @property
    def why(self) -> str:
        """The flag in words (I30): derived, dated, explained."""
        return (
            f"Suspect or offender in {self.incidents} domestic abuse records against {self.victims} victims between"
            f" {self.first_at:%d %B %Y} and {self.last_at:%d %B %Y}."
        )


@dataclass(frozen=True)
class Serials:
    """The serial perpetrators on a day, those with most victims first; logged as a look at them."""

    rows: tuple[Serial, ...]
    on: dt.date

    def shown_ids(self) -> Iterable[int]:
        """The people shown."""
        return [row.person.id for row in self.rows]


@consults("person")
def serial_perpetrators(viewer: User, on: dt.date | None = None, most: int = MOST) -> Serials:  # noqa: ARG001 - logged
    """Who is, on a day, a serial perpetrator (Northumbria's MATAC definition): derived from links, never typed.

    Suspect or offender in more than one domestic abuse record against two or more different victims within three
    years, and 16 or over; an unknown age counts as 16. Nominals that are one person count as one.
    """
    day = on or clock.today()
    with connection.cursor() as cursor:
        cursor.execute("select * from iops.serial_perpetrators(%s, %s)", [day, most])
        found = cursor.fetchall()
    people = Person.objects.in_bulk([row[0] for row in found])
    rows = (
        Serial(people[who], n, v, first, last, tuple(ids)) for who, n, v, first, last, ids in found if who in people
    )
    return Serials(tuple(rows), day)


@verb
def nominate(
    incident_id: int, person_id: int, source: str, reasons: str, by: User, *, nominated_at: dt.datetime | None = None
) -> MatacNomination:
    """Nominate a perpetrator for the next four-weekly meeting. Raises ConflictError while a nomination is open."""
    may(by, ACT)
    incident = find(incident_id)
    who = person(person_id, "perpetrator")
    with writing(by, reason="nominated for MATAC"):
        if MatacNomination.objects.filter(person=who, considered_at=None).exists():
            raise ConflictError("This person is nominated already.", mend="The meeting considers that one.")
        return MatacNomination.objects.create(
            incident=incident,
            person=who,
            source=line(source, "Who nominates"),
            reasons=text(reasons, "Reasons").strip(),
            nominated_at=moment(nominated_at, "nominated_at"),
            by=by,
        )


@verb
def consider(
    nomination_id: int, decision: str, plan: str, by: User, *, considered_at: dt.datetime | None = None
) -> MatacNomination:
    """Write down what the meeting decided about a nomination and what is planned, or why nothing is."""
    may(by, DECIDE)
    one_of(decision, MatacDecision.values, "decision")
    with writing(by, reason="considered at MATAC"):
        found = MatacNomination.objects.select_for_update(no_key=True).filter(id=nomination_id).first()
        if found is None:
            raise NotFoundError("There is no such nomination.")
        if found.considered_at is not None:
            raise ConflictError("The nomination was considered already.")
        at = moment(considered_at, "considered_at")
        if at < found.nominated_at:
            raise InvalidError("That is before the nomination.", details={"field": "considered_at"})
        found.considered_at, found.decision, found.plan = at, decision, text(plan, "Plan").strip()
        found.save()
        return found
