"""Removing a recorded crime (C1 to C5) and changing its class (CRR2026 pp13, 25-26, 63; OUT2026 pp26-30)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.rulebook.classes import register
from iops.rulebook.decision import Decision
from iops.rulebook.library import class_lists, table
from iops.rulebook.trail import Trail

if TYPE_CHECKING:
    from iops.rulebook.report import Check, Report
    from iops.rulebook.tables import Fact

WHO = {
    "C1": "registrar or designated decision maker",
    "C2": "registrar or designated decision maker, independent of the investigation",
    "C3": "independent, trained staff",
    "C4": "independent, trained staff",
    "C5": "registrar or trained designated decision maker, independent of the investigation",
}
GRAVE = "registrar on the College of Policing register (else a chief officer advised by them)"
TELL_FIRST = frozenset({"C1", "C2", "C5"})


def _told(check: Check) -> dict[str, Fact | None]:
    return dict(check.facts)


def _crime_facts(check: Check) -> dict[str, Fact | None]:
    lists = class_lists()
    if check.crime is None:
        return {}
    crime = register().get(check.crime)
    grave = crime.code in lists["rape"].classes | lists["homicide"].classes
    defence = crime.code in lists["self_defence"].classes or check.code in lists["self_defence"].codes
    settled = defence or crime.code not in ("8N", "8S", "8T") or check.code is not None
    return {
        "rape_or_homicide": "yes" if grave else "no",
        "fgm": "yes" if check.code == "008/52" else "no",
        "self_defence_class": ("yes" if defence else "no") if settled else None,
    }


def _finish(report: Report, trail: Trail, kind: str, *, removal: str = "", breaches: tuple[str, ...] = ()) -> Decision:
    return Decision(
        kind=kind, number=0 if kind != "undecided" else None, removal=removal, breaches=breaches,
        approve=tuple(trail.approve), audit=tuple(trail.audit),
        needs=tuple(trail.needs.values()) if kind == "undecided" else (), presumed=tuple(trail.presumed),
        unsure=tuple(trail.unsure), steps=tuple(trail.steps), report_date=report.report_day,
        offence_date=report.offence_day,
    )  # fmt: skip


def decide_removal(report: Report) -> Decision:
    """Whether a recorded crime may be removed, in which category, and by whom.

    Who decides, their independence and the telling of the victim are checked as far as they are told; a breach of any
    of them is reported even while the ground is still open.
    """
    check = report.removal
    assert check is not None  # noqa: S101
    trail = Trail()
    told = _crime_facts(check) | _told(check)
    category = _category(check, told, trail)
    if category is None:
        return _finish(report, trail, "undecided")
    if category == "keep":
        return _finish(report, trail, "keep")
    _who(category, told, trail)
    if not any(name in told for name in ("decider", "independent", "victim_told")):
        return _finish(report, trail, "cancel", removal=category)
    authority = Trail()
    hit = authority.ask(table("removal-authority"), told | {"category": category})
    if hit is None and "decider" in told:
        trail.needs |= authority.needs
        return _finish(report, trail, "undecided", removal=category)
    if hit is not None:
        trail.note_hit(hit)
    if hit is not None and hit.get("kind") == "breach":
        return _finish(report, trail, "breach", removal=category, breaches=(hit.row.says,))
    return _finish(report, trail, "cancel", removal=category)


def _category(check: Check, told: dict[str, Fact | None], trail: Trail) -> str | None:
    if "ground" not in told and check.chosen in WHO:
        trail.note("removal", f"The category {check.chosen} was chosen; its ground was not told.", ("CRR2026 p25",))
        return check.chosen
    hit = trail.ask(table("removal-ground"), told)
    if hit is None:
        return None
    return hit.get("category") if hit.get("kind") == "cancel" else "keep"


def _who(category: str, told: dict[str, Fact | None], trail: Trail) -> None:
    grave = category == "C2" and told.get("rape_or_homicide") == "yes"
    trail.approve[GRAVE if grave else WHO[category]] = None
    trail.audit["who decided, and that they were independent of the investigation"] = None
    if category in TELL_FIRST:
        trail.audit["that the victim was told first"] = None


def decide_reclassification(report: Report) -> Decision:
    """Whether the class of a recorded crime may be changed."""
    check = report.reclassification
    assert check is not None  # noqa: S101
    trail = Trail()
    hit = trail.ask(table("reclassification"), _told(check))
    if hit is None:
        return _finish(report, trail, "undecided")
    breaches = (hit.row.says,) if hit.get("kind") == "breach" else ()
    return _finish(report, trail, hit.get("kind"), breaches=breaches)
