"""What a charge for another offence leads to: an alternate outcome, or a crime to be added (CRR2026 pp18-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.rulebook.classes import register
from iops.rulebook.decision import Absorbed, Crime, Later
from iops.rulebook.library import class_lists, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.rulebook.report import Charge, Report
    from iops.rulebook.tables import Fact
    from iops.rulebook.trail import Trail


def after_charges(
    report: Report, crimes: Sequence[Crime], absorbed: Sequence[Absorbed], trail: Trail
) -> tuple[Later, ...]:
    """For each offence charged, whether it closes the recorded crime as 1A or becomes a crime of its own."""
    return tuple(
        later for charge in report.charged if (later := _after(report, charge, crimes, absorbed, trail)) is not None
    )


def _after(
    report: Report, charge: Charge, crimes: Sequence[Crime], absorbed: Sequence[Absorbed], trail: Trail
) -> Later | None:
    crime = next((c for c in crimes if charge.against in (None, c.crime_class)), None)
    if crime is None:
        return None
    if any(c.crime_class == charge.offence for c in crimes):
        return Later(
            charge=charge.offence,
            against=charge.offence,
            outcome="1",
            says="Charged as recorded.",
            cite=("OUT2026 p9",),
        )
    hit = trail.ask(
        table("alternate-offence"),
        _told(report, charge, crime, absorbed),
        about=f"{charge.offence} against {crime.crime_class}",
    )
    if hit is None:
        return None
    answer = hit.get("alternate")
    return Later(
        charge=charge.offence,
        against=crime.crime_class,
        outcome="1A" if answer == "yes" else f"not 1 or 1A on {crime.crime_class}" if answer == "no" else "reclassify",
        added_crime=charge.offence if answer == "no" else "",
        says=hit.row.says,
        cite=hit.row.cite,
    )


def _told(report: Report, charge: Charge, crime: Crime, absorbed: Sequence[Absorbed]) -> dict[str, Fact | None]:
    told: dict[str, Fact | None] = dict(report.facts | charge.details)
    lists = class_lists()
    told["recorded"] = (
        "murder" if crime.crime_class == "1" else "rape" if crime.crime_class in lists["rape"].classes else "other"
    )
    named = register().find(charge.offence)
    if told["recorded"] == "murder":
        told["charge_listed"] = "yes" if named and named.code in lists["murder_alternates"].classes else "no"
    if "related_offence" not in told:
        gone = {one.crime_class for one in absorbed if one.into == crime.crime_class}
        lesser = charge.offence in gone and told["recorded"] != "murder"
        told["related_offence"] = "yes" if lesser else "no"
    return told
