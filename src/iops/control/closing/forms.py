"""The forms of closing and of the check of a closure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from iops.control.classing.editions import edition_on
from iops.control.classing.forms import category_choices
from iops.control.closing.checks import checks
from iops.control.models import CheckVerdict
from iops.foundation import clock
from iops.web.forms import Checkboxes, Form, choice, needed, text

if TYPE_CHECKING:
    from collections.abc import Mapping


class Close(Form):
    """Closing an incident: what it was in the end, what came of it, and what was done."""

    names: ClassVar[Mapping[str, str]] = {
        "closing note": "note",
        "category": "code",
        "reason why it is not domestic abuse": "declined",
    }

    code = choice("Closing code", [], required=False, few=False, hint="What it was, on what is known now")
    results = forms.MultipleChoiceField(label="Results", required=False, widget=Checkboxes())
    note = text("Closing note", hint="What was done, and what was found", needs="closing-note")
    declined = text("Why it is not domestic abuse", required=False, hint="Needed when that is suggested and not given")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        edition = edition_on(clock.today())
        fields: Any = self.fields
        fields["code"].choices = [("", "As it was classed"), *category_choices(edition)]
        fields["results"].choices = list(edition.results.items())


class Check(Form):
    """A supervisor's check of one closure."""

    target = needed(forms.IntegerField(widget=forms.HiddenInput(), min_value=1), "which-record")
    verdict = choice(
        "Was it closed rightly?", [(v.value, str(v.label).capitalize()) for v in CheckVerdict], needs="closure-check"
    )
    findings = forms.MultipleChoiceField(label="Found", required=False, widget=Checkboxes())
    note = text("Note", required=False, hint="Needed unless you simply agree; the reason when it is reopened")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["findings"].choices = list(checks().findings.items())
