"""The forms of a desk: come on, go off, hand over, accept, leave and take a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from iops.foundation.roles import Role
from iops.web.forms import Form, choice, needed, text

if TYPE_CHECKING:
    from collections.abc import Sequence


class InRole(Form):
    """A step in one of the roles that somebody holds at a desk."""

    role = choice("As", [], few=False, needs="desk-handover")

    def __init__(self, *args: Any, roles: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]  # type: ignore[attr-defined]


class HandOver(InRole):
    """What one shift tells the next besides what is outstanding."""

    note = text("Note", required=False, hint="What the list does not say")


class Target(Form):
    """A step on one of several things on the page."""

    target = needed(forms.IntegerField(widget=forms.HiddenInput(), min_value=1), "which-record")


class Message(Form):
    """A message for the desk."""

    text = text("Message", needs="desk-handover")
