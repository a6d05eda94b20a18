"""The form of an assessment as an officer fills it in on a phone, and the small forms of grades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms

from iops.control.forms import Target
from iops.safeguarding.assess.questionnaires import Questionnaire, Topic, questionnaire
from iops.safeguarding.assess.told import Told
from iops.safeguarding.models import AnsweredBy, GradedAs, Medium, RiskGrade
from iops.web.forms import Form, choice, line, needed, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.forms.boundfield import BoundField

TOPIC, SET, NOTE, OF = "topic_", "set_", "note_", "__"
LONGEST_NOTE = 500
GRADES = [(g.value, str(g.label).capitalize()) for g in RiskGrade]
PARTS = [(g.value, str(g.label).capitalize()) for g in GradedAs]


def words_of(answers: Iterable[str]) -> list[tuple[str, str]]:
    """Answers with the words on their buttons."""
    return [(answer, answer.replace("_", " ").capitalize()) for answer in answers]


class Assessment(Form):
    """One questionnaire in full: each topic with its answer and words, the sets it opens, and the grade as a judgement.

    A topic that nobody touches stays "not asked": it is never a no.
    """

    key = needed(forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4), "save-once")

    def __init__(self, form: Questionnaire, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questionnaire = form
        self.sets = tuple(questionnaire(code) for code in dict.fromkeys(t.opens for t in form.topics if t.opens))
        self._ask(form, TOPIC)
        for opened in self.sets:
            self._ask(opened, f"{SET}{opened.code}{OF}")
        self.fields["answered_by"] = choice("Who answered?", words_of_choices(AnsweredBy), needs="da-risk-assessment")
        self.fields["medium"] = choice("How?", words_of_choices(Medium), needs="da-risk-assessment")
        self.fields["grade"] = choice("Grade of risk, your judgement", GRADES, needs="da-risk-assessment")
        self.fields["rationale"] = text(
            "Rationale", hint="Why this grade: what was seen, said and known", needs="da-risk-assessment"
        )
        self.fields["judgement"] = text(
            "Professional judgement", required=False, hint="Needed for 14 ticks or more with a grade below high"
        )

    def _ask(self, form: Questionnaire, before: str) -> None:
        for topic in form.topics:
            asked = choice(topic.asks, words_of(form.answers), required=False)
            # A topic may be left alone, and yet it is no extra: its label does not say "optional".
            asked.__dict__["left_open"] = True
            self.fields[before + topic.code] = asked
            self.fields[NOTE + before + topic.code] = line("In their words", longest=LONGEST_NOTE, required=False)

    def topics(self) -> list[tuple[Topic, BoundField, BoundField]]:
        """The topics of the form itself: each with its answer and its words."""
        return [(t, self[TOPIC + t.code], self[NOTE + TOPIC + t.code]) for t in self.questionnaire.topics]

    def opened(self, code: str) -> list[tuple[Topic, BoundField, BoundField]]:
        """The topics of a set."""
        before = f"{SET}{code}{OF}"
        return [(t, self[before + t.code], self[NOTE + before + t.code]) for t in questionnaire(code).topics]

    def answers(self) -> dict[str, str]:
        """The answers to the form itself; what was left is "not asked"."""
        return self._given(TOPIC)

    def told(self) -> Told:
        """All that was told beside the answers. A set of which nothing was answered was not opened."""
        given = {form.code: self._given(f"{SET}{form.code}{OF}") for form in self.sets}
        said = self.cleaned_data
        return Told(
            answered_by=said["answered_by"],
            medium=said["medium"],
            supplements={code: answers for code, answers in given.items() if answers},
            notes=self._notes(),
            judgement=said["judgement"],
        )

    def _given(self, before: str) -> dict[str, str]:
        return {
            name.removeprefix(before): answer
            for name, answer in self.cleaned_data.items()
            if name.startswith(before) and answer
        }

    def _notes(self) -> dict[str, str]:
        # A topic of a set has the code of its own, so words on it never fall on a topic of the form.
        return {
            name.removeprefix(NOTE).removeprefix(TOPIC).rpartition(OF)[2]: words
            for name, words in self.cleaned_data.items()
            if name.startswith(NOTE) and words
        }


def words_of_choices(kind: type[AnsweredBy | Medium]) -> list[tuple[str, str]]:
    """The choices of a list in words, as they begin a line."""
    return [(value, str(label).capitalize()) for value, label in kind.choices]


class GradeRisk(Target):
    """A grade beside the first, as high as it stands or higher."""

    graded_as = choice("As", PARTS, needs="da-risk-assessment")
    grade = choice("Grade of risk", GRADES, needs="da-risk-assessment")
    rationale = text("Rationale", needs="da-risk-assessment")


class LowerRisk(Target):
    """A proposal that the risk is lower."""

    graded_as = choice("As", PARTS, needs="da-risk-assessment")
    grade = choice("Lower grade", GRADES[:-1], needs="da-risk-assessment")
    reason = text("Reason", hint="It takes effect when somebody more senior confirms it", needs="risk-lowered")


class DecideLower(Target):
    """What somebody more senior says to a lower grade."""

    confirmed = choice(
        "Is the lower grade right?", [("yes", "Yes, lower it"), ("no", "No, it stands")], needs="risk-lowered"
    )
    note = text("Note", required=False, hint="Needed when it stands")
