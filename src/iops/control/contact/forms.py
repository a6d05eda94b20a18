"""The forms of contacts: what may be typed at all. What it means is for the services to judge."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from iops.control.models import CallBackResult, Channel, Heard, Line, Outcome, PlaceSource, Pressed
from iops.foundation import clock
from iops.web.forms import DatePartsField, Form, choice, line, text

if TYPE_CHECKING:
    from collections.abc import Mapping

TAKEN = tuple(c for c in Channel.choices if c[0] != Channel.IMPORTED)
WAITS = (("10", "10 minutes"), ("30", "30 minutes"), ("60", "1 hour"), ("240", "4 hours"), ("1440", "24 hours"))
WITHOUT_INCIDENT = [(o.value, o.label.capitalize()) for o in (Outcome.ADVICE, Outcome.REFERRED, Outcome.NO_TRACE)]


class Step(Form):
    """A step that needs no words."""


class Take(Form):
    """A contact that did not ring."""

    channel = choice("How it came in", TAKEN, few=False, needs="contact-channel")
    caller_name = line("Name of the caller", required=False)
    call_back = line("Call back", longest=120, required=False, inputmode="tel")


class Caller(Form):
    """Who the caller is."""

    names: ClassVar[Mapping[str, str]] = {"caller": "caller_name", "call back": "call_back"}

    caller_name = line("Name of the caller", required=False)
    call_back = line("Call back", longest=120, required=False, inputmode="tel")
    person_id = forms.IntegerField(
        label="Number of the nominal",
        required=False,
        min_value=1,
        max_value=10**17,
        help_text="As it stands in the address of their page",
        widget=line("").widget,
    )


class Place(Form):
    """Where the caller is: words, or a point with the radius of the circle they are in."""

    names: ClassVar[Mapping[str, str]] = {"where the caller is": "said"}

    said = line("Where the caller is", longest=300, required=False)
    easting = forms.IntegerField(label="Easting in metres", required=False, widget=line("", inputmode="numeric").widget)
    northing = forms.IntegerField(
        label="Northing in metres", required=False, widget=line("", inputmode="numeric").widget
    )
    accuracy = forms.IntegerField(
        label="Within so many metres", required=False, min_value=0, widget=line("", inputmode="numeric").widget
    )
    source = choice("Who says so", PlaceSource.choices, few=False, needs="place-of-caller")


class Silent(Form):
    """The steps of a call in which nobody speaks."""

    heard = choice("What is heard", Heard.choices, needs="silent-call")
    responded = choice(
        "The caller coughed or tapped when asked", [("", "Not asked"), ("yes", "Yes"), ("no", "No")], required=False
    )
    line = choice("The line", Line.choices, needs="silent-call")
    pressed = choice(
        "55",
        Pressed.choices,
        hint="A recorded message asks for it on mobiles. It does not tell where they are.",
        needs="silent-call",
    )
    note = text("Note", required=False)

    def clean_responded(self) -> bool | None:
        """Yes, no, or not asked."""
        return {"yes": True, "no": False}.get(self.cleaned_data["responded"])


class Promise(Form):
    """By when the caller is called back."""

    names: ClassVar[Mapping[str, str]] = {"call_by": "within"}
    within = choice("Call back within", WAITS, needs="contact-call-back")

    def clean_within(self) -> dt.datetime:
        """The moment by which."""
        return clock.now() + dt.timedelta(minutes=int(self.cleaned_data["within"]))


class CallBack(Form):
    """One attempt to reach the caller again."""

    result = choice("What came of it", CallBackResult.choices, needs="contact-call-back")
    note = text("Note", required=False, hint="Needed when it is not tried because of danger")


class LinkTo(Form):
    """The incident that the contact is about."""

    reference = line("Number of the incident", longest=40, hint="Such as 412/05072019", needs="which-record")


class Conclude(Form):
    """What became of the contact, when no incident did."""

    names: ClassVar[Mapping[str, str]] = {"what was said": "words"}
    outcome = choice("What became of it", WITHOUT_INCIDENT, needs="contact-outcome")
    words = text(
        "What was said",
        hint="What was advised, to whom it was referred, or why nothing is needed",
        needs="contact-outcome",
    )


class TakeBack(Form):
    """Why an outcome was wrong."""

    reason = text("Reason", needs="change-reason")


class WriteNote(Form):
    """How to deal with somebody who contacts the force again and again."""

    names: ClassVar[Mapping[str, str]] = {"how to deal with a contact": "handling", "person": "person_id"}

    number = line("Telephone number", longest=40, required=False, inputmode="tel", hint="Or the number of the nominal")
    person_id = forms.IntegerField(
        label="Number of the nominal", required=False, min_value=1, max_value=10**17, widget=line("").widget
    )
    grounds = text("Grounds", hint="What was seen, with its dates", needs="caller-note")
    handling = text("How to deal with a contact", needs="caller-note")
    review_on = DatePartsField(label="Review on", help_text="Within a year", needs="caller-note")


class ReviewNote(Form):
    """What the review of a note found."""

    names: ClassVar[Mapping[str, str]] = {"what the review found": "words", "review_on": "next_review"}

    keep = choice("The note", [("yes", "Stays"), ("no", "Ends")], needs="caller-note-review")
    words = text("What the review found", needs="caller-note-review")
    next_review = DatePartsField(label="Review again on", required=False, help_text="When it stays; within a year")

    def clean(self) -> dict[str, Any]:
        """Whether it stays, as yes or no."""
        given = super().clean() or {}
        given["keep"] = given.get("keep") == "yes"
        return given
