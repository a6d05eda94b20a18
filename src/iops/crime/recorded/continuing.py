"""A course of conduct that is on record between the same people, and what is added to it (CRR2026 pp52, 57-58)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from iops.crime.models import Crime, CrimeContinuation, CrimeLogEntry
from iops.rulebook.library import class_lists

if TYPE_CHECKING:
    import datetime as dt

    from iops.control.models import Incident
    from iops.crime.models import RecordingDecision
    from iops.foundation.models import User

DEALT_WITH = ("1", "1A", "2", "2A", "3", "3A", "6", "7", "8", "22")
"""Outcomes by which the police have dealt with the offender: charge, summons, caution, penalty notice, resolution."""


@dataclass(frozen=True)
class Course:
    """A conduct crime between people of an incident: the day of the last thing on record, whether it was dealt with."""

    crime: Crime
    crime_class: str
    last_incident: dt.date
    dealt_with: bool

    @property
    def told(self) -> dict[str, Any]:
        """As the report of an incident tells it to the rulebook (`Existing`)."""
        return {"crime": self.crime_class, "last_incident": self.last_incident, "dealt_with": self.dealt_with}


COURSE = """
with part as (
    select case when l.role in ('victim', 'aggrieved') then 'victim' else 'suspect' end as part,
           unnest(iops.same_person(l.from_id)) as person
    from pole_link l
    where l.to_kind = 'incident' and l.to_id = %(incident)s and l.from_kind = 'person' and l.withdrawn_at is null
      and l.role in ('victim', 'aggrieved', 'suspect', 'offender')
), of_both as (
    select v.to_id as crime_id from pole_link v join part p on p.part = 'victim' and p.person = v.from_id
    where v.to_kind = 'crime' and v.from_kind = 'person' and v.withdrawn_at is null
      and v.role in ('victim', 'aggrieved')
    intersect
    select s.to_id from pole_link s join part p on p.part = 'suspect' and p.person = s.from_id
    where s.to_kind = 'crime' and s.from_kind = 'person' and s.withdrawn_at is null
      and s.role in ('suspect', 'offender')
)
select c.id, n.crime_class,
       greatest(c.committed_to, (select max(x.happened_on) from crime_crimecontinuation x where x.crime_id = c.id)),
       n.ending = any (%(dealt_with)s)
           or exists (select from crime_charge x where x.crime_id = c.id)
           or exists (select from crime_outofcourtdisposal x where x.crime_id = c.id)
from of_both o
join crime_crime c on c.id = o.crime_id and c.incident_id <> %(incident)s
join crime_crimestanding n on n.crime_id = c.id and n.state <> 'removed' and n.crime_class = any (%(classes)s)
order by 3 desc, c.id desc limit 1
"""


def course_of(incident: Incident) -> Course | None:
    """The conduct crime on record between a victim and a suspect of an incident, the one that went on last; or None.

    People are matched by the decided identity of their nominals. What was removed is no crime; what the viewer may not
    see is not found.
    """
    values: dict[str, Any] = {
        "incident": incident.id,
        "classes": sorted(class_lists()["conduct"].classes),
        "dealt_with": list(DEALT_WITH),
    }
    with connection.cursor() as cursor:
        cursor.execute(COURSE, values)
        row = cursor.fetchone()
    if row is None:
        return None
    crime = Crime.objects.select_related("incident").get(id=row[0])
    return Course(crime, row[1], row[2], row[3])


def continue_crime(made: RecordingDecision, course: Course, day: dt.date, by: User) -> CrimeContinuation:
    """Add an incident to the conduct crime it carries on; the log of the crime says what came and when. Once each."""
    if (there := CrimeContinuation.objects.filter(crime=course.crime, incident=made.incident).first()) is not None:
        return there
    CrimeLogEntry.objects.create(
        crime=course.crime,
        text=f"It goes on: incident {made.incident.reference}, {day:%d/%m/%Y}: {made.incident.what}",
        at=made.at,
        by=by,
    )
    return CrimeContinuation.objects.create(
        crime=course.crime, incident=made.incident, decision=made, happened_on=day, at=made.at, by=by
    )


def note_on(course: Course, crimes: tuple[Crime, ...], by: User) -> None:
    """Another offence between the same people is a crime of its own, and is noted on the conduct crime (p58)."""
    named = ", ".join(c.reference for c in crimes)
    CrimeLogEntry.objects.create(
        crime=course.crime, text=f"Recorded of the same people: {named}.", at=crimes[0].recorded_at, by=by
    )
