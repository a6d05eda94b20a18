"""The recording decision on one offence: the national flowchart, then the special routes, then the place.

Each step is a decision table; the first that stops the offence gives its kind. An offence that no step stops is a
crime.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.rulebook.classes import register
from iops.rulebook.library import class_lists, table
from iops.rulebook.report import Places, Report
from iops.rulebook.tables import Fact, Hit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.rulebook.counting.disclosed import Disclosed
    from iops.rulebook.trail import Trail

ToldFacts = dict[str, Fact | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one offence. `kind` is "crime", another kind of record, or "undecided"."""

    offence: Disclosed
    kind: str
    code: str = ""
    category: str = ""
    force: str = ""
    no_time_limit: bool = False


def in_list(name: str, offence: Disclosed) -> bool:
    """Whether the offence is in a named group of classes or codes."""
    group = class_lists()[name]
    return offence.within(group.classes) or (offence.code is not None and offence.code in group.codes)


def is_rape(offence: Disclosed) -> bool:
    """Whether it is rape or an attempt at it."""
    return in_list("rape", offence)


def is_fgm(offence: Disclosed, facts: Mapping[str, Fact]) -> bool:
    """Whether it is female genital mutilation: the code says so, or it is an injury under the duty to report it."""
    return offence.code == "008/52" or (
        facts.get("reporter") == "mandatory_reporter" and offence.code is None and offence.one.code == "8N"
    )


def _yes(truth: object) -> str:
    return "yes" if truth else "no"


def told_facts(report: Report, offence: Disclosed, facts: Mapping[str, Fact]) -> ToldFacts:
    """The facts the tables may ask about one offence: those of the report, and those the offence itself settles."""
    told: ToldFacts = dict(facts)
    told |= offence.source.details
    told |= {
        "rape": _yes(is_rape(offence)),
        "nature": offence.nature,
        "reported": report.report_day.toordinal(),
        "happened": offence.happened(report.offence_day).toordinal(),
        "fgm": _yes(is_fgm(offence, facts)),
        "driving": _driving(offence),
    }
    if any(suspect.role == "police_on_duty" for suspect in offence.suspects):
        told["police_suspect"] = "on_duty"
    elif any(suspect.role == "police_off_duty" for suspect in offence.suspects):
        told["police_suspect"] = "off_duty"
    return told


def _driving(offence: Disclosed) -> str:
    for name, value in (
        ("standard_of_driving", "standard_of_driving"),
        ("unlicensed_driving", "unlicensed_disqualified_uninsured"),
        ("dangerous_driving", "dangerous_only"),
    ):
        if in_list(name, offence):
            return value
    return "none"


def route(report: Report, offence: Disclosed, facts: Mapping[str, Fact], trail: Trail) -> Verdict:
    """The decision on one offence; questions that are open are left on the trail and the kind is "undecided"."""
    told = told_facts(report, offence, facts)
    if offence.source.recorded:
        return Verdict(offence, "crime")
    steps = [
        ("other-bodies", True),
        ("sarc", "sarc_route" in told),
        ("police-complaints", True),
        ("recording-test", True),
    ]
    relaxed = False
    for name, applies in steps:
        if applies:
            hit = trail.ask(table(name), told, about=offence.label)
            if hit is None or hit.get("go") == "stop":
                return _stopped(offence, hit)
            relaxed = relaxed or hit.get("no_time_limit") == "yes"
    return _after_the_test(report, offence, told, trail, relaxed=relaxed)


def _stopped(offence: Disclosed, hit: Hit | None) -> Verdict:
    if hit is None:
        return Verdict(offence, "undecided")
    return Verdict(
        offence, hit.get("kind"), hit.get("code"), hit.get("category"), no_time_limit=hit.get("no_time_limit") == "yes"
    )


def _after_the_test(report: Report, offence: Disclosed, told: ToldFacts, trail: Trail, *, relaxed: bool) -> Verdict:
    if offence.nature == "victim" and not offence.one.is_fraud and not _speaks_for_itself(told, offence):
        stopped = _confirmed(offence, told, trail)
        if stopped is not None:
            return stopped
    for name in _special(offence, told):
        if name == "schools":
            told["serious"] = _serious(offence, told, trail)
        if name == "driving" and told.get("died") is None:
            told["died"] = _died(offence)
        hit = trail.ask(table(name), told, about=offence.label)
        if hit is None or hit.get("go") == "stop":
            return _stopped(offence, hit)
    if offence.one.is_fraud:
        return _fraud(report, offence, told, trail)
    return _placed(report, offence, told, trail, relaxed=relaxed)


def _serious(offence: Disclosed, told: ToldFacts, trail: Trail) -> Fact:
    """Whether the schools protocol calls it serious: by its list, triable on indictment only, or by its consequence."""
    held = register().code_in(offence.one, offence.code) if offence.code else None
    indictable = held.mode == "indictable only" if held else offence.one.indictable_only
    if in_list("school_serious", offence) or indictable:
        return "yes"
    consequence = told.get("serious")
    if consequence is None:
        trail.presumed["serious: no; no serious consequence was told (SP2023 p2)"] = None
    return consequence or "no"


def _died(offence: Disclosed) -> str | None:
    deadly = {"004/04", "004/06", "004/08", "004/13"}
    if offence.code is None:
        return None
    return _yes(offence.code in deadly)


def _speaks_for_itself(told: ToldFacts, offence: Disclosed) -> bool:
    """Slavery referrals and the referral centre's routes carry their own standing."""
    referral = told.get("slavery_route") in ("nrm_referral", "duty_to_notify")
    centre = told.get("sarc_route") not in (None, "not_sarc")
    return centre or (referral and offence.one.code == "106")


def _confirmed(offence: Disclosed, told: ToldFacts, trail: Trail) -> Verdict | None:
    standing = trail.ask(table("standing"), told, about=offence.label)
    if standing is None:
        return Verdict(offence, "undecided")
    told["standing"] = standing.get("standing")
    hit = trail.ask(table("confirmation"), told, about=offence.label)
    return _stopped(offence, hit) if hit is None or hit.get("go") == "stop" else None


def _special(offence: Disclosed, told: ToldFacts) -> list[str]:
    found = []
    if offence.one.code == "106" and offence.nature != "state":
        found.append("slavery")
    if told["driving"] != "none":
        found.append("driving")
    if in_list("age_related", offence):
        found.append("willing-child")
    if "setting" in told:
        found.append("schools")
    return found


# --- fraud -----------------------------------------------------------------------------------------------------------


def _fraud(report: Report, offence: Disclosed, told: ToldFacts, trail: Trail) -> Verdict:
    del report
    entry = trail.ask(table("fraud-entry"), told, about=offence.label)
    if entry is None or entry.get("go") == "stop":
        return _stopped(offence, entry)
    hit = trail.ask(table("call-for-service"), told, about=offence.label)
    return Verdict(offence, "undecided") if hit is None else Verdict(offence, hit.get("kind"))


# --- place -----------------------------------------------------------------------------------------------------------


def _placed(report: Report, offence: Disclosed, told: ToldFacts, trail: Trail, *, relaxed: bool) -> Verdict:
    if report.places is None and "nation" not in told:
        if offence.source.force is None:
            trail.presumed["place: it lies in the area of the force that took the report (CRR2026 p15)"] = None
        return Verdict(offence, "crime", force=offence.source.force or "", no_time_limit=relaxed)
    places = report.places or Places()
    hit = trail.ask(table("location"), told | _place_facts(offence, places, told), about=offence.label)
    if hit is None:
        return Verdict(offence, "undecided")
    force = _force(places, hit.get("use"))
    if hit.get("go") == "stop":
        return Verdict(offence, hit.get("kind"), hit.get("code"), force=force)
    if report.force and force and force != report.force:
        return _elsewhere(offence, force, trail)
    return Verdict(offence, "crime", force=force, no_time_limit=relaxed)


def _place_facts(offence: Disclosed, places: Places, told: ToldFacts) -> ToldFacts:
    company = any(victim.kind in ("business", "body") for victim in offence.victims)
    return {
        "nation": told.get("nation") or ("scotland_or_northern_ireland" if places.other_nation else None),
        "suspect_place": _yes(places.suspect),
        "suspect_home": _yes(places.suspect_home),
        "victim_place": _yes(places.victim),
        "victim_is_company": _yes(company),
    }


def _force(places: Places, use: str) -> str:
    if use == "btp":
        return "British Transport Police"
    return (getattr(places, use, None) or "") if use else ""


def _elsewhere(offence: Disclosed, force: str, trail: Trail) -> Verdict:
    cite = ("CRR2026 p15", "CRR2026 p9")
    if is_rape(offence):
        trail.note(
            "another force",
            f"{force} records it; it is a reported incident of rape here.",
            ("CRR2026 p64",),
            about=offence.label,
        )
        return Verdict(offence, "reported_incident", "100/03", force=force)
    trail.note(
        "another force",
        f"{force} records it; it is a crime-related incident here and is passed on.",
        cite,
        about=offence.label,
    )
    trail.audit[f"reference of {force}"] = None
    return Verdict(offence, "crime_related_incident", force=force)
