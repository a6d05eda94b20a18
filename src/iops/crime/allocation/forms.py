"""The forms of allocation and screening. A field is compulsory only where the step cannot be judged without it."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q
from django.forms import HiddenInput, IntegerField

from iops.crime.allocation.rules import rules_on
from iops.crime.models import Screened, TieKind
from iops.crime.recorded import forms as recorded
from iops.foundation import clock
from iops.foundation.models import User
from iops.web.forms import DatePartsField, Form, choice, line, needed, text

OWNER = re.compile("(user|team)-[0-9]{1,18}")
ANSWERS = [("", "Not known"), ("yes", "Yes"), ("no", "No")]


class Allocate(recorded.Allocate):
    """To whom a crime is allocated; why to them, unless it is as suggested."""

    reason = text("Why to them", required=False, hint="Not needed for whoever is suggested first")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever is suggested may stand after the end of the list; the verb looks whether they are there.
        owner: Any = self.fields["owner"]
        if OWNER.fullmatch(chosen := str(self.data.get("owner", ""))):
            owner.choices = [*owner.choices, (chosen, chosen)]


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


class OfSomebody(Form):
    """A form about somebody who works here, who is told by collar number or by the name they sign in with."""

    who = line("Collar number, or name to sign in", longest=60, needs="officer-skill")

    def clean_who(self) -> int:
        """Their number."""
        typed = self.cleaned_data["who"].strip()
        found = User.objects.filter(Q(collar_number=typed) | Q(username__iexact=typed), is_active=True, kind="person")
        ids = list(found.values_list("id", flat=True)[:2])
        if len(ids) != 1:
            self.add_error("who", "Nobody, or more than one person, goes by that.")
        return ids[0] if ids else 0


class Tie(OfSomebody):
    """That somebody who works here is, or is close to, a person in the crime."""

    person = needed(IntegerField(widget=HiddenInput(), min_value=1), "which-record")
    tie = choice("They are", [(k.value, str(k.label).capitalize()) for k in TieKind], needs="officer-skill")
    source = text("Who said so, and when", needs="officer-skill")


class Skill(OfSomebody):
    """What somebody is trained for."""

    skill = choice("Skill", [], few=False, needs="officer-skill")
    shown_by = line("Certificate or course that shows it", needs="officer-skill")
    since = DatePartsField(label="From (today unless you say)", required=False)
    until = DatePartsField(label="Until", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        skills = rules_on(clock.today()).skills.values()
        fields["skill"].choices = [("", "Choose one"), *((one.code, one.title) for one in skills)]
