"""The report that the recording rules judge, made of an incident's own facts: nothing is typed twice.

People in their roles become victims and suspects with their ages on the day, the link between them the relation, the
category the act or what the incident is about, the caller's role who reports it, the words of the log answers to
questions about an act. Each fact says where it was taken from; what is not known is left to the rules to ask.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iops.control.classing.domestic import DOES, birthday
from iops.control.classing.people import known_of
from iops.control.closing.signs import answers_in
from iops.control.models import Channel, Incident
from iops.pole.models import Detail, DetailKind, Link
from iops.rulebook.library import acts
from iops.rulebook.nsir import qualifiers as known_qualifiers
from iops.web.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from iops.control.classing.domestic import Involved, Told
    from iops.control.classing.people import Known

VICTIMS = frozenset({"victim", "aggrieved"})
CHILD = 18
RELATIONS: Mapping[str, str] = {
    "partner": "partner",
    "ex-partner": "former_partner",
    "spouse": "spouse",
    "parent": "parent_and_child",
    "child": "parent_and_child",
    "sibling": "sibling",
    "grandparent": "relative",
    "relative": "relative",
    "carer": "carer",
    "neighbour": "neighbour",
    "friend": "friend",
    "associate": "acquaintance",
}
"""How the recording rules call a link between people."""
REPORTER_BY_CHANNEL = {Channel.OFFICER: "police", Channel.ALARM: "nobody"}
HOSTILE = frozenset({"prejudice-racial", "prejudice-religion"})
"""Qualifiers by which an act counts as racially or religiously aggravated."""


@dataclass(frozen=True)
class TakenFact:
    """One fact of the report, in words, and where it was taken from."""

    says: str
    source: str


@dataclass(frozen=True)
class Fed:
    """The report as the rulebook reads it, and where each part was taken from."""

    report: dict[str, Any]
    taken: tuple[TakenFact, ...]
    acts: tuple[str, ...]


def report_of(incident: Incident) -> Fed:
    """The report of an incident, on what the viewer may see. A fixed number of statements."""
    known = known_of(incident)
    taken: list[TakenFact] = []
    reported = incident.reported_at.astimezone(LONDON).replace(tzinfo=None)
    report: dict[str, Any] = {"reported": reported, "facts": {}}
    taken.append(TakenFact(f"Reported {reported:%d/%m/%Y %H:%M}", "the incident"))
    report["victims"] = _victims(known, taken)
    report["suspects"] = _suspects(known.told, taken)
    _relation(known.told, report, taken)
    _reporter(known, report, taken)
    _what(known, report, taken)
    return Fed(report, tuple(taken), tuple(o["act"] for o in report["offences"]))


# --- people ----------------------------------------------------------------------------------------------------------


def _victims(known: Known, taken: list[TakenFact]) -> list[dict[str, Any]]:
    told = known.told
    people = [p for p in told.people if p.roles & VICTIMS]
    sexes = _sexes(people)
    found = [_person(p, told, sexes) for p in people]
    taken += [TakenFact(f"Victim: {p.name}", f"linked as {_named(p, VICTIMS)}") for p in people]
    bodies = Link.objects.filter(
        to_kind="incident", to_id=known.incident.id, from_kind="organisation", role="victim", withdrawn_at=None
    )
    for body in bodies.order_by("id"):
        found.append({"id": f"organisation {body.from_id}", "kind": "business"})
        taken.append(TakenFact("Victim: an organisation", "linked as victim"))
    return found


def _suspects(told: Told, taken: list[TakenFact]) -> list[dict[str, Any]]:
    people = [p for p in told.people if p.roles & DOES]
    taken += [TakenFact(f"Suspect: {p.name}", f"linked as {_named(p, DOES)}") for p in people]
    return [_person(p, told, {}) for p in people]


def _named(person: Involved, roles: frozenset[str]) -> str:
    return " and ".join(sorted(person.roles & roles))


def _person(person: Involved, told: Told, sexes: Mapping[int, str]) -> dict[str, Any]:
    made: dict[str, Any] = {"id": f"person {person.id}"}
    if (age := age_of(person, told)) is not None:
        made["age"] = age
    if person.id in sexes:
        made["sex"] = sexes[person.id]
    return made


def age_of(person: Involved, told: Told) -> int | None:
    """The age in whole years on the day of the report; None when it is not known for sure."""
    ages = {_years(day, told) for b in person.births for day in (b.earliest, b.latest)}
    return ages.pop() if len(ages) == 1 and min(ages) >= 0 else None


def _years(born: Any, told: Told) -> int:
    years: int = told.day.year - born.year
    return years if birthday(born, years) <= told.day else years - 1


def _sexes(people: Iterable[Involved]) -> dict[int, str]:
    rows = Detail.objects.filter(person_id__in=[p.id for p in people], kind=DetailKind.SEX, withdrawn_at=None)
    said = {row.person_id: row.value.casefold() for row in rows.order_by("id")}
    return {person: sex for person, sex in said.items() if sex in ("female", "male")}


def _relation(told: Told, report: dict[str, Any], taken: list[TakenFact]) -> None:
    """The relation of suspects and victims, when it is one and the same for all of them."""
    victims = {p.id for p in told.people if p.roles & VICTIMS}
    suspects = {p.id for p in told.people if p.roles & DOES}
    between = Counter(
        RELATIONS[r.role]
        for r in told.relations
        if r.role in RELATIONS
        and ((r.one in victims and r.other in suspects) or (r.one in suspects and r.other in victims))
    )
    if len(between) == 1:
        report["relation"] = next(iter(between))
        taken.append(TakenFact(f"Relation: {report['relation'].replace('_', ' ')}", "the link between them"))


# --- who reports it --------------------------------------------------------------------------------------------------


def _reporter(known: Known, report: dict[str, Any], taken: list[TakenFact]) -> None:
    found = _who(known)
    if found is not None:
        report["facts"]["reporter"] = found[0]
        taken.append(TakenFact(f"Reported by: {found[0].replace('_', ' ')}", found[1]))


def _who(known: Known) -> tuple[str, str] | None:
    told = known.told
    callers = [p for p in told.people if "caller" in p.roles]
    if any(p.roles & VICTIMS for p in callers):
        return "victim", "the caller is linked as victim"
    if any(p.roles & DOES for p in callers):
        return "suspect", "the caller is linked as suspect"
    minors = {p.id for p in told.people if p.roles & VICTIMS and (age := age_of(p, told)) is not None and age < CHILD}
    if any(_parent_or_carer(p.id, minors, told) for p in callers):
        return "parent_or_carer", "the caller is the parent or carer of the victim"
    if callers:
        return "third_party", "the caller is somebody else"
    by_channel = REPORTER_BY_CHANNEL.get(Channel(known.incident.contact.channel))
    return (by_channel, "how it was reported") if by_channel else None


def _parent_or_carer(caller: int, minors: set[int], told: Told) -> bool:
    return any(
        (r.one == caller and r.other in minors and r.role in ("parent", "carer"))
        or (r.other == caller and r.one in minors and r.role == "child")
        for r in told.relations
    )


# --- what it is ------------------------------------------------------------------------------------------------------


def _what(known: Known, report: dict[str, Any], taken: list[TakenFact]) -> None:
    report["offences"] = []
    category = known.category
    if category is None:
        return
    if category.is_crime:
        report["offences"] = [_offence(act, known, taken) for act in category.acts]
    elif not known.incident.crime_reported:
        # Where a crime is reported the rules ask which, whatever the category says.
        names = [known.edition.qualifiers[c].title for c in _qualifiers(known) if c in known.edition.qualifiers]
        national = {*known_qualifiers().required, *known_qualifiers().optional}
        given = [n for n in names if n in national]
        report["incident"] = {"about": category.about, "details": dict(category.details), "qualifiers": given}
        if category.about == "sudden_death":
            report["death"] = True
    taken.append(TakenFact(f"About: {category.title}", "the category"))


def _qualifiers(known: Known) -> list[str]:
    return list(known.classing.qualifiers) if known.classing else []


def _offence(act: str, known: Known, taken: list[TakenFact]) -> dict[str, Any]:
    details: dict[str, str] = {}
    for fact, (answer, words) in answers_in(known.text, act).items():
        details[fact] = answer
        taken.append(TakenFact(f"{fact.replace('_', ' ').capitalize()}: {answer}", f"the text says “{words}”"))
    if "hostility" in acts()[act].facts and set(_qualifiers(known)) & HOSTILE:
        details["hostility"] = "yes"
        taken.append(TakenFact("Hostility: yes", "the qualifier"))
    return {"act": act, "details": details}
