"""The form of unused material."""

from __future__ import annotations

from iops.web.forms import Form, choice, line, text

YES_NO = [("yes", "Yes"), ("no", "No")]


class UnusedForm(Form):
    """One item of unused material."""

    description = text("What it is", hint="So that a reader knows whether to ask for it", needs="disclosure-schedule")
    where_kept = line("Where it is kept", longest=100, needs="disclosure-schedule")
    may_assist = choice("May it undermine the case or assist the accused?", YES_NO, needs="disclosure-schedule")
    sensitive = choice("Is it sensitive?", YES_NO, needs="disclosure-schedule")
    because = text("Why it is sensitive", required=False)
