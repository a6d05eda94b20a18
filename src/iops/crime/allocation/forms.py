"""The forms of allocation and screening. A field is compulsory only where the step cannot be judged without it."""

from __future__ import annotations

from typing import Any

from iops.crime.allocation.rules import rules_on
from iops.crime.models import Screened
from iops.crime.recorded import forms as recorded
from iops.foundation import clock
from iops.web.forms import Form, choice, line, text

ANSWERS = [("", "Not known"), ("yes", "Yes"), ("no", "No")]


class Allocate(recorded.Allocate):
    """To whom a crime is allocated; why to them, unless it is as suggested."""

    reason = text("Why to them", required=False, hint="Not needed for whoever is suggested first")


class FromList(Allocate):
    """An allocation in the list of what waits."""

    crime = line("Crime number", longest=40, needs="which-record")


class Solvability(Form):
    """What there is to go on: one question for each factor of the rules in force."""

    note = text("Anything else", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {
            f"f.{one.code}": choice(one.asks, ANSWERS, required=False, few=False)
            for one in rules_on(clock.today()).factors.values()
        }
        self.fields = {**asked, **self.fields}

    @property
    def answers(self) -> dict[str, str]:
        """The answers by the code of the factor; what is not known is left out."""
        return {name[2:]: str(value) for name, value in self.cleaned_data.items() if name.startswith("f.") and value}


class Screen(Form):
    """Whether it is investigated further."""

    decision = choice("Decision", [(k.value, str(k.label).capitalize()) for k in Screened], needs="crime-screening")
    reason = text("Reasons", needs="crime-screening")


class Answer(Form):
    """A supervisor's answer to a decision to screen out."""

    agreed = choice(
        "Do you agree?", [("yes", "Yes, it is screened out"), ("no", "No, it is investigated")], needs="crime-screening"
    )
    reason = text("Reasons", needs="crime-screening")
