"""What series put on the page of a crime: its series, or what may be one with it, and the acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.sections import Section, register
from iops.crime.series import forms, selectors, services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.crime.models import Crime
    from iops.foundation.models import User
    from iops.web.forms import Form

PLACE = 8


def _load(crime: Crime, _: User) -> Mapping[str, object]:
    return {"of": selectors.of_crime(crime)}


def _make(crime: Crime, form: Form, by: User) -> str:
    assert isinstance(form, forms.Make)  # noqa: S101 - the act is registered with it
    typed = form.cleaned_data
    owner = int(typed["owner"]) if typed["owner"] else None
    made = services.make_series(typed["title"], typed["common"], crime.id, by, others=form.others, owner_id=owner)
    return f"The series {made.title} is made, of {made.members.count()} crimes."


def _join(crime: Crime, form: Form, by: User) -> str:
    made = services.join(int(form.cleaned_data["series"]), crime.id, form.cleaned_data["reason"], by)
    return f"It is in the series {made.series.title}."


def ready() -> None:
    """Put the section and its acts on the page."""
    acts = {
        "series-new": (forms.Make, _make),
        "series-join": (forms.Join, _join),
    }
    register(acts, Section(PLACE, "crime/series/section.html", _load))
