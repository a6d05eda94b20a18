"""The forms of property and exhibits."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from iops.crime.exhibits.services import Going, Seized
from iops.crime.models import Movement, Power, PropertyKind, PropertyStore, RetentionReason
from iops.foundation.models import User
from iops.foundation.roles import LADDER
from iops.web.forms import DatePartsField, Form, choice, line, text, tick

MOST_PEOPLE = 500
POUNDS = re.compile(r"£?([0-9]{1,9})(?:\.([0-9]{2}))?")


def _capital(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(value, f"{words[:1].upper()}{words[1:]}") for value, words in choices]


def _people(*, supervisors: bool = False) -> list[tuple[str, str]]:
    found = User.objects.filter(is_active=True, kind="person")
    if supervisors:
        found = found.filter(memberships__role__in=LADDER).distinct()
    return [("", "Choose one"), *((str(u.id), f"{u.name} {u.collar_number}".strip()) for u in found[:MOST_PEOPLE])]


class SeizeForm(Form):
    """A thing that was seized or found."""

    mark = line("Identification mark", longest=12, hint="Initials and number, such as JS/1", needs="property-seized")
    kind = choice("Sort of property", _capital(list(PropertyKind.choices)), few=False, needs="property-seized")
    description = text("Description", hint="What it is, colour, make, serial number", needs="property-seized")
    pounds = line("Cash: how much", longest=14, required=False, hint="In pounds and pence, such as 120.50")
    power = choice("By what power", _capital(list(Power.choices)), few=False, needs="property-seized")
    where = line("Where it was", needs="property-seized")
    seal = line("Number of the bag or tag", longest=30, required=False)

    def clean_pounds(self) -> int | None:
        """Pence, counted whole; None for nothing."""
        typed = str(self.cleaned_data["pounds"]).replace(",", "").replace(" ", "")
        if not typed:
            return None
        if not POUNDS.fullmatch(typed):
            raise ValidationError("Cash: write pounds and pence, such as 120.50.")
        return int(Decimal(typed.removeprefix("£")) * 100)

    @property
    def told(self) -> Seized:
        """What was seized."""
        typed = self.cleaned_data
        return Seized(
            mark=typed["mark"],
            kind=typed["kind"],
            description=typed["description"],
            power=typed["power"],
            where=typed["where"],
            seal=typed["seal"],
            pence=typed["pounds"],
        )


class SealForm(Form):
    """A new bag or tag."""

    seal = line("Number of the new bag or tag", longest=30, needs="property-moved")
    reason = line("Why the one before was broken", required=False)


class MoveForm(Form):
    """A movement of an exhibit."""

    names = {"to_user": "to_user", "to_store": "to_store"}  # noqa: RUF012 - as the forms beside it
    movement = choice("What is done", [], few=False, needs="property-moved")
    to_store = choice("Store", [], few=False, required=False)
    shelf = line("Shelf", longest=40, required=False)
    to_user = choice("Colleague", [], few=False, required=False)
    to_body = line("Outside: to whom", longest=100, required=False, hint="A laboratory, or who it is released to")
    seal_broken = tick("The seal was broken")
    reason = line("Why", needs="property-moved")
    authority = choice("Supervisor who allows it", [], few=False, required=False, hint="To release or destroy it")
    witness = choice("Who saw it destroyed", [], few=False, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        moves = [(k.value, str(k.label)) for k in Movement if k != Movement.SEIZED]
        fields["movement"].choices = [("", "Choose one"), *_capital(moves)]
        stores = PropertyStore.objects.order_by("name")[:MOST_PEOPLE]
        fields["to_store"].choices = [("", "Choose one"), *((str(s.id), s.name) for s in stores)]
        fields["to_user"].choices = fields["witness"].choices = _people()
        fields["authority"].choices = _people(supervisors=True)

    def going(self, after: int | None) -> Going:
        """Where it goes, following the step that was shown."""
        typed = self.cleaned_data

        def number(name: str) -> int | None:
            return int(typed[name]) if typed[name] else None

        return Going(
            movement=typed["movement"],
            reason=typed["reason"],
            to_user_id=number("to_user"),
            to_store_id=number("to_store"),
            to_body=typed["to_body"],
            shelf=typed["shelf"],
            seal_whole=not typed["seal_broken"],
            authority_id=number("authority"),
            witness_id=number("witness"),
            after=after,
        )


class KeepForm(Form):
    """A reason to keep it."""

    reason = choice("Why it is kept", _capital(list(RetentionReason.choices)), few=False, needs="property-kept")
    review_on = DatePartsField(label="Look at it again on", needs="property-kept")
    note = text("Note", required=False)


class ReviewRetentionForm(Form):
    """A retention looked at again."""

    names = {"review_on": "keep_until"}  # noqa: RUF012 - as the forms beside it
    reason = text("What you found", needs="property-kept")
    keep_until = DatePartsField(label="Keep it until", required=False, help_text="Leave it empty and the reason ends")


class CountForm(Form):
    """The codes of everything that lies in a store."""

    codes = text(
        "Codes", hint="Scan everything in the store, one code a line: numbers or seals", needs="property-counted"
    )

    @property
    def scanned(self) -> list[str]:
        """One code a line."""
        return str(self.cleaned_data["codes"]).splitlines()


class AnswerForm(Form):
    """What became of a difference."""

    words = text("What became of it", needs="stock-difference-answer")


class StoreForm(Form):
    """A new store."""

    code = line("Code", longest=20, hint="Such as NORTH", needs="step-itself")
    name = line("Name of the store", longest=100, needs="step-itself")
