"""A conduct crime is on record and more happens: what is added to it and what is a new crime (CRR2026 pp52, 57-58)."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

from iops.rulebook.classes import register
from iops.rulebook.library import class_lists, table

if TYPE_CHECKING:
    import datetime as dt

    from iops.rulebook.counting.disclosed import Disclosed
    from iops.rulebook.report import Existing, Report
    from iops.rulebook.tables import Fact
    from iops.rulebook.trail import Trail

MONTHS = 3
DAYS = 90


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def continue_course(report: Report, offences: list[Disclosed], trail: Trail) -> tuple[list[Disclosed], bool]:
    """The offences that are new crimes, and whether anything was added to the existing crime.

    Applies only where the crime on record is a conduct crime; anything else leaves the offences as they are.
    """
    existing = report.existing
    if existing is None:
        return offences, False
    if existing.crime.upper().startswith("N"):
        return _upgrade(existing, offences, trail)
    crime = register().get(existing.crime)
    if crime.code not in class_lists()["conduct"].classes:
        trail.note("finished incident", "What happens after the police were told is a new crime.", ("CRR2026 p12",))
        return offences, False
    kept, added = [], False
    for offence in offences:
        hit = trail.ask(table("continuation"), _told(report, existing, offence), about=offence.label)
        if hit is None or hit.get("go") == "new":
            kept.append(offence)
        else:
            added = True
    return kept, added


def _upgrade(existing: Existing, offences: list[Disclosed], trail: Trail) -> tuple[list[Disclosed], bool]:
    trail.note(
        "reported incident upgraded",
        f"{existing.crime} is reclassified to the crime now shown.",
        ("CRR2026 p35", "CRR2026 p63"),
    )
    return offences, False


def _told(report: Report, existing: Existing, offence: Disclosed) -> dict[str, Fact | None]:
    told: dict[str, Fact | None] = dict(report.facts)
    told["reported"] = report.report_day.toordinal()
    told["new_event"] = _event(offence, trail_code=offence.code)
    told["dealt_with"] = None if existing.dealt_with is None else ("yes" if existing.dealt_with else "no")
    told["within_three_months"] = _within(report, existing, offence)
    return told


def _event(offence: Disclosed, *, trail_code: str | None) -> str | None:
    conduct = class_lists()["conduct"].classes
    if offence.one.code == "8R":
        if trail_code is None:
            return None
        return "threatening_message" if trail_code == "005/28" else "offensive_or_false_message"
    breaches = {"008/29", "008/31", "008/74"}
    return "same_conduct" if offence.one.code in conduct and trail_code not in breaches else "other_offence"


def _within(report: Report, existing: Existing, offence: Disclosed) -> str | None:
    if existing.gap_days is not None:
        return "yes" if existing.gap_days <= DAYS else "no"
    if existing.last_incident is None:
        return None
    return "yes" if offence.happened(report.offence_day) <= months_after(existing.last_incident, MONTHS) else "no"
