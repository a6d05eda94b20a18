"""What victims' rights put on the page of a crime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.sections import Section, register
from iops.crime.victims import selectors
from iops.foundation import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.crime.models import Crime
    from iops.foundation.models import User

PLACE = 35


def _victims(crime: Crime, _: User) -> Mapping[str, object]:
    rows = selectors.of_crime(crime)
    return {"victims": [(row, selectors.address(row.victim)) for row in rows], "now": clock.now()}


def ready() -> None:
    """Put the section on the page."""
    register({}, Section(PLACE, "crime/victims_section.html", _victims))
