"""The forms of the control room: what may be typed at all. What it means is for the services to judge."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from django import forms

from iops.control.grading.schemes import scheme_on
from iops.control.models import Channel
from iops.foundation import clock
from iops.foundation.models import District, Team, User
from iops.web.forms import Checkboxes, DatePartsField, Form, choice, line, needed, text, tick
from iops.web.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Mapping

GRADES = (("1", "1, emergency"), ("2", "2, priority"), ("3", "3, routine"), ("4", "4"), ("5", "5"))
TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])")


def districts() -> list[tuple[str, str]]:
    """The districts of the force to choose from, by name."""
    return [(str(d.id), d.name) for d in District.objects.order_by("name")]


class NewIncident(Form):
    """A contact taken: where, what and how to call back come first; everything else can wait."""

    names: ClassVar[Mapping[str, str]] = {"call back": "call_back", "caller": "caller_name", "reported_at": "time"}

    where = line(
        "Where",
        longest=300,
        hint="Address, place or road, as the caller says it",
        autofocus="autofocus",
        needs="incident-minimum",
    )
    what = text("What is happening", needs="incident-minimum")
    call_back = line("Call back", longest=120, required=False, hint="A number or an address", inputmode="tel")
    district = choice("District", [], required=False, few=False)
    grade = choice("Grade", [("", "Grade it later"), *GRADES], required=False, few=False)
    domestic = tick("Domestic abuse")
    crime_reported = tick("What is reported would be a crime")
    channel = choice("How it came in", Channel.choices, few=False, needs="contact-channel")
    caller_name = line("Name of the caller", required=False)
    category = line("Kind of incident", longest=80, required=False)
    day = DatePartsField(label="Day of the report", required=False, help_text="Only when it is written up afterwards")
    time = line("Time of the report", longest=5, required=False, hint="Such as 03:12")
    key = needed(forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4), "save-once")
    contact = forms.IntegerField(widget=forms.HiddenInput(), required=False, min_value=1, max_value=10**17)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = [("", "Not known yet"), *districts()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Make one moment of the day and the time of the report."""
        given = super().clean() or {}
        given["reported_at"] = self._reported(given.get("day"), given.get("time") or "")
        return given

    def _reported(self, day: dt.date | None, time: str) -> dt.datetime | None:
        if day is None and not time:
            return None
        found = TIME.fullmatch(time.strip())
        if day is None or found is None:
            self.add_error("time", "Give both the day and the time of the report, such as 03:12, or neither.")
            return None
        return dt.datetime(day.year, day.month, day.day, int(found[1]), int(found[2]), tzinfo=LONDON)


class Grade(Form):
    """How fast the incident must be answered, in the grades of the scheme in force today."""

    grade = choice("Grade", GRADES, needs="grade-itself")
    rationale = text("Rationale", required=False, hint="Needed when the new grade is slower than the one before")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grades = scheme_on(clock.today()).grades
        self.fields["grade"].choices = [(str(g.grade), f"{g.said}, {g.title.lower()}") for g in grades]  # type: ignore[attr-defined]

    def clean_grade(self) -> int:
        """The grade as a number."""
        return int(self.cleaned_data["grade"])


class InDistrict(Form):
    """The district an incident is in."""

    district = choice("District", [], few=False, needs="district-of-incident")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = [("", "Choose a district"), *districts()]  # type: ignore[attr-defined]


class Reason(Form):
    """A step that needs a reason."""

    reason = text("Reason", needs="decision-reason")


class Mark(Form):
    """A step that may say why."""

    reason = text("Reason", required=False)


class Unit(Form):
    """A unit by its call sign."""

    unit = line("Call sign", longest=20, autocapitalize="characters", needs="unit-itself")


class Target(Form):
    """A step on one of several things on the page."""

    target = needed(forms.IntegerField(widget=forms.HiddenInput(), min_value=1), "which-record")


class Waive(Reason):
    """The decision that a duty need not be met."""

    subject = needed(forms.CharField(widget=forms.HiddenInput(), max_length=40), "which-record")
    subject_id = needed(forms.IntegerField(widget=forms.HiddenInput(), min_value=1), "which-record")
    rule = needed(forms.CharField(widget=forms.HiddenInput(), max_length=60), "which-record")


class Restrict(Form):
    """Who may see the incident from now on; to everybody else it does not exist."""

    people = line("People", longest=1000, required=False, hint="Sign-in names, with commas between them")
    teams = forms.MultipleChoiceField(label="Teams", required=False, widget=Checkboxes())
    reason = text("Reason", needs="restriction-reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(str(t.id), t.name) for t in Team.objects.order_by("name")]
        self.fields["teams"].choices = teams  # type: ignore[attr-defined]

    def clean_people(self) -> list[int]:
        """The accounts of the sign-in names; the names that are nobody's are told."""
        typed = {name.lower() for name in re.split(r"[\s,;]+", self.cleaned_data["people"]) if name}
        found = {u.username.lower(): u.id for u in User.objects.filter(username__in=typed)}
        found |= {
            u.username.lower(): u.id for name in typed - set(found) for u in User.objects.filter(username__iexact=name)
        }
        if typed - set(found):
            raise forms.ValidationError(f"Nobody signs in as {', '.join(sorted(typed - set(found)))}.")
        return sorted(found.values())

    def clean_teams(self) -> list[int]:
        """The chosen teams by id."""
        return [int(t) for t in self.cleaned_data["teams"]]
