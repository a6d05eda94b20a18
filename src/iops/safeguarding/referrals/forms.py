"""The forms of referrals: what may be typed at all."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from iops.control.forms import Target
from iops.safeguarding.models import BarKind, Follow, Strand, Urgency
from iops.safeguarding.referrals.drafting import Draft
from iops.safeguarding.referrals.selectors import agencies, people_of
from iops.safeguarding.referrals.services import BY_OFFICER
from iops.safeguarding.referrals.sharing import sharing
from iops.web.forms import Checkboxes, Form, choice, line, text

LONGEST_NAME = 200


def _capital(choices: Any) -> list[tuple[str, str]]:
    return [(str(value), str(words)[:1].upper() + str(words)[1:]) for value, words in choices]


class NewReferral(Form):
    """Whom to refer, to whom, why, on what ground, and what it shows beyond the least."""

    person = choice("Who is referred", [], hint="Whoever the incident involves", needs="which-record")
    agency = choice("To", [], few=False, needs="referral-content")
    strand = choice("What it is about", _capital(Strand.choices), few=False, needs="referral-content")
    urgency = choice("Urgency", _capital(Urgency.choices), needs="referral-content")
    summary = text("Why this person is referred", needs="referral-content")
    voice = text("What the person says and wants", required=False)
    basis = choice(
        "On what ground it is shared",
        [],
        few=False,
        hint="Ask for consent; safeguarding does not need it",
        needs="sharing-basis",
    )
    grounds = text("Grounds", required=False, hint="Needed when it is shared without consent")
    attention = line("For the attention of", longest=LONGEST_NAME, required=False)
    added = django_forms.MultipleChoiceField(
        label="Show more than the least this agency needs",
        required=False,
        widget=Checkboxes(),
        help_text="Every agency is shown who it is about and why; tick only what it needs beside that",
    )
    why = text("Why that is needed", required=False, hint="For whatever goes beyond the least")

    def __init__(self, *args: Any, incident_id: int, district_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sharing()
        offered = {
            "person": [(str(i), name) for i, name in people_of(incident_id)],
            "agency": [("", "Choose"), *((str(a.id), a.name) for a in agencies(district_id))],
            "basis": [("", "Choose"), *((code, basis.title) for code, basis in known.bases.items())],
            "added": [(code, f"{block.title}: {block.means}") for code, block in known.blocks.items()],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def draft(self) -> Draft:
        """What was typed, as the service takes it."""
        typed = self.cleaned_data
        words = {n: typed[n] for n in ("strand", "urgency", "summary", "voice", "basis", "grounds", "attention")}
        added = dict.fromkeys(typed["added"], typed["why"])
        return Draft(person_id=int(typed["person"]), agency_id=int(typed["agency"]), added=added, **words)


class Reason(Form):
    """Why a referral is taken back."""

    reason = text("Reason", needs="decision-reason")


class Note(Form):
    """What the partner said by telephone or otherwise."""

    state = choice(
        "What the partner said", _capital((s.value, s.label) for s in BY_OFFICER), needs="referral-partner-decision"
    )
    said_by = line("Who said so", longest=LONGEST_NAME, needs="referral-partner-decision")
    reason = text("Reason", required=False, hint="Needed for a rejection")


class Rejection(Form):
    """What follows a rejection."""

    follow = choice("What follows", _capital(Follow.choices), needs="referral-rejected")
    reason = text("Reason", needs="decision-reason")


class Bar(Form):
    """An entry of the must-not-receive list."""

    kind = choice(
        "What it keeps back",
        [
            (BarKind.RECIPIENT, "Somebody who must not receive anything"),
            (BarKind.CONTENT, "Words that nobody must be told, such as a safe address"),
        ],
        needs="sharing-bar",
    )
    value = line("Name, e-mail address or words", longest=300, needs="sharing-bar")
    reason = text("Reason", needs="decision-reason")


class Lift(Target):
    """Lift one entry."""

    reason = text("Reason", needs="decision-reason")
