"""The small forms beside the board. Services judge; these only say what may be typed."""

from __future__ import annotations

from django import forms

from iops.control.forms import Target
from iops.web.forms import Form, needed, text


class Send(Form):
    """A unit to send."""

    unit = needed(forms.IntegerField(widget=forms.HiddenInput(), min_value=1), "which-record")


class Divert(Target):
    """A unit to take off another incident: the deployment there, and why."""

    reason = text("Why is it taken off?", needs="decision-reason")


class Read(Target):
    """Warnings that the crew has read, or was told over the radio: who of the crew."""

    marker = needed(
        forms.TypedMultipleChoiceField(widget=forms.MultipleHiddenInput(), coerce=int, empty_value=[]), "crew-safety"
    )
    reader = forms.IntegerField(widget=forms.HiddenInput(), min_value=1, required=False)

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        typed = self.data.getlist("marker") if hasattr(self.data, "getlist") else []
        # Which warnings stand on the incident is for the service to say; here they only must be numbers.
        self.fields["marker"].choices = [(m, m) for m in typed if m.isascii() and m.isdigit() and len(m) < 10]  # type: ignore[attr-defined]  # noqa: PLR2004


class Clear(Target):
    """A unit is released, and what it did."""

    result = text("Result", required=False)


class Answer(Target):
    """What was done for a crew that pressed the button."""

    note = text("What was done", needs="emergency-answer")
