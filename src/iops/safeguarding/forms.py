"""The forms of safeguarding: what may be typed at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from iops.control.forms import Target
from iops.safeguarding.children.about import AboutChild
from iops.safeguarding.models import ChildDecisionKind, FoundHow, RiskGrade, SchoolKnown, Seen
from iops.safeguarding.questions import ANSWERS, FORMS, SHORT_FORM
from iops.web.forms import DatePartsField, Form, choice, line, needed, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import TextChoices

ANSWER_WORDS = tuple((answer, answer.replace("_", " ").capitalize()) for answer in ANSWERS)
TOPIC = "topic_"


def about_child() -> dict[str, forms.Field]:
    """The fields on what is said of a child; "not recorded" and "not known yet" are answers."""
    return {
        "found_how": choice("How it comes to be on the incident", _words(FoundHow), needs="child-decision"),
        "school_known": choice("School", _words(SchoolKnown), needs="child-school-known"),
        "school": line("Name of the school", required=False),
        "seen": choice("Was it seen and spoken to?", _words(Seen), needs="child-decision"),
        "seen_words": text("Why not", required=False, hint="Needed when it was not seen, or not spoken to"),
        "voice": text("Voice of the child", required=False, hint="What it said or showed, in its own words"),
    }


def _words(kind: type[TextChoices]) -> list[tuple[str, str]]:
    return [(value, str(label).capitalize()) for value, label in kind.choices]


class _About(Form):
    """What is said of a child."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(about_child())
        for name in ("found_how", "school_known", "seen"):
            self.fields[name].initial = "unknown"

    def about(self) -> AboutChild:
        """What was typed, as one."""
        return AboutChild(**{name: self.cleaned_data[name] for name in about_child()})

    def clean(self) -> dict[str, Any]:
        """Gather what is said."""
        given = super().clean() or {}
        if not self.errors:
            given["about"] = self.about()
        return given


class Child(_About):
    """A child at the address, in the relationship, or named."""

    names: ClassVar[Mapping[str, str]] = {"name of the child": "name"}

    name = line(
        "Name of the child",
        longest=300,
        hint="Any name or description; the date of birth may be unknown",
        needs="child-decision",
    )
    born = DatePartsField(label="Date of birth", required=False)


class ChildTold(_About):
    """What has become known of a child."""

    target = needed(forms.IntegerField(widget=forms.HiddenInput(), min_value=1), "which-record")
    born = DatePartsField(label="Date of birth, if it was not known", required=False)


class ChildDecision(Target):
    """What follows for one child, instead of the decision that the page shows."""

    renewed: ClassVar[frozenset[str]] = frozenset({"instead_of"})

    instead_of = forms.IntegerField(widget=forms.HiddenInput(), required=False, min_value=1)
    decision = choice(
        "Decision", [(k.value, str(k.label).capitalize()) for k in ChildDecisionKind], needs="child-decision"
    )
    reason = text("Reason", required=False, hint="Needed for “no referral”, which a second person has to confirm")


class NoReferral(Target):
    """What the second person says to "no referral"."""

    confirmed = choice("Is it right not to refer?", [("yes", "Yes, no referral"), ("no", "No")], needs="child-decision")
    note = text("Note", required=False, hint="Needed when it is not right")


class Assessment(Form):
    """The short form of the risk assessment. A topic that is not asked stays "not asked": it is never a no."""

    grade = choice(
        "Grade of risk, your judgement",
        [(k.value, str(k.label).capitalize()) for k in RiskGrade],
        needs="da-risk-assessment",
    )
    rationale = text("Rationale", hint="Why this grade: what was seen, said and known", needs="da-risk-assessment")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic, words in FORMS[SHORT_FORM].items():
            self.fields[TOPIC + topic] = choice(words, ANSWER_WORDS, needs="da-risk-assessment")
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

    agreed = choice("Do you agree with the grade?", [("yes", "Yes"), ("no", "No")], needs="da-assessment-review")
    note = text("Note", required=False, hint="Needed when you do not agree")
