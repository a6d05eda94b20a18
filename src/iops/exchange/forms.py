"""What may be typed on the pages of other systems."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from iops.exchange.scopes import SCOPES
from iops.exchange.webhooks.sources import EVENTS
from iops.foundation.models import District, Team
from iops.foundation.roles import Role
from iops.foundation.tokens.services import LONGEST_DAYS, MOST_PER_MINUTE, PER_MINUTE, USUAL_DAYS
from iops.web.forms import Checkboxes, Form, LineInput, choice, line, needed, text, tick


def several(
    label: str, choices: list[tuple[str, str]], *, required: bool = True, needs: str = ""
) -> forms.MultipleChoiceField:
    """Any of a list, as boxes to tick."""
    wrong = {"required": f"{label}: choose at least one."}
    made = forms.MultipleChoiceField(
        label=label, choices=choices, required=required, widget=Checkboxes(), error_messages=wrong
    )
    return needed(made, needs)


def whole(label: str, least: int, most: int, *, needs: str) -> forms.IntegerField:
    """A whole number."""
    wrong = {"required": f"{label} is empty.", "invalid": f"{label}: write a whole number."}
    made = forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=LineInput(attrs={"inputmode": "numeric"}),
        error_messages=wrong,
    )
    return needed(made, needs)


class SystemForm(Form):
    """The account of a system, with a role in a team if its calls need one."""

    username = line(
        "Account",
        longest=60,
        hint="Small letters, digits, dot, hyphen, underscore",
        autocomplete="off",
        needs="identity-of-user",
    )
    name = line("Name of the system", longest=120, autocomplete="off", needs="identity-of-user")
    team = choice("Team", [], required=False, few=False)
    role = choice("Role", [("", "None"), *[(r.value, r.label) for r in Role]], required=False, few=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        teams = [(str(t.id), t.name) for t in Team.objects.order_by("name")]
        self.fields["team"].choices = [("", "None"), *teams]  # type: ignore[attr-defined]


class TokenForm(Form):
    """A token: whose, what for, how far, how long, how often."""

    username = line("Account it acts as", longest=60, autocomplete="off", needs="identity-of-user")
    name = line("What it is for", longest=100, autocomplete="off", needs="identity-of-user")
    scopes = several(
        "What it may do", [(name, f"{name}: {means}") for name, means in SCOPES.items()], needs="identity-of-user"
    )
    days = whole("Days it lasts", 1, LONGEST_DAYS, needs="identity-of-user")
    per_minute = whole("Calls a minute at most", 1, MOST_PER_MINUTE, needs="identity-of-user")

    usual: ClassVar[dict[str, int]] = {"days": USUAL_DAYS, "per_minute": PER_MINUTE}


class SubscriptionForm(Form):
    """A subscription: whose, to what, where to."""

    username = line("Account that is told", longest=60, autocomplete="off", needs="identity-of-user")
    name = line("What it is for", longest=100, autocomplete="off", needs="identity-of-user")
    url = line(
        "Address", longest=500, required=False, hint="https only; empty: the system asks itself", autocomplete="off"
    )
    events = several("Events", [(name, f"{name}: {says}") for name, says in EVENTS.items()], needs="interface-contract")
    districts = several("Districts; none ticked: all", [], required=False)
    shared_only = tick("Only incidents that this account handed over")

    names: ClassVar[dict[str, str]] = {"account": "username"}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        found = [(str(d.id), d.name) for d in District.objects.order_by("name")]
        self.fields["districts"].choices = found  # type: ignore[attr-defined]


class ReasonForm(Form):
    """Why."""

    reason = line("Reason", longest=300, autocomplete="off", needs="change-reason")


class CorrectForm(Form):
    """A message as it should have come."""

    body = text("The message, corrected", needs="interface-contract")


class NoteForm(Form):
    """How a message was dealt with."""

    note = line("How it was dealt with", longest=300, autocomplete="off", needs="step-itself")


class SayForm(Form):
    """What to tell the partners of an incident."""

    text = text("Tell the partner", needs="step-itself")
