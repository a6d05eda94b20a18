"""The forms of safeguarding: what may be typed at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from iops.control.forms import Target
from iops.safeguarding.models import ChildDecisionKind, RiskGrade
from iops.safeguarding.questions import ANSWERS, FORMS, SHORT_FORM
from iops.web.forms import DatePartsField, Form, choice, line, text

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWER_WORDS = tuple((answer, answer.replace("_", " ").capitalize()) for answer in ANSWERS)
TOPIC = "topic_"


class Child(Form):
    """A child at the address, in the relationship, or named."""

    names: ClassVar[Mapping[str, str]] = {"name of the child": "name"}

    name = line("Name of the child", longest=300, hint="Any name or description; the date of birth may be unknown")
    born = DatePartsField(label="Date of birth", required=False)


class ChildDecision(Target):
    """What follows for one child."""

    decision = choice("Decision", [(k.value, str(k.label).capitalize()) for k in ChildDecisionKind])
    reason = text("Reason", required=False, hint="Needed for “no referral”")


class Assessment(Form):
    """The short form of the risk assessment. A topic that is not asked stays "not asked": it is never a no."""

    grade = choice("Grade of risk, your judgement", [(k.value, str(k.label).capitalize()) for k in RiskGrade])
    rationale = text("Rationale", hint="Why this grade: what was seen, said and known")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic, words in FORMS[SHORT_FORM].items():
            self.fields[TOPIC + topic] = choice(words, ANSWER_WORDS)
            self.fields[TOPIC + topic].initial = "not_asked"
        self.order_fields([*(name for name in self.fields if name.startswith(TOPIC)), "grade", "rationale"])

    @property
    def answers(self) -> dict[str, str]:
        """Every topic with its answer."""
        topics = (name for name in self.fields if name.startswith(TOPIC))
        return {name.removeprefix(TOPIC): self.cleaned_data[name] for name in topics}

    def clean(self) -> dict[str, Any]:
        """Gather the answers."""
        given = super().clean() or {}
        if not self.errors:
            given["answers"] = self.answers
        return given


class Review(Target):
    """A supervisor's view of one risk assessment."""

    agreed = choice("Do you agree with the grade?", [("yes", "Yes"), ("no", "No")])
    note = text("Note", required=False, hint="Needed when you do not agree")
