"""What property puts on the page of a crime: its exhibits, and the seizure of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.exhibits import forms, selectors, services
from iops.crime.sections import Section, register
from iops.obligations import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.crime.models import Crime
    from iops.foundation.models import User

PLACE = 55


def _exhibits(crime: Crime, _: User) -> Mapping[str, object]:
    rows = selectors.of_crime(crime)
    return {"exhibits": [(row, selectors.address(row.exhibit), selectors.whereabouts(row.now)) for row in rows]}


def _seize(crime: Crime, form: forms.SeizeForm, by: User) -> str:
    made = services.seize(form.told, by, crime_id=crime.id)
    return f"{made.mark} is {made.reference}."


def ready() -> None:
    """Put the section on the page, and name exhibits and stores for worklists."""
    records.register("exhibit", records.RecordKind("exhibit", selectors.labels, selectors.find_id))
    records.register(
        "property_store", records.RecordKind("property store", selectors.store_labels, selectors.find_store)
    )
    register({"seize": (forms.SeizeForm, _seize)}, Section(PLACE, "crime/exhibits_section.html", _exhibits))
