"""From what an offence entry says to the class it has on the day that matters.

The edition in force when it was reported gives the class; the day it happened decides whether the offence existed
(CRR2026 p13). An act with details goes through its table; a class or code that is given is checked, not trusted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.rulebook.classes import ClassNotInForceError, CrimeClass, OffenceCode, UnknownClassError, register
from iops.rulebook.counting.disclosed import Disclosed, Option
from iops.rulebook.counting.units import GROUP_UNITS, OFFENDER_UNITS
from iops.rulebook.library import acts, class_lists, table, victim_limits
from iops.rulebook.tables import ContradictoryFactsError, Fact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from iops.foundation.errors import InvalidError
    from iops.rulebook.report import Offence, Report, Suspect, Victim
    from iops.rulebook.trail import Trail

SIXTEEN = 16
AGAINST_PEOPLE = frozenset(
    {"Violence against the person", "Sexual offences", "Arson and criminal damage", "NFIB fraud"}
)
PARTNERS = frozenset({"partner", "spouse", "former_partner", "former_spouse"})
FORMER = frozenset({"former_partner", "former_spouse"})
OTHERS = frozenset({"carer", "neighbour", "friend", "acquaintance", "colleague", "stranger", "other"})
FAMILY = frozenset({"relative", "parent_and_child", "sibling"})


@dataclass(frozen=True, slots=True)
class NotNotifiable:
    """What was disclosed is not a notifiable offence on that day; `category` is where the incident belongs."""

    offence: Offence
    category: str


def classify(report: Report, facts: Mapping[str, Fact], trail: Trail) -> list[Disclosed | NotNotifiable]:
    """Every offence of the report with its class. Missing details are left on the trail as questions.

    Raises UnknownClassError, ClassNotInForceError and ContradictoryFactsError.
    """
    found: list[Disclosed | NotNotifiable] = []
    for offence in report.offences:
        for victims in _alike(_victims(report, offence), by_person=offence.act is not None):
            one = _classify_one(report, offence, victims, facts, trail, len(found))
            if one is not None:
                found.append(one)
    return found


def _victims(report: Report, offence: Offence) -> tuple[Victim, ...]:
    if offence.victims is None:
        return report.victims
    return tuple(victim for victim in report.victims if victim.id in offence.victims)


def _suspects(report: Report, offence: Offence) -> tuple[Suspect, ...]:
    if offence.suspects is None:
        return report.suspects
    return tuple(suspect for suspect in report.suspects if suspect.id in offence.suspects)


def _alike(victims: Sequence[Victim], *, by_person: bool) -> list[tuple[Victim, ...]]:
    """Victims in groups that get the same class: by role, and for acts by sex and age too."""
    groups: dict[tuple[object, ...], list[Victim]] = {}
    for victim in victims:
        key = (victim.role, victim.sex, victim.age) if by_person else (victim.role,)
        groups.setdefault(key, []).append(victim)
    return [tuple(group) for group in groups.values()] or [()]


def _classify_one(
    report: Report, offence: Offence, victims: tuple[Victim, ...], facts: Mapping[str, Fact], trail: Trail, at: int
) -> Disclosed | NotNotifiable | None:
    if offence.act is not None:
        found = _by_act(report, offence, victims, facts, trail)
    else:
        found = _by_name(report, offence, victims, facts, trail)
    if found is None or isinstance(found, NotNotifiable):
        return found
    nature = _nature(offence, found, victims)
    concerned = victims if nature == "victim" else ()
    return Disclosed(at, offence, tuple(found), nature, concerned, _suspects(report, offence))


# --- by act ----------------------------------------------------------------------------------------------------------


def _by_act(
    report: Report, offence: Offence, victims: tuple[Victim, ...], facts: Mapping[str, Fact], trail: Trail
) -> list[Option] | NotNotifiable | None:
    one = acts().get(offence.act or "")
    if one is None:
        raise UnknownClassError(f'"{offence.act}" is not a kind of act.', mend=f"Use one of: {', '.join(acts())}.")
    hit = trail.ask(one, _act_facts(report, offence, victims, facts), about=offence.act or "")
    if hit is None:
        return None
    if hit.get("class") == "none":
        return NotNotifiable(offence, hit.get("category"))
    code = hit.get("code")
    settled = offence.code or (code if re.fullmatch(r"\d{3}/\d{2}", code) else None)
    return [Option(register().get(hit.get("class")), settled, code)]


def _act_facts(
    report: Report, offence: Offence, victims: tuple[Victim, ...], facts: Mapping[str, Fact]
) -> dict[str, Fact | None]:
    told: dict[str, Fact | None] = dict(facts)
    told["reported"] = report.report_day.toordinal()
    told["happened"] = (offence.happened or report.offence_day).toordinal()
    told["attempt"] = "yes" if offence.attempt else None
    if victims:
        told |= {"age": victims[0].age, "sex": victims[0].sex, "victim_role": victims[0].role}
    told |= _relation_facts(report, victims)
    told |= offence.details
    return told


def _relation_facts(report: Report, victims: tuple[Victim, ...]) -> dict[str, Fact | None]:
    """What the relation says: former partners and connection; ages not told are not presumed to be under 16."""
    relation = report.relation
    if relation is None:
        return {}
    ages = [victim.age for victim in victims] + [suspect.age for suspect in report.suspects]
    grown = all(age is None or age >= SIXTEEN for age in ages)
    child = any(victim.age is not None and victim.age < SIXTEEN for victim in victims)
    adult = all(suspect.age is None or suspect.age >= SIXTEEN for suspect in report.suspects)
    return {
        "former_partners": "yes" if relation in FORMER and grown else "no",
        "connected": "yes" if relation in PARTNERS | FAMILY else "no",
        "child_and_responsible_adult": "yes" if child and adult and relation in FAMILY | {"carer"} else "no",
    }


# --- by class or code ------------------------------------------------------------------------------------------------


def _by_name(
    report: Report, offence: Offence, victims: tuple[Victim, ...], facts: Mapping[str, Fact], trail: Trail
) -> list[Option] | None:
    options = named_options(offence.offence or "", offence.code)
    refined = [_refine(report, option, victims, facts, trail) for option in options]
    kept = list({(option.one.code, option.code): option for option in refined}.values())
    now = [option for option in kept if option.one.in_force(report.report_day)]
    if not now:
        raise _not_in_force(kept[0].one, report)
    for option in now:
        _check_code(option, offence, report)
        _check_victims(option.one, victims)
    if len(now) > 1:
        names = " or ".join(option.one.code for option in now)
        trail.note("class still open", f"What is told does not settle whether it is {names}.", ("CRR2026 p13",))
    trail.note("class in force", _in_force_says(now, report), now[0].one.cite, _unsure(now[0].one, report))
    return now


def named_options(name: str, code: str | None) -> list[Option]:
    """The class or classes a text names: "8N", "008/06", "8N or 11A", "5D/8N". Raises UnknownClassError."""
    known = register()
    if known.find(name):
        return [Option(known.get(name), _code_of(known.get(name), code))]
    listed = known.find_code(name)
    if listed:
        return [Option(one, listed) for one in _ordinary([one for one, _ in known.by_code[listed]])]
    parts = re.split(r"\s+or\s+|\s*/\s*|\s*,\s*", name.strip())
    if len(parts) > 1:
        return [Option(known.get(part), None) for part in parts]
    known.get(name)
    raise AssertionError  # pragma: no cover - get() has raised


_BY_CIRCUMSTANCE = frozenset({"8S", "8T", "104", "19J", "19K"})


def _ordinary(classes: list[CrimeClass]) -> list[CrimeClass]:
    """Of the classes that share a code, those that need no special victim or undefined offenders; see _refine."""
    plain = [one for one in dict.fromkeys(classes) if one.code not in _BY_CIRCUMSTANCE]
    return plain or list(dict.fromkeys(classes))


def _code_of(one: CrimeClass, code: str | None) -> str | None:
    if code is None:
        codes = {held.code for held in one.codes if not held.withdrawn}
        return next(iter(codes)) if len(codes) == 1 else None
    listed = register().find_code(code)
    if listed is None or (register().code_in(one, listed) is None and one.codes):
        held = ", ".join(sorted({held.code for held in one.codes})[:8])
        raise UnknownClassError(f'Code "{code}" is not in class {one.code}.', mend=f"Its codes begin: {held}.")
    return listed


def _refine(
    report: Report, option: Option, victims: tuple[Victim, ...], facts: Mapping[str, Fact], trail: Trail
) -> Option:
    """Moves 8N, 5D or 105A to the class for constables or emergency workers when the victim's role says so."""
    role = victims[0].role if victims else facts.get("victim_role")
    if role in (None, "public"):
        return option
    name = option.one.code if option.one.code in ("5D", "8N", "105A") else "other"
    told: dict[str, Fact | None] = {
        "reported": report.report_day.toordinal(),
        "assault_class": name,
        "victim_role": role,
    }
    hit = trail.ask(table("victim-role"), told, about=option.one.code)
    if hit is None or hit.get("class") == "same":
        return option
    moved = register().get(hit.get("class"))
    code = option.code if option.code and register().code_in(moved, option.code) else None
    return Option(moved, code)


def _not_in_force(one: CrimeClass, report: Report) -> InvalidError:
    span = f"from {one.starts}" if one.starts and report.report_day < one.starts else f"until {one.ends}"
    return ClassNotInForceError(
        f"Class {one.code} ({one.title}) was in use {span}, not on {report.report_day}.",
        mend="Give the act and its details, or the class in force on the day of the report.",
        details={"class": one.code, "reported": report.report_day.isoformat()},
    )


def _check_code(option: Option, offence: Offence, report: Report) -> None:
    held: OffenceCode | None = register().code_in(option.one, option.code) if option.code else None
    day = offence.happened or report.offence_day
    if held is not None and not held.in_force(day):
        wrong = f"began on {held.starts}" if held.starts and day < held.starts else f"ended on {held.ceased}"
        raise ClassNotInForceError(
            f"Offence {held.code} {wrong}; it was not an offence of the list on {day}.",
            mend="Correct the date, or give the offence that existed on that day.",
            details={"code": held.code, "happened": day.isoformat()},
        )


def _check_victims(one: CrimeClass, victims: tuple[Victim, ...]) -> None:
    limit = victim_limits().get(one.code)
    for victim in victims if limit else ():
        wrong_sex = victim.sex is not None and limit is not None and limit.sex not in ("either", victim.sex)
        wrong_age = victim.age is not None and limit is not None and not limit.min_age <= victim.age <= limit.max_age
        if wrong_sex or wrong_age:
            raise ContradictoryFactsError(
                f"Class {one.code} ({one.title}) does not fit the victim ({victim.sex or 'sex not told'}, "
                f"age {victim.age if victim.age is not None else 'not told'}).",
                mend="Correct the class, or the victim's sex or age.",
                details={"class": one.code, "victim": victim.id},
            )


def _in_force_says(options: Sequence[Option], report: Report) -> str:
    names = " or ".join(f"{option.one.code} {option.one.title}" for option in options)
    return f"On {report.report_day} the class is {names}."


def _unsure(one: CrimeClass, report: Report) -> str:
    changed = one.code in class_lists()["former_2012"].classes and report.report_day.isoformat() < "2012-04-01"
    return "This class is believed to have begun in April 2012; the day was not found." if changed else one.unsure


def _nature(offence: Offence, options: Sequence[Option], victims: tuple[Victim, ...]) -> str:
    one, code = options[0].one, options[0].code
    held = register().code_in(one, code) if code and len(options) == 1 else None
    nature = held.nature if held else one.nature
    if nature != "either":
        return nature
    if offence.victims is not None:
        return "victim" if offence.victims else "state"
    if one.unit:
        return "state" if one.unit in GROUP_UNITS | OFFENDER_UNITS or not victims else "victim"
    return "victim" if victims and one.category in AGAINST_PEOPLE else "state"
