"""The recording decision on an incident, by the rules, of its own facts: what they say and what is left to ask."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from iops.control.closing.report import Fed, report_of
from iops.control.closing.services import keep_advice
from iops.control.services import find
from iops.crime.desk import Desk, lay_out
from iops.crime.recorded.continuing import Course, course_of
from iops.crime.services import decide_recording
from iops.foundation.consultation import consults
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError
from iops.obligations.services import text, writing
from iops.rulebook.library import acts
from iops.rulebook.reading import read_report
from iops.rulebook.wording import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.crime.models import RecordingDecision
    from iops.foundation.models import User

ACT, CLASS, ANSWERED_DATE = "act", "class", "happened"
"""Names of the answers that say which offence it is, where no category does, and on which day (ISO) it was done."""
LONGEST_CLASS = 20


class NotDecidedError(ConflictError):
    """The rules cannot decide on what is known: the details name the questions that are left."""

    code = "not-decided"


@dataclass(frozen=True)
class IncidentDesk:
    """What the rules say of an incident: the report with the source of each fact, the decision, what is left to ask.

    `offence_open` says that the rules ask which offence it is, which `act` or `class` among the answers tells.
    """

    incident: Incident
    fed: Fed
    desk: Desk
    offence_open: bool
    course: Course | None = None
    """The course of conduct on record between the same people, which this may carry on."""

    @property
    def outcome(self) -> str:
        """A recording result; empty while facts are missing, or when a person must say it."""
        return str(self.desk.result()) if self.desk.side.decided else ""


def desk_of(incident: Incident, answers: Mapping[str, str]) -> IncidentDesk:
    """Decide on an incident by the rules of the day of its report, with the answers given so far.

    Facts of the incident come first; an answer fills what they leave open, or says otherwise than the text was read.
    """
    fed = report_of(incident)
    report = fed.report
    if offence := _named(answers):
        report["offences"] = [offence]
        report.pop("incident", None)
    if (happened := _day(answers)) is not None:
        report["happened"] = happened
    course = course_of(incident)
    if course is not None:
        report["existing"] = course.told
    desk = lay_out(report, answers, None)
    decision = desk.side.decision
    needs = decision.needs if decision else ()
    return IncidentDesk(incident, fed, desk, any(n.fact == "offences" for n in needs) or bool(offence), course)


def _named(answers: Mapping[str, str]) -> dict[str, Any] | None:
    """The offence that the answers name, if any."""
    act, known = answers.get(ACT, "").strip(), answers.get(CLASS, "").strip()
    if act and act in acts():
        return {"act": act}
    return {"offence": known[:LONGEST_CLASS]} if known else None


def _day(answers: Mapping[str, str]) -> dt.date | None:
    try:
        return dt.date.fromisoformat(answers.get(ANSWERED_DATE, "").strip())
    except ValueError:
        return None


@verb
def decide_by_rules(
    incident_id: int, answers: Mapping[str, str], by: User, *, note: str = "", avi: str = ""
) -> RecordingDecision:
    """Take the decision the rules come to for an incident, and keep it with the facts and reasons it rests on.

    `answers` are those to the questions that the incident's facts leave open, by name (`a.<place>.<fact>`). Raises
    NotDecidedError with the questions that are left, InvalidError for an answer that cannot be taken.
    """
    incident = find(incident_id)
    found = desk_of(incident, answers)
    if found.desk.mistakes:
        raise InvalidError(found.desk.mistakes[0].error, details={"field": found.desk.mistakes[0].name})
    if found.desk.side.refused is not None:
        raise found.desk.side.refused
    if not found.outcome:
        raise _not_decided(found)
    decision = found.desk.side.decision
    assert decision is not None  # noqa: S101 - it has an outcome
    words = found.desk.rationale()
    if decision.kind == "add_to_existing" and found.course is not None:
        words = f"{words}\nAdded to crime {found.course.crime.reference}."
    said = text(note, "Note", needed=False).strip()
    with writing(by, reason="recording decision"):
        made = decide_recording(incident_id, found.outcome, f"{said}\n\n{words}" if said else words, by, avi=avi)
        keep_advice(
            incident_id,
            by,
            report=msgspec.to_builtins(read_report(found.fed.report)),
            rules_of=found.desk.side.day,
            kind=decision.kind,
            result=found.outcome,
            words=in_words(decision),
        )
    return made


def _not_decided(found: IncidentDesk) -> NotDecidedError:
    return NotDecidedError(
        "The rules cannot decide on what is known.",
        mend="Answer what is asked, or link who is involved.",
        details={"questions": asked(found)},
    )


def asked(found: IncidentDesk) -> list[dict[str, Any]]:
    """The questions that are left, each with its name and the answers it takes."""
    own = [{"name": q.name, "question": q.asks, "choices": [c for c, _ in q.choices]} for q in found.desk.questions]
    return own + [{"name": n.fact, "question": n.question, "choices": list(n.choices)} for n in found.desk.others]


@consults("incident", ids=lambda found: [found.incident.id])
def advice(incident_id: int, answers: Mapping[str, str], viewer: User) -> IncidentDesk:  # noqa: ARG001 - by `consults`
    """What the rules say of an incident, for somebody who looks at it. Raises NotFoundError."""
    return desk_of(find(incident_id), answers)
