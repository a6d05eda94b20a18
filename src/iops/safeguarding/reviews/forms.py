"""The forms of reviews: every point with its answer and its words, and what an officer replies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms

from iops.control.forms import Target
from iops.safeguarding.reviews.points import ANSWERS
from iops.web.forms import Form, choice, line, needed, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.forms.boundfield import BoundField

    from iops.foundation.models import User
    from iops.safeguarding.reviews.points import ReviewForm

POINT, NOTE = "point_", "note_"
LONGEST_NOTE = 1000
WORDS = [(answer, answer.replace("_", " ").capitalize()) for answer in ANSWERS]


class Review(Form):
    """Whose work is reviewed, and each point of the form."""

    key = needed(forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4), "save-once")

    def __init__(self, form: ReviewForm, officers: Iterable[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.review = form
        self.fields["officer"] = choice(
            "Whose work is reviewed?", [(str(o.id), o.name) for o in officers], needs="da-assessment-review"
        )
        for number, point in enumerate(form.points, start=1):
            self.fields[POINT + point.code] = choice(f"{number}. {point.asks}", WORDS, needs="da-assessment-review")
            self.fields[NOTE + point.code] = line(
                f"Words to the officer on {number}", longest=LONGEST_NOTE, required=False, hint="Needed for a no"
            )
        self.fields["note"] = text("Anything else", required=False, hint="What went well belongs here too")

    def points(self) -> list[tuple[BoundField, BoundField]]:
        """Each point with its words, in the order of the form."""
        return [(self[POINT + point.code], self[NOTE + point.code]) for point in self.review.points]

    def answers(self) -> dict[str, str]:
        """The answers by point."""
        return self._given(POINT)

    def notes(self) -> dict[str, str]:
        """The words by point, where there are any."""
        return {code: words for code, words in self._given(NOTE).items() if words}

    def _given(self, before: str) -> dict[str, str]:
        return {point.code: self.cleaned_data[before + point.code] for point in self.review.points}


class Read(Target):
    """The officer has read one feedback."""

    reply = text("Reply", required=False)
