"""The forms of series."""

from __future__ import annotations

from typing import Any

from iops.crime.recorded.forms import MOST_PEOPLE
from iops.crime.series.selectors import open_series
from iops.foundation.models import User
from iops.web.forms import Form, choice, line, text


def _people() -> list[tuple[str, str]]:
    people = User.objects.filter(is_active=True, kind="person").order_by("name")[:MOST_PEOPLE]
    return [(str(u.id), f"{u.name} {u.collar_number}".strip()) for u in people]


class Make(Form):
    """A new series, led by the crime on whose page it is made, with the tied crimes that were ticked."""

    title = line("Name of the series", longest=120, hint="Such as an operation's name", needs="series")
    common = text("What the crimes have in common", needs="series")
    owner = choice("Owner of all of it", [], few=False, required=False, hint="You, unless you choose somebody")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["owner"].choices = [("", "Me"), *_people()]

    @property
    def others(self) -> list[int]:
        """The tied crimes that were ticked, by number; what is no number is no crime."""
        ticked = self.data.getlist("other") if hasattr(self.data, "getlist") else []
        return [int(n) for n in ticked if n.isascii() and n.isdigit() and len(n) <= 18]  # noqa: PLR2004 - digits of an id


class Join(Form):
    """A series that a crime is put into."""

    series = choice("Series", [], few=False, needs="series")
    reason = text("Why it belongs to it", needs="series")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["series"].choices = [("", "Choose one"), *((str(number), title) for number, title in open_series())]


class Put(Form):
    """A crime that is put into the series on whose page this is."""

    crime = line("Crime number", longest=40, hint="Such as CR/412/2026", needs="which-record")
    reason = text("Why it belongs to the series", needs="series")


class Leave(Form):
    """A crime that is taken out."""

    crime = line("Crime number", longest=40, needs="which-record")
    reason = text("Why it does not belong to the series", needs="series")


class Lead(Form):
    """Which crime leads, and who owns all of it."""

    crime = choice("Lead crime", [], few=False, needs="series")
    owner = choice("Owner of all of it", [], few=False, needs="series")
    reason = text("Why", needs="series")

    def __init__(self, *args: Any, members: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["crime"].choices = members or []
        fields["owner"].choices = _people()


class Close(Form):
    """Why a series is closed."""

    reason = text("Why it is closed", needs="series")
