"""The verbs of grading: assess by THRIVE, grade, propose a slower grade, and decide on that as the second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.control.finding import find, open_one
from iops.control.grading.schemes import scheme_on
from iops.control.models import GradeProposal, Grading, Incident, Level, Thrive
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import LADDER
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from iops.foundation.models import User

SPOKEN = (Level.MEDIUM, Level.HIGH)
"""Levels that are said in words."""


class SecondPersonError(ConflictError):
    """One person cannot slow this answer down: it is proposed, and takes effect when a second person confirms it."""

    code = "second-person"


@verb
def assess(incident_id: int, parts: Mapping[str, tuple[str, str]], by: User) -> Thrive:
    """Record one THRIVE assessment: a level (none, low, medium, high) and words for each of its six parts.

    Words are needed for what is medium or high. A closed incident takes none. Raises InvalidError naming the part.
    """
    incident = open_one(incident_id)
    given = {}
    for part in Thrive.PARTS:
        level, words = parts.get(part, ("", ""))
        if level not in Level.values:
            raise InvalidError(
                f"{part.capitalize()} has no level.", mend="Say none, low, medium or high.", details={"field": part}
            )
        given[f"{part}_level"] = level
        given[part] = text(words, part.capitalize(), needed=level in SPOKEN).strip()
    if set(parts) - set(Thrive.PARTS):
        raise InvalidError("THRIVE has six parts.", mend=f"They are {', '.join(Thrive.PARTS)}.")
    with writing(by, reason="THRIVE assessed"):
        return Thrive.objects.create(incident=incident, at=clock.now(), by=by, **given)


@verb
def grade(incident_id: int, grade_: int, rationale: str, by: User) -> Grading:
    """Decide how fast the incident must be answered, 1 (most urgent) to 5; a later grading takes the place of this one.

    Raises InvalidError for a grade that is not in the scheme in force today, or when a slower grade is given without a
    rationale. Raises SecondPersonError for a slower grade of a domestic, child or vulnerable incident.
    """
    open_one(incident_id)
    scheme = scheme_on(clock.today())
    scheme.rule(grade_)
    with writing(by, reason=f"graded {grade_}"):
        incident = locked(incident_id)
        last = latest_grading(incident)
        slower = last is not None and grade_ > last.grade
        said = text(rationale, "Rationale for a slower grade" if slower else "Rationale", needed=slower)
        if slower and protected(incident_id):
            raise SecondPersonError(
                "A domestic, child or vulnerable incident is not answered more slowly by one person alone.",
                mend="Propose the slower grade; it takes effect when a supervisor confirms it.",
            )
        return Grading.objects.create(
            incident=incident,
            grade=grade_,
            at=_after(last),
            by=by,
            rationale=said,
            scheme=scheme.code,
            thrive=latest_thrive(incident),
        )


@verb
def grade_or_propose(incident_id: int, grade_: int, rationale: str, by: User) -> Grading | GradeProposal:
    """Grade the incident; a slower grade that needs a second person is proposed instead. For screens and the API."""
    try:
        return grade(incident_id, grade_, rationale, by)
    except SecondPersonError:
        return propose_slower(incident_id, grade_, rationale, by)


@verb
def propose_slower(incident_id: int, grade_: int, reason: str, by: User) -> GradeProposal:
    """Propose a slower grade, with a reason; the grade that stands goes on standing until somebody else confirms it.

    Raises InvalidError for a grade that is not slower or not in the scheme, ConflictError while a proposal is open.
    """
    open_one(incident_id)
    scheme_on(clock.today()).rule(grade_)
    said = text(reason, "Reason for a slower grade").strip()
    with writing(by, reason=f"grade {grade_} proposed"):
        incident = locked(incident_id)
        stands = present(incident)
        if stands is None or grade_ <= stands:
            raise InvalidError("That is not a slower grade.", mend="Grade the incident.", details={"field": "grade"})
        if incident.grade_proposals.filter(decided_at=None).exists():
            raise ConflictError("A slower grade is proposed already.", mend="Have it decided first.")
        return GradeProposal.objects.create(
            incident=incident,
            was=stands,
            grade=grade_,
            reason=said,
            thrive=latest_thrive(incident),
            at=clock.now(),
            by=by,
        )


@verb
def decide_proposal(proposal_id: int, confirmed: bool, note: str, by: User) -> GradeProposal:
    """Confirm a proposed slower grade, which takes effect now, or refuse it with a note. A sergeant or above does.

    Never by whoever proposed it. Raises ConflictError when it is decided, when the incident is closed, or when it was
    graded anew since: the proposal then was about something else.
    """
    proposal = GradeProposal.objects.filter(id=proposal_id).first()
    if proposal is None:
        raise NotFoundError("There is no such proposal.")
    _may_decide(proposal, by)
    open_one(proposal.incident_id)
    with writing(by, reason="slower grade confirmed" if confirmed else "slower grade refused"):
        incident = locked(proposal.incident_id)
        proposal.refresh_from_db()
        if proposal.decided_at is not None:
            raise ConflictError("This proposal has been decided already.")
        if confirmed and present(incident) != proposal.was:
            raise ConflictError(
                "The incident was graded anew since this was proposed.", mend="Refuse it; propose again if need be."
            )
        now = clock.now()
        proposal.decided_at, proposal.decided_by, proposal.confirmed = now, by, confirmed
        proposal.decision_note = text(note, "Note", needed=not confirmed).strip()
        proposal.save(update_fields=["decided_at", "decided_by", "confirmed", "decision_note"])
        if confirmed:
            _take_effect(proposal, by)
    return proposal


def _may_decide(proposal: GradeProposal, by: User) -> None:
    if not by.holds(LADDER):
        raise NotAllowedError("A slower grade is confirmed by a sergeant or above.")
    if proposal.by_id == by.id:
        raise NotAllowedError("Nobody decides on their own proposal.", mend="Ask another supervisor.")


def _take_effect(proposal: GradeProposal, by: User) -> None:
    scheme = scheme_on(clock.today())
    scheme.rule(proposal.grade)
    Grading.objects.create(
        incident_id=proposal.incident_id,
        grade=proposal.grade,
        at=_after(latest_grading(proposal.incident)),
        by=by,
        rationale=proposal.reason,
        scheme=scheme.code,
        thrive_id=proposal.thrive_id,
        proposal=proposal,
    )


def locked(incident_id: int) -> Incident:
    """The open incident, locked: one grading of it after the other, so that what stood is what is judged."""
    list(Incident.objects.select_for_update(no_key=True).filter(id=incident_id))
    return open_one(incident_id)


def _after(last: Grading | None) -> datetime:
    """Now; or the moment of the last grading, when that was given by somebody whose transaction began after ours."""
    now = clock.now()
    return now if last is None else max(now, last.at)


def latest_grading(incident: Incident) -> Grading | None:
    """The grading that stands; None before there is one."""
    return incident.gradings.order_by("-at", "-id").first()


def present(incident: Incident) -> int | None:
    """The grade that stands: the latest grading; None before there is one."""
    last = latest_grading(incident)
    return last.grade if last else None


def latest_thrive(incident: Incident) -> Thrive | None:
    """The latest THRIVE assessment of an incident."""
    return incident.thrives.order_by("-at", "-id").first()


def protected(incident_id: int) -> bool:
    """Whether a slower grade of this incident needs a second person."""
    find(incident_id)
    with connection.cursor() as cursor:
        cursor.execute("select iops.incident_protected(%s)", [incident_id])
        return bool(cursor.fetchone()[0])
