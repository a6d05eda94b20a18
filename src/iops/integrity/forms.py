"""The forms of the registrar's desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from iops.integrity.audit.services import LEAST, MOST_WANTED, Judged
from iops.integrity.models import Answer, Recorded, Verdict
from iops.web.forms import DatePartsField, Form, choice, needed, text

if TYPE_CHECKING:
    from collections.abc import Mapping

YES_NO = [("yes", "Yes"), ("no", "No")]
WORDS = [(code, str(label).capitalize()) for code, label in Answer.choices]


def _capital(choices: list[tuple[Any, Any]]) -> list[tuple[str, str]]:
    return [(str(code), str(label).capitalize()) for code, label in choices]


class Freeze(Form):
    """The period of an audit, and how many are drawn of it."""

    since = DatePartsField(label="First day", needs="audit-population")
    until = DatePartsField(label="Last day", needs="audit-population")
    wanted = needed(
        forms.IntegerField(
            label="How many closures to draw",
            min_value=1,
            max_value=MOST_WANTED,
            initial=400,
            help_text=f"In proportion to the size of each stratum, and at least {LEAST} of each.",
        ),
        "audit-population",
    )


class Judgement(Form):
    """What is judged of a closure, point by point; points that do not arise may be left open."""

    should = choice("Is there a crime that should have been recorded?", YES_NO, needs="audit-review")

    def __init__(self, groups: Mapping[str, str], *args: Any, reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offences = [("", "Choose one"), *groups.items(), ("other", "Another offence")]
        self.fields["offence"] = choice("If yes: which offence?", offences, required=False, few=False)
        self.fields["recorded"] = choice("Was it recorded?", _capital(Recorded.choices), required=False)
        self.fields["in_time"] = choice("If recorded: within 24 hours of the first report?", WORDS, required=False)
        self.fields["victim_told"] = choice("Was the victim told?", WORDS, required=False)
        for name in ("offence", "recorded", "in_time", "victim_told"):
            # Not optional: whether it arises follows from the first answer, and the service says what is left open.
            self.fields[name].__dict__["left_open"] = True
        self.fields["words"] = text("Why" if reason else "Anything to say", required=reason, needs="audit-adjudicate")

    def judged(self) -> Judged:
        """The judgement as the service takes it."""
        said = self.cleaned_data
        points = {name: said[name] for name in ("offence", "recorded", "in_time", "victim_told", "words")}
        return Judged(should=said["should"] == "yes", **points)


class Period(Form):
    """Which closures are looked through."""

    since = DatePartsField(label="First day", needs="period-of-question")
    until = DatePartsField(label="Last day", needs="period-of-question")


class Decide(Form):
    """The decision on one suspicion."""

    closing = needed(forms.IntegerField(widget=forms.HiddenInput(), min_value=1), "which-record")
    verdict = choice("What is decided?", _capital(Verdict.choices), needs="step-itself")
    reason = text("Why", needs="decision-reason")
