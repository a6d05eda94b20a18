"""The forms of victims' rights. A field is compulsory only where the step means nothing without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms as django_forms

from iops.crime.models import Entitlement, OfferAnswer, ReviewResult, TellChannel
from iops.crime.victims.letters import MAY_BE_EMPTY, WRITTEN, letters
from iops.foundation.models import User
from iops.web.forms import Checkboxes, Form, LineInput, choice, line, needed, text, tick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.crime.victims.letters import Template
    from iops.crime.victims.selectors import News

MOST_PEOPLE = 500


def _capital(choices: Sequence[tuple[Any, Any]]) -> list[tuple[str, str]]:
    return [(str(value), f"{str(words)[:1].upper()}{str(words)[1:]}") for value, words in choices]


def _several(label: str, choices: Sequence[tuple[str, str]], hint: str = "") -> django_forms.MultipleChoiceField:
    wrong = {"invalid_choice": f"{label}: that is not one of the choices."}
    return django_forms.MultipleChoiceField(
        label=label, choices=choices, required=False, help_text=hint, widget=Checkboxes(), error_messages=wrong
    )


GROUPS = (
    ("most_serious", "Of a most serious crime"),
    ("persistently_targeted", "Persistently targeted"),
    ("vulnerable", "Vulnerable: under 18, or disabled or ill so that giving evidence is harder"),
    ("intimidated", "Intimidated: in fear or distress about giving evidence"),
)


class Needs(Form):
    """What a victim needs, and the groups with enhanced rights they are in."""

    groups = _several("Victim", GROUPS, "Any of these gives enhanced rights. None takes them away.")
    needs = text("Language, interpreter, other needs", required=False)
    special_measures = text("What they wish for at court", required=False, hint="Such as a screen or a video link")
    grounds = text("What you go by", needs="crime-victim-needs")


class AskRemoval(Form):
    """Why a victim should not have enhanced rights."""

    reason = text("Why not", hint="A supervisor decides. Until then the rights stand.", needs="decision-reason")


class DecideRemoval(Form):
    """What a supervisor decides."""

    decision = choice("Decision", [("no", "The rights stand"), ("yes", "The rights end")], needs="step-itself")
    words = text("Why", needs="decision-reason")


class Contact(Form):
    """How a victim is kept in touch."""

    channel = choice("How", _capital(TellChannel.choices), few=False, needs="victim-contact-agreed")
    details = line("Number or address that is safe", required=False)
    every_days = needed(
        django_forms.IntegerField(
            label="At least every how many days",
            min_value=1,
            max_value=92,
            widget=LineInput(attrs={"inputmode": "numeric"}),
            error_messages={
                "required": "How often: write a number of days.",
                "invalid": "How often: write a number of days, such as 14.",
                "min_value": "How often: at least every day.",
                "max_value": "How often: at most 92 days apart.",
            },
        ),
        "victim-contact-agreed",
    )
    safe_times = line("When it is safe", required=False, hint="Such as weekdays before three")
    never = _several("Never by", _capital(TellChannel.choices), "Nothing is sent by these.")
    not_safe = text("What else is not safe", required=False)
    discreet = tick("Letters and texts must not say what they are about")
    officer = choice("Who is in touch", [], required=False, few=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, kind="person").order_by("name")[:MOST_PEOPLE]
        fields: Any = self.fields
        fields["officer"].choices = [("", "Whoever owns the crime"), *((str(u.id), u.name) for u in people)]


class Offer(Form):
    """What was offered to a victim, and what they said."""

    what = choice("What", _capital(Entitlement.choices), few=False, needs="crime-victim-services")
    answer = choice("They", _capital(OfferAnswer.choices), needs="crime-victim-services")
    note = line("Note", required=False)


class Tell(Form):
    """What a victim was told, by word of mouth."""

    news = _several("News", [], "None ticked: how it goes.")
    how = line("How", longest=100, hint="Such as by telephone, in person", needs="victim-told")
    words = text("What was said", needs="victim-told")

    def __init__(self, *args: Any, owed: Sequence[News] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_news(self, owed)


class AskReview(Form):
    """That a victim asks for a review."""

    words = text("What the victim says", needs="victim-review-answer")


class AnswerReview(Form):
    """What came of a review."""

    result = choice("Result", _capital(ReviewResult.choices), needs="victim-review-answer")
    reasons = text("Reasons, as the victim will be told", needs="victim-review-answer")


class Letter(Form):
    """What a letter needs beside what is on record: the channel, the news it brings, what the officer fills in."""

    channel = choice("Send it by", _capital([(c.value, c.label) for c in WRITTEN]), needs="victim-told")
    news = _several("It brings this news", [])

    def __init__(self, *args: Any, template: Template, owed: Sequence[News] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_news(self, owed)
        for name in template.asks:
            # Whether it may stay empty is the letter's to say: a discreet one needs none of it.
            asked = text(letters().asks[name], required=False)
            asked.__dict__["left_open"] = name not in MAY_BE_EMPTY
            self.fields[name] = asked


class Send(Letter):
    """The words as they go out."""

    words = text("The words as they go out", hint="Read them. Change what is not right.", needs="victim-told")


def offer_news(form: Form, owed: Sequence[News]) -> None:
    """Offer the news that a victim is owed to be ticked."""
    fields: Any = form.fields
    fields["news"].choices = _capital([(one.news.id, one.news.get_kind_display()) for one in owed])
    if not owed:
        del fields["news"]
