"""The forms of completeness: what is known of one person in a crime, and of which period is counted."""

from __future__ import annotations

from typing import Any

from django import forms

from iops.crime.models import StatedFact
from iops.pole.models import Source
from iops.web.forms import DatePartsField, Form, choice, needed
from iops.web.stated import WORDS, Stated, stated

SEXES = [("", "Leave it as it is"), ("female", "Female"), ("male", "Male"), ("other", "Other"), *WORDS]
CHOSEN = {code for code, _ in WORDS}


class Facts(Form):
    """What is known of a victim or suspect; every field may be left as it is."""

    person = needed(forms.IntegerField(widget=forms.HiddenInput(), min_value=1), "which-record")
    born = stated("Date of birth", longest=100, hint="Such as 12/3/1985")
    sex = choice("Sex", SEXES, required=False, few=False)
    ethnicity = stated("Ethnicity, self-defined", hint="In their own words, or as a code (18+1)")
    address = stated("Address", longest=300)
    phone = stated("Telephone", longest=60)
    wish = choice("What they want, if it cannot be recorded", [("", "Leave it as it is"), *WORDS], required=False)
    source = choice("Source", Source.choices, required=False, few=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].initial = Source.UNKNOWN

    def told(self) -> dict[str, Stated]:
        """What was said, by fact."""
        typed = self.cleaned_data
        sex, wish = typed["sex"], typed["wish"]
        return {
            **{name: typed[name] for name in ("born", "ethnicity", "address", "phone")},
            StatedFact.SEX.value: Stated(answer=sex) if sex in CHOSEN else Stated(value=sex),
            StatedFact.WISH.value: Stated(answer=wish),
        }


class Period(Form):
    """The crimes recorded from the first to the last day; the last four weeks when nothing is said."""

    since = DatePartsField(label="First day", required=False)
    until = DatePartsField(label="Last day", required=False)
