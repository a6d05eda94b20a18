"""The forms of the record: lines and corrections, links, transfers, major incidents."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from iops.control.models import LinkKind
from iops.control.record.selectors import standing_majors
from iops.control.selectors import by_reference, parse_reference
from iops.foundation import clock
from iops.foundation.errors import NotFoundError
from iops.foundation.models import District
from iops.web.forms import DatePartsField, Form, choice, line, needed, text, tick
from iops.web.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])")
NAMES: Mapping[str, str] = {"log entry": "text", "at": "time"}


class When(Form):
    """When a thing happened, if that was not now: a time of today, or a day and a time. In local time."""

    day = DatePartsField(label="Day it happened", required=False, help_text="Only if that was not today")
    time = line("Time it happened", longest=5, required=False, hint="Only if that was not now, such as 21:40")

    def clean(self) -> dict[str, Any]:
        """Make one moment of the day and the time; nothing is guessed of a day without a time."""
        given = super().clean() or {}
        day, time = given.get("day"), (given.get("time") or "").strip()
        found = TIME.fullmatch(time)
        given["at"] = None
        if (day or time) and found is None:
            self.add_error("time", "Give the time it happened, such as 21:40.")
        elif found is not None:
            on: dt.date = day or clock.today()
            given["at"] = dt.datetime(on.year, on.month, on.day, int(found[1]), int(found[2]), tzinfo=LONDON)
        return given


class AddLine(When):
    """One line of the log, with the time of the event when that was earlier."""

    names: ClassVar[Mapping[str, str]] = NAMES
    text = text("New line of the log", needs="incident-log")
    field_order = ("text", "day", "time")


class Correct(When):
    """What a line of the log should have said."""

    names: ClassVar[Mapping[str, str]] = NAMES
    target = needed(forms.IntegerField(widget=forms.HiddenInput(), min_value=1), "which-record")
    text = text(
        "What it should say", hint="The line stays as it is, marked as corrected by this one", needs="incident-log"
    )
    field_order = ("target", "text", "day", "time")


class Link(Form):
    """Another incident, by its number, and how it belongs to this one."""

    kind = choice("This incident is", [(k.value, k.label) for k in LinkKind], few=False, needs="role-of-link")
    other = line("The other incident", longest=40, hint="Its number, such as 412/05072019", needs="which-record")
    reason = text("Reason", needs="decision-reason")

    def clean_other(self) -> int:
        """The id of the incident of that number; one that is not there for this person is told like any other."""
        named = parse_reference(self.cleaned_data["other"])
        if named is None:
            raise forms.ValidationError("Write its number and day, such as 412/05072019.")
        try:
            return by_reference(*named).id
        except NotFoundError as error:
            raise forms.ValidationError(str(error)) from error


class TargetWithReason(Form):
    """A step on one of several things on the page, with a reason."""

    target = needed(forms.IntegerField(widget=forms.HiddenInput(), min_value=1), "which-record")
    reason = text("Reason", needs="change-reason")


class Offer(Form):
    """Where an incident is offered: a district of the force, or another force."""

    names: ClassVar[Mapping[str, str]] = {"force": "to_force"}
    district = choice("District of this force", [], required=False, few=False)
    to_force = line("Or another force", longest=120, required=False)
    reason = text("Reason", needs="transfer-accept")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts = [(str(d.id), d.name) for d in District.objects.order_by("name")]
        self.fields["district"].choices = [("", "Choose a district"), *districts]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One receiver, not two and not none."""
        given = super().clean() or {}
        if bool(given.get("district")) == bool(given.get("to_force", "").strip()):
            self.add_error("district", "Choose a district of this force, or name another force.")
        return given


class Accept(Form):
    """Acceptance of an offer; another force says who accepts it and under which number."""

    names: ClassVar[Mapping[str, str]] = {"accepted by": "accepted_name"}
    target = needed(forms.IntegerField(widget=forms.HiddenInput(), min_value=1), "which-record")
    accepted_name = line("Accepted by", longest=120, required=False, hint="Another force: who there accepts it")
    reference = line("Their number", longest=60, required=False, hint="Another force: its number with them")


class MethaneReport(Form):
    """M/ETHANE, letter by letter."""

    names: ClassVar[Mapping[str, str]] = {"exact location": "exact_location"}
    declared = tick("Major incident declared (otherwise standing by)")
    exact_location = text("Exact location", needs="methane")
    type = text("Type", hint="What kind of incident", needs="methane")
    hazards = text("Hazards", required=False, hint="Present and suspected")
    access = text("Access", required=False, hint="Best way in and out")
    casualties = forms.IntegerField(
        label="Number of casualties",
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text="Leave it empty while nobody can tell",
        widget=line("").widget,
    )
    casualties_said = text("Casualties in words", required=False)
    emergency_services = text("Emergency services", required=False, hint="There, and needed")


class Declare(MethaneReport):
    """The name of a major incident and its first report."""

    name = line("Name of the major incident", longest=120, hint="Which everybody will use", needs="methane")
    field_order = ("name",)


class AddToMajor(Form):
    """Which standing major incident this one belongs to."""

    major = choice("Major incident", [], few=False, needs="which-record")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(str(m.id), m.name) for m in standing_majors()]
        self.fields["major"].choices = [("", "Choose one"), *found]  # type: ignore[attr-defined]


class Reason(Form):
    """A step that needs a reason."""

    reason = text("Reason", needs="decision-reason")
