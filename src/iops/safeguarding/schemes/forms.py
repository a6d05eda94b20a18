"""The forms of the schemes: what may be typed at all. What it means is for the services to judge."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms as django_forms

from iops.control.forms import Target, districts
from iops.safeguarding.models import (
    DisclosureRoute,
    DisclosureStepKind,
    DiscussionOutcome,
    EncompassException,
    MaracRoute,
    MatacDecision,
    NoticeKind,
    Rank,
    SchoolStanding,
    VictimStepKind,
)
from iops.safeguarding.referrals.selectors import people_of
from iops.safeguarding.schemes import selectors
from iops.safeguarding.schemes.notices import OF_THE_COURT
from iops.safeguarding.schemes.words import said
from iops.web.forms import Checkboxes, DatePartsField, Form, choice, line, needed, text, tick
from iops.web.words import LONDON, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])")
LONG = 300


def _capital(choices: Iterable[Any]) -> list[tuple[str, str]]:
    return [(str(value), str(words)[:1].upper() + str(words)[1:]) for value, words in choices]


def _wall(day: dt.date, time: str) -> dt.datetime | None:
    """A wall time in London; None when the time is none."""
    found = TIME.fullmatch(time.strip())
    return dt.datetime(day.year, day.month, day.day, int(found[1]), int(found[2]), tzinfo=LONDON) if found else None


class When(Form):
    """When something happened: a day and a time, or neither for now."""

    names: ClassVar[Mapping[str, str]] = {"at": "time"}
    day = DatePartsField(label="Day", required=False, help_text="Only when it is written up afterwards")
    time = line("Time", longest=5, required=False, hint="Such as 14:30")

    def clean(self) -> dict[str, Any]:
        """Make one moment of the day and the time."""
        given = super().clean() or {}
        day, time = given.get("day"), given.get("time") or ""
        given["at"] = _wall(day, time) if day else None
        if "day" not in self.errors and (given["at"] is None) and (day or time):
            self.add_error("time", "Give both the day and the time, such as 14:30, or neither.")
        return given


class OfPeople(Form):
    """A form that names people of the incident."""

    people: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, incident_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(str(number), name) for number, name in people_of(incident_id)]
        for name in self.people:
            self.fields[name].choices = found  # type: ignore[attr-defined]


class NewNotice(When, OfPeople):
    """A notice that was served: the day and time are those of service."""

    names: ClassVar[Mapping[str, str]] = {"served_at": "time", "authorised by": "authoriser"}
    people = ("victim", "respondent")

    kind = choice("Notice", _capital(NoticeKind.choices), needs="protection-notice")
    victim = choice("Whom it protects", [], needs="protection-notice")
    respondent = choice("On whom it was served", [], hint="18 or over", needs="protection-notice")
    authoriser = line("Authorised by", hint="Name and number", needs="protection-notice")
    authorised_rank = choice(
        "Rank", _capital(Rank.choices), few=False, hint="A DVPN needs a superintendent", needs="protection-notice"
    )
    grounds = text("Grounds", needs="protection-notice")
    field_order = ("kind", "victim", "respondent", "authoriser", "authorised_rank", "grounds", "day", "time")


class NewDisclosure(When, OfPeople):
    """An application under Clare's Law: the day and time are those of its receipt."""

    names: ClassVar[Mapping[str, str]] = {"received_at": "time"}
    people = ("at_risk", "other")

    route = choice("Route", _capital(DisclosureRoute.choices), needs="dvds-checks")
    at_risk = choice("Who may be at risk", [], needs="dvds-checks")
    other = choice("Whose past it is about", [], needs="dvds-checks")
    applicant = line("Who asked, and how they stand to the person at risk", longest=LONG, required=False)
    field_order = ("route", "at_risk", "other", "applicant", "day", "time")


class NewMarac(OfPeople):
    """A referral of a victim to MARAC."""

    names: ClassVar[Mapping[str, str]] = {"perpetrator": "perpetrators"}
    people = ("victim", "perpetrators")

    victim = choice("Victim", [], needs="marac-list")
    perpetrators = needed(django_forms.MultipleChoiceField(label="Perpetrator", widget=Checkboxes()), "marac-list")
    route = choice("Route", _capital(MaracRoute.choices), needs="marac-list")
    reasons = text("Reasons", required=False, hint="Needed for every route but visible high risk")
    emergency = tick("It cannot wait for the next meeting")


class NewNomination(OfPeople):
    """A nomination for MATAC."""

    people = ("person",)

    person = choice("Perpetrator", [], needs="matac-consider")
    source = line("Who nominates", hint="Police, or the partner's name", needs="matac-consider")
    reasons = text("Reasons", needs="matac-consider")


class NoticeStep(When, Target):
    """What the court did; for a listing or an adjournment the day and time are when it sits."""

    names: ClassVar[Mapping[str, str]] = {"listed_for": "time", "at": "time", "ends_on": "ends_on"}
    kind = choice("What happened", [(k, said(k)) for k in OF_THE_COURT], needs="notice-hearing-listed")
    ends_on = DatePartsField(label="Last day of the order", required=False)
    note = text("Note", required=False, hint="Needed when it was refused or withdrawn")
    field_order = ("kind", "day", "time", "ends_on", "note")

    def clean(self) -> dict[str, Any]:
        """A listing is for a time to come; everything else happened."""
        given = super().clean()
        listing = given.get("kind") in ("listed", "adjourned")
        given["listed_for"], given["at"] = (given["at"], None) if listing else (None, given["at"])
        return given


class Note(Target):
    """A step that needs words."""

    note = text("Note", needs="marac-action")


class DisclosureStep(Target):
    """A step of an application."""

    kind = choice("Step", _capital(DisclosureStepKind.choices), needs="dvds-disclosure")
    to_whom = line("To whom", longest=LONG, required=False, hint="Only for a disclosure")
    note = text("Note", required=False, hint="The reasons of a decision, or what was disclosed")


class Listing(Target):
    """The meeting on whose list a case is put."""

    meeting = choice("Meeting", [], few=False, needs="marac-list")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(m.id), _meeting(m)) for m in selectors.meetings()]
        self.fields["meeting"].choices = [("", "Choose"), *offered]  # type: ignore[attr-defined]


def _meeting(m: Any) -> str:
    return f"{m.district.name}, {moment(m.at)}{', emergency' if m.emergency else ''}"


class Action(Target):
    """An action: of whom, what, by the end of which day."""

    owner = line("Who must act", needs="marac-action")
    what = text("What", needs="marac-action")
    due_on = DatePartsField(label="By the end of", needs="marac-action")


class Hearing(Target):
    """That a case was heard, with the first action if one was agreed."""

    outcome = text("Outcome", needs="marac-hear")
    owner = line("First action: who must act", required=False)
    what = text("What", required=False)
    due_on = DatePartsField(label="By the end of", required=False)

    def clean(self) -> dict[str, Any]:
        """An action is given whole or not at all."""
        given = super().clean() or {}
        parts = [bool(given.get(name)) for name in ("owner", "what", "due_on")]
        if any(parts) and not all(parts):
            self.add_error("owner", "Give who must act, what, and the day; or none of them.")
        return given


class Meeting(Form):
    """A meeting of a district."""

    names: ClassVar[Mapping[str, str]] = {"at": "time"}
    district = choice("District", [], few=False, needs="marac-list")
    day = DatePartsField(label="Day", needs="marac-list")
    time = line("Time", longest=5, hint="Such as 09:30", needs="marac-list")
    chair = line("Chair", required=False)
    emergency = tick("Emergency meeting")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = [("", "Choose a district"), *districts()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Make one moment of the day and the time."""
        given = super().clean() or {}
        if given.get("day") and given.get("time"):
            given["at"] = _wall(given["day"], given["time"])
            if given["at"] is None:
                self.add_error("time", "There is no such time. Write it as 09:30.")
        return given


class School(Target):
    """Which school a child goes to, by its number in the register."""

    standing = choice("School", _capital((k.value, said(k.value)) for k in SchoolStanding), needs="child-school-known")
    code = line("Number of the school (URN)", longest=20, required=False)


class Told(Target):
    """Who was told of a child."""

    recipient = line("Who was told", longest=LONG, needs="encompass-notification")
    agencies = tick("Other agencies, the school being closed")
    note = text("Note", required=False)


class NotTold(Target):
    """Why no school is told."""

    code = choice(
        "Why the school is not told", _capital(EncompassException.choices), few=False, needs="encompass-notification"
    )
    note = text("Note", required=False, hint="Needed where it is judged")


class Discussion(When, Target):
    """A strategy discussion."""

    names: ClassVar[Mapping[str, str]] = {"held_at": "time", "who took part": "taking_part"}
    taking_part = text("Who took part", needs="strategy-discussion")
    outcome = choice("Outcome", _capital(DiscussionOutcome.choices), needs="strategy-discussion")
    conference = tick("A child protection conference is to be held")
    note = text("Note", required=False)
    field_order = ("taking_part", "outcome", "conference", "note", "day", "time")


class Conference(When, Target):
    """The initial child protection conference."""

    names: ClassVar[Mapping[str, str]] = {"held_at": "time"}
    plan = choice("Was a child protection plan made?", [("yes", "Yes"), ("no", "No")], needs="protection-conference")
    note = text("Note", needs="protection-conference")
    field_order = ("plan", "note", "day", "time")


class Considered(Target):
    """What a MATAC meeting decided."""

    decision = choice("Decision", _capital(MatacDecision.choices), needs="matac-consider")
    plan = text("Plan, or why there is none", needs="matac-consider")


class Victim(Target):
    """A step for a victim."""

    kind = choice("Step", _capital(VictimStepKind.choices), needs="victim-needs-assessment")
    note = text("Note", needs="victim-needs-assessment")


class Reason(Target):
    """A step that needs a reason."""

    reason = text("Reason", needs="decision-reason")
