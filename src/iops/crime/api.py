"""The API of crime recording: the recording decision on one incident."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from iops.control.api import ONE, Named
from iops.crime import feeding, selectors, services
from iops.foundation.api import Line, Text, viewer
from iops.rulebook.needs import Needed

router = Router(tags=["crime"])
MOST_ANSWERS = 100


class DecisionIn(Schema):
    """Whether it is recorded as a crime, and why; `avi` says what takes an earlier decision for a crime back."""

    result: Annotated[
        Literal["crime", "crime_related_incident", "not_a_crime", "transferred"], Needed("crime-decision")
    ]
    rationale: Annotated[Text, Needed("crime-decision")]
    avi: Text = ""


class DecisionOut(Schema):
    """One recording decision."""

    result: str
    rationale: str
    at: dt.datetime


def _shown(incident_id: int) -> list[DecisionOut]:
    return [DecisionOut.from_orm(d) for d in selectors.recording_on(incident_id)]


@router.get(f"{ONE}/recording-decisions", response=list[DecisionOut])
def recording_decisions(request: HttpRequest, named: Named) -> list[DecisionOut]:
    """The recording decisions on the incident, the latest first."""
    return _shown(named.find().id)


@router.post(f"{ONE}/recording-decisions", response={201: list[DecisionOut]})
def decide_recording(request: HttpRequest, named: Named, given: DecisionIn) -> Status[list[DecisionOut]]:
    """Decide whether the incident is recorded as a crime."""
    found = named.find()
    services.decide_recording(found.id, given.result, given.rationale, viewer(request), avi=given.avi)
    return Status(201, _shown(found.id))


class AnswersIn(Schema):
    """Answers to the questions that an incident's facts leave open, by name; `act` or `class` says the offence."""

    answers: dict[Line, Line] = Field(default={}, max_length=MOST_ANSWERS)
    note: Text = ""
    avi: Text = ""


class TakenOut(Schema):
    """One fact of the report, and where in the incident it was taken from."""

    says: str
    source: str


class QuestionOut(Schema):
    """One question that is left: answer it by its name with one of its choices (or a whole number)."""

    name: str
    question: str
    choices: list[str]


class AdviceOut(Schema):
    """What the rules say of an incident: `outcome` is a recording result, empty while facts are missing."""

    outcome: str
    taken: list[TakenOut]
    questions: list[QuestionOut]
    decision: dict[str, Any] | None


@router.post(f"{ONE}/recording-advice", response=AdviceOut)
def recording_advice(request: HttpRequest, named: Named, given: AnswersIn) -> AdviceOut:
    """What the recording rules say of an incident, of its own facts and the answers given. Saves nothing."""
    found = feeding.advice(named.find().id, given.answers, viewer(request))
    decision = found.desk.side.decision
    return AdviceOut(
        outcome=found.outcome,
        taken=[TakenOut(says=t.says, source=t.source) for t in found.fed.taken],
        questions=[QuestionOut.model_validate(q) for q in feeding.asked(found)],
        decision=msgspec.to_builtins(decision) if decision else None,
    )


@router.post(f"{ONE}/recording-decisions/by-rules", response={201: list[DecisionOut]})
def decide_by_rules(request: HttpRequest, named: Named, given: AnswersIn) -> Status[list[DecisionOut]]:
    """Take the decision the rules come to, and keep it with its facts and reasons; 409 names what is left to ask."""
    found = named.find()
    feeding.decide_by_rules(found.id, given.answers, viewer(request), note=given.note, avi=given.avi)
    return Status(201, _shown(found.id))
