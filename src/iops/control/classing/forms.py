"""The form by which somebody says what kind of incident it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from iops.control.classing.definitions import definition_on
from iops.control.classing.editions import Edition, edition_on
from iops.foundation import clock
from iops.web.forms import Checkboxes, Form, choice, text

if TYPE_CHECKING:
    from collections.abc import Mapping


def category_choices(edition: Edition) -> list[tuple[str, str]]:
    """The categories to choose from, each with its group."""
    return [(c.code, f"{edition.groups[c.group]}: {c.title}") for c in edition.categories.values()]


class Classify(Form):
    """What kind of incident it is; the service judges what may be left out."""

    names: ClassVar[Mapping[str, str]] = {
        "reason why it is not domestic abuse": "declined",
        "reason for another category": "reason",
    }

    category = choice("Category", [], few=False, needs="incident-category")
    qualifiers = forms.MultipleChoiceField(label="Qualifiers", required=False, widget=Checkboxes())
    behaviours = forms.MultipleChoiceField(label="Behaviour that was told", required=False, widget=Checkboxes())
    declined = text("Why it is not domestic abuse", required=False, hint="Needed when that is suggested and not given")
    reason = text("Why the category changes", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        edition, definition = edition_on(today), definition_on(today)
        fields: Any = self.fields
        fields["category"].choices = [("", "Choose one"), *category_choices(edition)]
        fields["qualifiers"].choices = [(q.code, q.title) for q in edition.qualifiers_on(today).values()]
        fields["behaviours"].choices = list((definition.behaviours if definition else {}).items())
