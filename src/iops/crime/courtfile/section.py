"""What the court file puts on the page of a crime: unused material, and the files that were exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.crime.courtfile import forms, services
from iops.crime.models import Charge
from iops.crime.recorded.selectors import address
from iops.crime.sections import Section, register

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.crime.models import Crime
    from iops.foundation.models import User

PLACE = 58


def _file(crime: Crime, _: User) -> Mapping[str, object]:
    return {
        "unused": tuple(crime.unused_material.select_related("by").order_by("id")),
        "files": tuple(crime.court_files.select_related("by").order_by("-id")),
        "charged": Charge.objects.filter(crime=crime).exists(),
        "export": f"{address(crime)}court-file.zip",
    }


def _schedule(crime: Crime, form: Any, by: User) -> str:
    typed = form.cleaned_data
    item = services.Item(
        description=typed["description"],
        where_kept=typed["where_kept"],
        sensitive=typed["sensitive"] == "yes",
        may_assist=typed["may_assist"] == "yes",
        because=typed["because"],
    )
    made = services.schedule(crime.id, item, by)
    return f"On the {'sensitive' if made.sensitive else 'non-sensitive'} schedule."


def ready() -> None:
    """Put the section on the page."""
    register({"unused": (forms.UnusedForm, _schedule)}, Section(PLACE, "crime/courtfile_section.html", _file))
