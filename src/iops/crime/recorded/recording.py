"""Recording crimes: what the rules decide of an incident becomes crimes, with their parties by reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from iops.crime.feeding import ANSWERED_DATE, decide_by_rules, desk_of
from iops.crime.models import Crime, CrimeFlag, RecordingDecision, RecordingResult, ReportedIncident
from iops.crime.recorded.continuing import continue_crime, note_on
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError
from iops.obligations.services import writing
from iops.pole import services as pole
from iops.pole.models import Link
from iops.rulebook.classes import ClassNotInForceError, register, tidy_code
from iops.rulebook.library import class_lists
from iops.web.words import LONDON

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from iops.control.models import Incident
    from iops.foundation.models import User
    from iops.rulebook.decision import Crime as Counted
    from iops.rulebook.decision import Decision

RAPE_REPORT = "N100"


@dataclass(frozen=True)
class Recorded:
    """What was recorded: the decision, the crimes it made, reported incidents, or the crime that it was added to."""

    decision: RecordingDecision
    crimes: tuple[Crime, ...]
    reported: tuple[ReportedIncident, ...]
    added_to: Crime | None = None


@dataclass(frozen=True)
class Committed:
    """When it was done: local days, both included."""

    first: dt.date
    last: dt.date


@verb
def record_crimes(
    incident_id: int,
    answers: Mapping[str, str],
    by: User,
    *,
    committed_from: dt.date | None = None,
    committed_to: dt.date | None = None,
    code: str = "",
    note: str = "",
    avi: str = "",
) -> Recorded:
    """Decide by the rules what an incident is recorded as, and record it: crimes, N100, N300, or none with the reason.

    The rules say how many crimes of which class; victims, suspects and witnesses are those linked to the incident. The
    days are local days and the day of the report when left out. `code` is the Home Office code, where the class has
    several. Crimes of the incident that stand already are not recorded again: ConflictError when none is left. Raises
    NotDecidedError with what is left to ask, InvalidError, ClassNotInForceError.
    """
    when = _committed(committed_from, committed_to)
    given = dict(answers) | ({ANSWERED_DATE: when.first.isoformat()} if when else {})
    with writing(by, reason="crime recorded"):
        made = decide_by_rules(incident_id, given, by, note=note, avi=avi)
        incident = made.incident
        # One recording at a time: two at once would count what stands alike, and record it twice.
        type(incident).objects.select_for_update(no_key=True).filter(id=incident.id).first()
        found = desk_of(incident, given)
        decision = found.desk.side.decision
        assert decision is not None  # noqa: S101 - it has just been decided
        reported = _reported(made, decision, by)
        if made.result != RecordingResult.CRIME:
            return Recorded(made, (), reported)
        day = decision.offence_date or clock.today()
        if decision.kind == "add_to_existing" and found.course is not None:
            continue_crime(made, found.course, when.last if when else day, by)
            return Recorded(made, (), reported, found.course.crime)
        crimes = _record(made, found.fed.report, decision, when or Committed(day, day), tidy_code(code), by)
        if found.course is not None:
            note_on(found.course, crimes, by)
    return Recorded(made, crimes, reported)


def _committed(first: dt.date | None, last: dt.date | None) -> Committed | None:
    if first is None and last is None:
        return None
    start, end = first or last, last or first
    assert start is not None  # noqa: S101 - one of the two is there
    assert end is not None  # noqa: S101 - one of the two is there
    if end < start:
        raise InvalidError("It ended before it began.", details={"field": "committed_to"})
    if end > clock.today():
        raise InvalidError("It cannot have been done on a day to come.", details={"field": "committed_to"})
    return Committed(start, end)


# --- reported incidents ----------------------------------------------------------------------------------------------


def _reported(made: RecordingDecision, decision: Decision, by: User) -> tuple[ReportedIncident, ...]:
    """The records of notifiable reported incidents that the rules call for and that are not there yet."""
    found: list[ReportedIncident] = []
    for one in decision.reported_incidents:
        have = ReportedIncident.objects.filter(incident_id=made.incident_id, code=one.name).count()
        told = {"incident_id": made.incident_id, "decision": made, "code": one.name, "at": made.at, "by": by}
        found += [ReportedIncident.objects.create(**told) for _ in range(have, one.count)]
    return tuple(found)


# --- crimes ----------------------------------------------------------------------------------------------------------


def _record(
    made: RecordingDecision, report: Mapping[str, Any], decision: Decision, when: Committed, code: str, by: User
) -> tuple[Crime, ...]:
    wanted = list(_wanted(decision, made.incident))
    if not wanted:
        standing = ", ".join(c.reference for c in made.incident.crimes.order_by("id"))
        raise ConflictError(
            f"What the rules call for is recorded already: {standing or 'by another force'}.",
            mend="Open that crime; what has come to be known belongs there.",
        )
    first = take_numbers(made.at, len(wanted))
    suspects = [s["id"] for s in report["suspects"]]
    crimes = []
    for at, (counted, victims) in enumerate(wanted):
        crime = _make(made, counted, when, code, first + at, by)
        _parties(crime, victims or [v["id"] for v in report["victims"]], suspects, by)
        CrimeFlag.objects.bulk_create(CrimeFlag(crime=crime, flag=f, at=made.at, by=by) for f in decision.flags)
        crimes.append(crime)
    return tuple(crimes)


def _wanted(decision: Decision, incident: Incident) -> Iterator[tuple[Counted, Sequence[str]]]:
    """Each crime to record now, with its victims; those that stand of the same class count as recorded."""
    for counted in decision.crimes:
        if counted.already_recorded or counted.recording_force:
            continue
        standing = incident.crimes.filter(crime_class=counted.crime_class, cancellations=None).count()
        each = len(counted.victims) == counted.count
        for at in range(standing, counted.count):
            yield counted, (counted.victims[at : at + 1] if each else counted.victims)


def _make(made: RecordingDecision, counted: Counted, when: Committed, code: str, number: int, by: User) -> Crime:
    chosen = code_for(counted.crime_class, counted.code, code, when.first)
    check_class(counted.crime_class, chosen, recorded=clock.today(), committed=when.first)
    return Crime.objects.create(
        year=year_of(made.at),
        number=number,
        incident=made.incident,
        decision=made,
        upgraded_from=_upgrades(counted.crime_class, made.incident),
        crime_class=counted.crime_class,
        code=chosen,
        attempted=counted.attempt,
        committed_from=when.first,
        committed_to=when.last,
        reported_at=made.incident.reported_at,
        recorded_at=made.at,
        recorded_by=by,
        made_up=made.incident.made_up,
    )


def code_for(name: str, told: str, given: str, day: dt.date) -> str:
    """The Home Office code: what the rules say, what was given if it is of the class, the only one there is, or none.

    Raises InvalidError for a code that is not of the class.
    """
    one = register().get(name)
    if given and register().code_in(one, given) is None:
        raise InvalidError(f"{given} is not a code of class {one.code}.", details={"field": "code"})
    possible = [c.code for c in one.codes if c.in_force(day) and not c.withdrawn]
    return told or given or (possible[0] if len(possible) == 1 else "")


def check_class(name: str, code: str, *, recorded: dt.date, committed: dt.date) -> None:
    """Refuse a class that takes no new records on the day of recording, or an offence that was none when it was done.

    Raises ClassNotInForceError, UnknownClassError.
    """
    one = register().get(name)
    if not one.in_force(recorded):
        raise ClassNotInForceError(f"Class {one.code} takes no records on {recorded:%d/%m/%Y}.")
    held = [c for c in one.codes if not code or c.code == code]
    if held and not any(c.in_force(committed) for c in held):
        what = code or f"any offence of class {one.code}"
        raise ClassNotInForceError(
            f"On {committed:%d/%m/%Y} {what} was not an offence in force.", mend="Check the day it was done."
        )


def year_of(at: dt.datetime) -> dt.date:
    """1 January of the local year of a moment."""
    return at.astimezone(LONDON).date().replace(month=1, day=1)


def take_numbers(at: dt.datetime, count: int) -> int:
    """The first of `count` crime numbers of the year; numbers have no gaps."""
    with connection.cursor() as cursor:
        cursor.execute("select iops.take_numbers('crime', %s, %s)", [year_of(at), count])
        first: int = cursor.fetchone()[0]
        return first


def _upgrades(name: str, incident: Incident) -> ReportedIncident | None:
    """The rape report on the incident that this crime upgrades, if any is not upgraded yet."""
    if name not in class_lists()["rape"].classes:
        return None
    return incident.reported_incidents.filter(code__startswith=RAPE_REPORT, upgraded_to=None).order_by("id").first()


def _parties(crime: Crime, victims: Sequence[str], suspects: Sequence[str], by: User) -> None:
    """Link who is involved as in the incident: by reference, so that a change of a person changes it everywhere."""
    for role, names in (("victim", victims), ("suspect", suspects)):
        for name in names:
            kind, _, number = name.partition(" ")
            if number.isdigit():
                pole.link((kind, int(number)), role, ("crime", crime.id), by)
    witnesses = Link.objects.filter(
        to_kind="incident", to_id=crime.incident_id, from_kind="person", role="witness", withdrawn_at=None
    )
    for person in sorted({link.from_id for link in witnesses}):
        pole.link(("person", person), "witness", ("crime", crime.id), by)
