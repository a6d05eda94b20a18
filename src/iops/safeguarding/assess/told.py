"""What is told with an assessment beside the answers: who answered, how, opened sets, words by topic, a judgement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iops.foundation.errors import InvalidError
from iops.obligations.services import text
from iops.safeguarding.assess.questionnaires import questionnaire, tally
from iops.safeguarding.models.assessments import TICKS_FOR_JUDGEMENT, AnsweredBy, Medium

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Told:
    """Who answered, how, and what was said beside; an empty text is "not recorded"."""

    answered_by: str = ""
    medium: str = ""
    supplements: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    judgement: str = ""


def checked(told: Told, form: str, answers: Mapping[str, str], grade: str) -> dict[str, object]:
    """The fields of an assessment made of what was told. Raises InvalidError naming what is wrong.

    As many as 14 topics said to be so with a grade below high need the judgement in writing (I19).
    """
    main = questionnaire(form)
    if told.answered_by not in ("", *AnsweredBy.values):
        raise InvalidError("Say who answered.", details={"field": "answered_by"})
    if told.medium not in ("", *Medium.values):
        raise InvalidError("Say how the answers were got.", details={"field": "medium"})
    opened = {topic.opens for topic in main.topics if topic.opens}
    if unknown := set(told.supplements) - opened:
        raise InvalidError(f"The form opens no set “{min(unknown)}”.", details={"field": "supplements"})
    supplements = {code: questionnaire(code).checked(given) for code, given in told.supplements.items()}
    topics = {t.code for code in (form, *supplements) for t in questionnaire(code).topics}
    if strange := set(told.notes) - topics:
        raise InvalidError(f"The form has no topic “{min(strange)}”.", details={"field": "notes"})
    ticks = tally(main, answers).ticks
    return {
        "supplements": supplements,
        "notes": {topic: text(words, "Words on a topic", needed=False) for topic, words in told.notes.items()},
        "answered_by": told.answered_by,
        "medium": told.medium,
        "ticks": ticks,
        "judgement": _judgement(told.judgement, ticks, grade),
    }


def _judgement(words: str, ticks: int, grade: str) -> str:
    needed = ticks >= TICKS_FOR_JUDGEMENT and grade != "high"
    return text(words, "Professional judgement", needed=needed).strip()
