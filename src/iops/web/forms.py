"""What every form has in common: GOV.UK fields, limits at the edge, and errors that lead to their field.

A field that is compulsory says which rule needs it (`needs`): the person who left it empty is told, and
`tests/project/test_compulsory.py` fails for one that cites nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr

from iops.rulebook.needs import need

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from iops.foundation.errors import IopsError

Some = TypeVar("Some", bound=forms.Field)

LINE = 200
"""Characters in a one-line field unless it says otherwise."""
TEXT = 20_000
"""Characters in a field of several lines: a long statement fits, a file pasted by mistake does not."""


class Because:
    """A message with the reason for which a field is compulsory; the rulebook is read when it is shown."""

    def __init__(self, says: str, code: str) -> None:
        self.says = says
        self.code = code

    def __str__(self) -> str:
        return f"{self.says} {need(self.code).said}"


def needed(field: Some, code: str) -> Some:
    """A field with what it cites: the code of a duty or of a need (`iops.rulebook.needs`)."""
    field.needs = code  # type: ignore[attr-defined]  # Django's fields take what they are given
    if code:
        says = str(field.error_messages["required"])
        field.error_messages["required"] = lazystr(Because(says, code))
    return field


def cites(field: forms.Field) -> str:
    """What a field cites; empty for none."""
    return str(getattr(field, "needs", ""))


class LineInput(forms.TextInput):
    """One line of text."""

    kind = "line"


class Textarea(forms.Textarea):
    """Several lines of text."""

    kind = "textarea"

    def __init__(self) -> None:
        super().__init__()
        self.attrs = {}


class Select(forms.Select):
    """One of many."""

    kind = "select"


class Radios(forms.RadioSelect):
    """One of a few."""

    kind = "radios"


class Checkbox(forms.CheckboxInput):
    """Yes, or nothing said."""

    kind = "checkbox"


class Checkboxes(forms.CheckboxSelectMultiple):
    """Any of a few."""

    kind = "checkboxes"


class DateParts(forms.Widget):
    """A date in three boxes: day, month, year."""

    kind = "date"

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> list[str] | None:  # noqa: ARG002
        """The three boxes as typed; None when none of them holds anything."""
        typed = [str(data.get(f"{name}-{part}", "")).strip() for part in ("day", "month", "year")]
        return typed if any(typed) else None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: object, name: str) -> bool:  # noqa: ARG002
        """Whether the form had no such boxes at all."""
        return f"{name}-day" not in data

    @staticmethod
    def parts(value: object) -> tuple[str, str, str]:
        """What stands in the boxes for a value: a date, or what was typed."""
        if isinstance(value, dt.date):
            return str(value.day), str(value.month), str(value.year)
        if isinstance(value, list):
            return str(value[0]), str(value[1]), str(value[2])
        return "", "", ""


class DatePartsField(forms.Field):
    """A calendar date typed as day, month and year; two digits of a year are refused, never guessed."""

    widget = DateParts

    def __init__(self, *, needs: str = "", **given: Any) -> None:
        super().__init__(**given)
        needed(self, needs)

    def to_python(self, value: object) -> dt.date | None:
        """The date; ValidationError when the three numbers are not a date of the calendar."""
        if not isinstance(value, list):
            return None
        day, month, year = (part if part.isascii() and part.isdigit() else "" for part in value)
        if len(year) != 4:  # noqa: PLR2004 - digits of a year
            raise ValidationError(f"{self.label}: write a day, a month and a year of four digits, such as 5 7 2019.")
        try:
            return dt.date(int(year), int(month or 0), int(day or 0))
        except ValueError:
            raise ValidationError(f"{self.label}: there is no such day in the calendar.") from None


def line(
    label: str, *, longest: int = LINE, required: bool = True, hint: str = "", needs: str = "", **attrs: str
) -> forms.CharField:
    """A one-line field."""
    wrong = {"required": f"{label} is empty. Say it in a few words."}
    widget = LineInput(attrs=dict(attrs))
    made = forms.CharField(
        label=label, max_length=longest, required=required, help_text=hint, widget=widget, error_messages=wrong
    )
    return needed(made, needs)


def text(label: str, *, required: bool = True, hint: str = "", needs: str = "") -> forms.CharField:
    """A field of several lines."""
    wrong = {"required": f"{label} is empty. Say it in a few words."}
    made = forms.CharField(
        label=label, max_length=TEXT, required=required, help_text=hint, widget=Textarea(), error_messages=wrong
    )
    return needed(made, needs)


def choice(
    label: str,
    choices: Iterable[tuple[str, str]],
    *,
    required: bool = True,
    hint: str = "",
    few: bool = True,
    needs: str = "",
) -> forms.ChoiceField:
    """One of several, as radio buttons (`few`) or as a list."""
    wrong = {"required": f"{label}: choose one.", "invalid_choice": f"{label}: that is not one of the choices."}
    made = forms.ChoiceField(
        label=label,
        choices=list(choices),
        required=required,
        help_text=hint,
        widget=Radios() if few else Select(),
        error_messages=wrong,
    )
    return needed(made, needs)


def tick(label: str, *, hint: str = "") -> forms.BooleanField:
    """A box that may be ticked."""
    return forms.BooleanField(label=label, required=False, help_text=hint, widget=Checkbox())


class Form(forms.Form):
    """A form whose mistakes lead to their fields, those found by a service as well as those found at the edge."""

    use_required_attribute = False
    names: ClassVar[Mapping[str, str]] = {}
    """Which of our fields a service means when its error names another word."""
    renewed: ClassVar[frozenset[str]] = frozenset()
    """Hidden fields that say what was on the page: a form that comes back says what is on it now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.renewed & self.fields.keys():
            # It says what was on the page, not which form this is: a draft is found again without it.
            self.fields[name].widget.attrs["data-renewed"] = ""

    def problems(self) -> list[dict[str, str]]:
        """Every mistake as an entry of a GOV.UK error summary."""
        found = []
        for name, errors in self.errors.items():
            bound = self[name] if name in self.fields else None
            entry = {"href": f"#{bound.auto_id}"} if bound is not None else {}
            found += [{"text": str(error), **entry} for error in errors]
        return found

    def renew(self, shown: Mapping[str, object]) -> Self:
        """The form as it was typed, on a page that shows other things by now."""
        if self.renewed:
            self.data = {
                **dict(self.data.items()),
                **{n: "" if shown.get(n) is None else shown[n] for n in self.renewed},
            }
        return self

    def refuse(self, error: IopsError) -> None:
        """Take a service's refusal as a mistake of the field it names, or of the form as a whole."""
        named = str(error.details.get("field", "")).lower()
        field = self.names.get(named, named)
        self.add_error(field if field in self.fields else None, str(error))
