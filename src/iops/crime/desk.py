"""What the page "What must be recorded?" shows: the decision so far, what is left to ask, and another day beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iops.crime.models import RecordingResult
from iops.crime.questions import answered, left, presumed, put
from iops.foundation.errors import IopsError
from iops.rulebook.recording import decide
from iops.rulebook.wording import KINDS, in_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.crime.questions import Question
    from iops.rulebook.decision import Decision, Need, Step

RESULTS = {
    "crime": RecordingResult.CRIME,
    "add_to_existing": RecordingResult.CRIME,
    "local_case_record_and_report_fraud": RecordingResult.CRIME,
    "crime_related_incident": RecordingResult.CRI,
    "reported_incident": RecordingResult.NO_CRIME,
    "incident": RecordingResult.NO_CRIME,
    "information": RecordingResult.NO_CRIME,
    "intelligence": RecordingResult.NO_CRIME,
    "not_recorded": RecordingResult.NO_CRIME,
}
"""Which of the four results of an incident a decision amounts to; of the others the person says it."""


@dataclass(frozen=True, slots=True)
class Side:
    """The report decided by the rules of one day: a decision, or why there is none."""

    day: dt.date
    decision: Decision | None
    refused: IopsError | None = None

    @property
    def title(self) -> str:
        """The decision in a few words."""
        return KINDS.get(self.decision.kind, self.decision.kind) if self.decision else "No decision"

    @property
    def decided(self) -> bool:
        """Whether nothing is left to ask."""
        return self.decision is not None and self.decision.kind != "undecided"

    def steps_not_in(self, other: Side) -> set[Step]:
        """The steps that the rules of this day make and those of the other day do not."""
        theirs = {(s.rule, s.about) for s in other.decision.steps} if other.decision else set()
        return {s for s in self.decision.steps if (s.rule, s.about) not in theirs} if self.decision else set()


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole page but its forms."""

    side: Side
    beside: Side | None
    questions: list[Question]
    others: list[Need]
    answers: list[Question]
    presumed: list[Question]

    @property
    def mistakes(self) -> list[Question]:
        """The answers that cannot be taken."""
        return [one for one in self.answers if one.error]

    def rationale(self) -> str:
        """The decision with its reasons, as text for an incident."""
        if self.side.decision is None:
            return ""
        words = in_words(self.side.decision)
        return f"By the recording rules for a report of {self.side.day:%d/%m/%Y}.\n{words}"

    def result(self) -> str:
        """Which of the four results of an incident this is; empty when the person must say it."""
        found = self.side.decision
        if found is None:
            return ""
        return RecordingResult.TRANSFERRED if found.transfer_to else RESULTS.get(found.kind, "")


def lay_out(report: dict[str, Any], typed: Mapping[str, str], compare: dt.date | None) -> Desk:
    """Decide the report with the answers typed so far, by the rules of its own day and of the day to compare."""
    answers = answered(typed)
    put(report, (one for one in answers if not one.error))
    day = report["reported"]
    chosen = [offence["act"] for offence in report["offences"] if "act" in offence]
    side = _side(report, day if not hasattr(day, "date") else day.date(), None)
    beside = _side(report, compare, compare) if compare is not None else None
    decisions = [one.decision for one in (side, beside) if one is not None and one.decision is not None]
    asked, others = left([need for decision in decisions for need in decision.needs], chosen)
    waiting = {one.name for one in asked}
    supposed = presumed(side.decision, chosen, answers) if side.decision else []
    return Desk(side, beside, asked, others, [a for a in answers if a.name not in waiting or a.error], supposed)


def _side(report: dict[str, Any], day: dt.date, as_at: dt.date | None) -> Side:
    try:
        return Side(day, decide(report, as_at=as_at))
    except IopsError as error:
        return Side(day, None, error)
