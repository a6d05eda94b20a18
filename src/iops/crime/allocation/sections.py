"""What allocation and screening put on the page of a crime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.allocation import forms, selectors, services
from iops.crime.allocation.rules import rules_on
from iops.crime.models import OpenCrime
from iops.crime.sections import Section, register
from iops.foundation import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.crime.models import Crime
    from iops.foundation.models import User
    from iops.web.forms import Form

PLACE = 5


class _Ties(dict[int, "forms.Tie"]):
    """A form for each person of the crime, made when it is drawn; the names in it are read once."""

    def __missing__(self, person: int) -> forms.Tie:
        return self.setdefault(person, forms.Tie(auto_id=f"tie-{person}-%s"))


def _load(crime: Crime, _: User) -> Mapping[str, object]:
    return {
        "open": OpenCrime.objects.filter(crime=crime).first(),
        "of": selectors.of_crime(crime),
        "factors": rules_on(clock.today()).factors,
        "ties": _Ties(),
    }


def owner_of(form: Form) -> tuple[int | None, int | None]:
    """The person or the team chosen in a form, by number."""
    kind, _, number = form.cleaned_data["owner"].partition("-")
    return (int(number), None) if kind == "user" else (None, int(number))


def _allocate(crime: Crime, form: Form, by: User) -> str:
    user, team = owner_of(form)
    services.allocate(crime.id, by, form.cleaned_data["reason"], user_id=user, team_id=team)
    return "Allocated."


def _assess(crime: Crime, form: Form, by: User) -> str:
    assert isinstance(form, forms.Solvability)  # noqa: S101 - the act is registered with it
    made = services.assess_solvability(crime.id, form.answers, by, note=form.cleaned_data["note"])
    return f"Saved: {made.points} points."


def _screen(crime: Crime, form: Form, by: User) -> str:
    made = services.screen(crime.id, form.cleaned_data["decision"], form.cleaned_data["reason"], by)
    return "Saved: it waits for a supervisor." if made.decision == "out" else "Screened in."


def _answer(crime: Crime, form: Form, by: User) -> str:
    agreed = form.cleaned_data["agreed"] == "yes"
    services.review_screening(crime.id, agreed, form.cleaned_data["reason"], by)
    return "Screened out. The victim is to be told." if agreed else "It is investigated."


def _tie(_: Crime, form: Form, by: User) -> str:
    typed = form.cleaned_data
    services.state_tie(typed["who"], typed["person"], typed["tie"], typed["source"], by)
    return "Saved: they are not suggested as its owner."


def ready() -> None:
    """Put the section and its acts on the page; allocating there keeps what was suggested."""
    acts = {
        "allocate": (forms.Allocate, _allocate),
        "solvability": (forms.Solvability, _assess),
        "screen": (forms.Screen, _screen),
        "screening-answer": (forms.Answer, _answer),
        "tie": (forms.Tie, _tie),
    }
    register(acts, Section(PLACE, "crime/allocation/section.html", _load))
