"""A fact that may be had, not known, or declined: three answers, none of which is a blank."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from iops.web.forms import LINE, needed

if TYPE_CHECKING:
    from collections.abc import Mapping


class Unstated(StrEnum):
    """The two answers that are no value; stored as they stand here."""

    NOT_KNOWN = "not_known"
    DECLINED = "declined"


WORDS = ((Unstated.NOT_KNOWN.value, "Not known"), (Unstated.DECLINED.value, "Declined to say"))
"""How the two are offered to a person."""


@dataclass(frozen=True)
class Stated:
    """What was said of one fact: a value, or why there is none, or nothing at all (a blank)."""

    value: str = ""
    answer: str = ""

    @property
    def blank(self) -> bool:
        """Whether nobody said anything."""
        return not self.value and not self.answer


BLANK = Stated()


class StatedInput(forms.Widget):
    """A line to write the value on, and the two answers beside it."""

    kind = "stated"

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> Stated | None:  # noqa: ARG002
        """What was typed and chosen; None when neither was."""
        typed = Stated(str(data.get(name, "")).strip(), str(data.get(f"{name}-answer", "")))
        return None if typed.blank else typed

    def value_omitted_from_data(self, data: Mapping[str, Any], files: object, name: str) -> bool:  # noqa: ARG002
        """Whether the form had no such field at all."""
        return name not in data and f"{name}-answer" not in data


class StatedField(forms.Field):
    """A fact with its value, "not known", "declined to say", or blank; never a value and an answer at once."""

    widget = StatedInput

    def __init__(self, *, longest: int = LINE, needs: str = "", **given: Any) -> None:
        super().__init__(**given)
        self.longest = longest
        # Not "optional": a blank is no answer, and is shown as a blank wherever it matters.
        self.left_open = True
        needed(self, needs)

    def to_python(self, value: object) -> Stated:
        """What was said. Raises ValidationError for a value and an answer at once, or for another answer."""
        if not isinstance(value, Stated):
            return BLANK
        if value.answer and value.answer not in set(Unstated):
            raise ValidationError(f"{self.label}: that is not one of the answers.")
        if value.answer and value.value:
            raise ValidationError(f"{self.label}: write it, or say why it is not known; not both.")
        if len(value.value) > self.longest:
            raise ValidationError(f"{self.label}: write at most {self.longest} characters.")
        if "\x00" in value.value:
            raise ValidationError(f"{self.label}: it holds a character that cannot be stored.")
        return value

    def validate(self, value: object) -> None:
        """A compulsory one must not be blank; "not known" is an answer to it."""
        super().validate(None if value == BLANK else value)


def stated(label: str, *, longest: int = LINE, hint: str = "", needs: str = "") -> StatedField:
    """A fact of a person or a crime; compulsory only when it cites the rule that needs it: an answer will do then."""
    wrong = {"required": f"{label} is blank. Write it, or say that it is not known or was declined."}
    return StatedField(
        label=label, longest=longest, required=bool(needs), help_text=hint, needs=needs, error_messages=wrong
    )
