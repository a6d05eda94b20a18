"""Reading a report: from YAML, JSON or a mapping to the structures of `iops.rulebook.report`.

Two ways of writing are taken. The full form names people and offences one by one. The short form, for a report told in
a line, gives counts and class names (`victims: 2`, `offences: [8N, 58D]`). What the short form leaves open and the
rules presume is listed in the decision. Words are forgiven where their meaning is plain; all else is a named error.
"""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from iops.foundation.errors import InvalidError
from iops.rulebook.classify import FAMILY, OTHERS, PARTNERS
from iops.rulebook.library import acts, fact_index, vocabulary
from iops.rulebook.outcomes import framework
from iops.rulebook.report import MAXIMUM_PEOPLE, Offence, Report, Suspect, Victim
from iops.rulebook.shapes import word
from iops.rulebook.short_form import expand
from iops.rulebook.tables import FactRule, UnknownFactError

EARLIEST = dt.date(1900, 1, 1)
LATEST = dt.date(2099, 12, 31)
OLDEST = 130
Raw = dict[str, Any]

_FIELDS = frozenset(Report.__struct_fields__)
_OFFENCE_FIELDS = frozenset(Offence.__struct_fields__)


class BadReportError(InvalidError):
    """A report cannot be taken as it is written; the message names the part."""

    code = "bad-report"


def read_report(data: Mapping[str, Any]) -> Report:
    """The report held by a mapping (parsed YAML or JSON).

    Raises BadReportError for wrong shapes, impossible dates and people who are not listed, and UnknownFactError for
    facts or values no table knows.
    """
    if not isinstance(data, Mapping):
        raise BadReportError("A report is a mapping of names to values.", mend="Begin with `reported: 2026-04-10`.")
    told = _named_fields(data)
    _check_shapes(told)
    raw = expand(told)
    _gather_facts(raw)
    for people in ("victims", "suspects"):
        raw[people] = [_person(one) for one in _listed(raw.get(people), people)]
    if isinstance(raw.get("existing"), Mapping):
        raw["existing"] = dict(raw["existing"])
    raw["offences"] = [_offence(entry) for entry in _listed(raw.get("offences"), "offences")]
    raw["charged"] = [_charge(one) for one in _listed(raw.get("charged"), "charged")]
    _truths(raw)
    _moments(raw)
    _words(raw)
    try:
        report = msgspec.convert(raw, Report, strict=True)
    except msgspec.ValidationError as wrong:
        raise BadReportError(
            f"The report is not written as it should be: {wrong}.", mend="See `iops rulebook schema`."
        ) from wrong
    _check(report)
    return report


_SHAPES: dict[str, tuple[type, ...]] = {
    "victims": (int, str, list, tuple), "suspects": (int, str, list, tuple), "offences": (list, tuple),
    "charged": (list, tuple), "charge_supported": (list, tuple), "presumed": (list, tuple), "facts": (Mapping,),
    "flags": (Mapping,), "places": (Mapping,), "existing": (Mapping,), "removal": (Mapping,),
    "reclassification": (Mapping,), "outcome": (Mapping,), "incident": (str, Mapping), "relation": (str,),
    "place": (str,), "gap_days": (int,), "same_incident": (bool, str), "force": (str,),
    "reported": (str, dt.date), "happened": (str, dt.date), "recorded": (str, dt.date),
}  # fmt: skip


def _check_shapes(told: Mapping[str, Any]) -> None:
    for name, kinds in _SHAPES.items():
        value = told.get(name)
        wrong = isinstance(value, bool) and bool not in kinds
        if value is not None and (wrong or not isinstance(value, kinds)):
            raise BadReportError(f'"{name}" is not written as it should be.', mend="See `iops rulebook schema`.")


def _mapping(value: object, name: str) -> Raw:
    """A copy of a mapping; nothing counts as an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadReportError(f'"{name}" must be a mapping of names to values.', mend="Write `name: value` lines.")
    return {str(key): one for key, one in value.items()}


def _person(entry: object) -> object:
    return {"id": entry} if isinstance(entry, str) else dict(entry) if isinstance(entry, Mapping) else entry


def _named_fields(data: Mapping[str, Any]) -> Raw:
    """The parts of a report by their proper names. Raises BadReportError when one part is given under two names."""
    told: Raw = {}
    for key, value in data.items():
        name = vocabulary().fields.get(tidy(str(key)), tidy(str(key)))
        if value is None:
            continue
        if name in told:
            raise BadReportError(f'"{key}" is given twice, under two names.', mend="Keep one of them.")
        told[name] = value
    return told


def tidy(text: str) -> str:
    """A name as the rulebook writes it: small letters, words joined by underscores."""
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def _listed(value: object, name: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise BadReportError(f'"{name}" must be a list.', mend="Write `- ` before each member.")
    return list(value)


def _gather_facts(raw: Raw) -> None:
    """Facts may stand at the top of a report; they are moved to where facts live."""
    facts = _mapping(raw.get("facts"), "facts")
    for key in [key for key in raw if key not in _FIELDS]:
        facts[key] = raw.pop(key)
    raw["facts"] = normal_facts(facts, fact_rules())


@functools.cache
def fact_rules() -> dict[str, list[FactRule]]:
    """Every fact that may be told about a report, with each table's rule for it."""
    return {name: [one.facts[name] for one in tables] for name, tables in fact_index().items()}


def normal_facts(facts: Mapping[str, object], rules: Mapping[str, list[FactRule]]) -> Raw:
    """Facts by their proper names and values. Raises UnknownFactError with the nearest known name."""
    found: Raw = {}
    for key, value in facts.items():
        said = tidy(str(key))
        name = said if said in rules else vocabulary().facts.get(said, said)
        if name not in rules:
            near = difflib.get_close_matches(name, rules, n=3)
            mend = f"Did you mean {', '.join(near)}?" if near else "See `iops rulebook schema` for the facts."
            raise UnknownFactError(
                f'"{key}" is not a fact the rulebook asks for.', mend=mend, details={"fact": str(key)}
            )
        if value is not None:
            found[name] = normal_value(name, value, rules[name])
    return found


def normal_value(name: str, value: object, rules: list[FactRule]) -> str | int:
    """One fact's value as a table knows it. Raises UnknownFactError."""
    plain = word(value)
    if isinstance(plain, str):
        said = tidy(plain)
        plain = vocabulary().values.get(name, {}).get(said, said)
    for rule in rules:
        if (isinstance(plain, str) and plain in rule.values) or (
            isinstance(plain, int) and not rule.values and rule.low <= plain <= rule.high
        ):
            return plain
    rule = rules[0]
    allowed = ", ".join(dict.fromkeys(v for one in rules for v in one.values)) or f"{rule.low} to {rule.high}"
    raise UnknownFactError(f'"{name}" cannot be "{value}".', mend=f"Use one of: {allowed}.", details={"fact": name})


def _offence(entry: object) -> Raw:
    raw: Raw = {"offence": entry} if isinstance(entry, str | int) else dict(entry) if isinstance(entry, Mapping) else {}
    if not raw:
        raise BadReportError("An offence is a class, a code, or a mapping.", mend="Write `- offence: 8N`.")
    raw = {tidy(str(key)): value for key, value in raw.items()}
    if raw.get("offence") is not None:
        _named(raw)
    if raw.get("act") is not None:
        raw["act"] = _act(str(raw["act"]))
    if (raw.get("offence") is None) == (raw.get("act") is None):
        raise BadReportError("An offence needs either a class (or code) or an act.", mend="Write `offence:` or `act:`.")
    details = _mapping(raw.get("details"), "details")
    for key in [key for key in raw if key not in _OFFENCE_FIELDS]:
        details[key] = raw.pop(key)
    raw["details"] = normal_facts(details, _detail_rules(raw.get("act") or ""))
    return raw


@functools.cache
def _detail_rules(act: str) -> dict[str, list[FactRule]]:
    """The facts an offence entry may give: those of every table, with the act's own table speaking first."""
    own = acts()[act].facts if act in acts() else {}
    plain = {name: [_YES_NO] for name in ("weapon_used", "separate_evidence")}
    return fact_rules() | {name: [rule] for name, rule in own.items()} | plain


def _charge(entry: object) -> Raw:
    if isinstance(entry, str | int):
        return {"offence": str(entry)}
    if not isinstance(entry, Mapping):
        raise BadReportError("A charge is a class, or a mapping.", mend="Write `- offence: 5D`.")
    charge = {tidy(str(key)): value for key, value in entry.items()}
    charge["details"] = normal_facts(_mapping(charge.get("details"), "details"), fact_rules())
    return charge


_YES_NO = FactRule("yes or no", "Yes or no?", ("no", "yes"))


def _named(raw: Raw) -> None:
    name = str(raw["offence"]).strip()
    if re.fullmatch(r".+\sattempt", name, re.IGNORECASE):
        raw["attempt"] = True
        name = name[: -len(" attempt")]
    alias = vocabulary().offences.get(name.lower())
    if alias is None:
        raw["offence"] = name
        return
    del raw["offence"]
    given = {key: value for key, value in alias.items() if key != "details"}
    aliased = alias.get("details")
    details = dict(aliased) if isinstance(aliased, Mapping) else {}
    raw.update(given)
    raw["details"] = details | _mapping(raw.get("details"), "details")


def _act(name: str) -> str:
    said = tidy(name).replace("_", "-")
    if said in acts():
        return said
    near = difflib.get_close_matches(said, acts(), n=3)
    mend = f"Did you mean {', '.join(near)}?" if near else f"Use one of: {', '.join(acts())}."
    raise BadReportError(f'"{name}" is not a kind of act.', mend=mend)


_TRUTHS = {
    "offences": ("attempt", "recorded"), "suspects": ("has_capacity",), "existing": ("dealt_with",),
    "": ("death", "reporter_told"),
}  # fmt: skip


def _truths(raw: Raw) -> None:
    """Where a plain yes or no is meant, the words are taken too."""
    for name, fields in _TRUTHS.items():
        held = raw if not name else raw.get(name)
        for one in held if isinstance(held, list) else [held]:
            if isinstance(one, dict):
                one.update({field: one[field] == "yes" for field in fields if one.get(field) in ("yes", "no")})


def _moments(raw: Raw) -> None:
    if raw.get("reported") is None:
        raise BadReportError("The report does not say when it was reported.", mend="Add `reported: 2026-04-10`.")
    for name in ("reported", "recorded"):
        if isinstance(raw.get(name), str):
            raw[name] = _moment(name, raw[name])
    if isinstance(raw["reported"], dt.datetime):
        raw["reported_at"], raw["reported"] = raw["reported"], raw["reported"].date()
    if isinstance(raw.get("recorded"), dt.date) and not isinstance(raw.get("recorded"), dt.datetime):
        raise BadReportError('"recorded" needs a time.', mend="Write `recorded: 2026-04-10 12:00`.")
    _dates(raw, "happened", raw)
    for offence in raw["offences"]:
        _dates(raw, "happened", offence)
    if isinstance(raw.get("existing"), Mapping):
        _dates(raw, "last_incident", raw["existing"])


def _dates(_raw: Raw, name: str, holder: Raw) -> None:
    value = holder.get(name)
    if isinstance(value, str):
        value = _moment(name, value)
    if isinstance(value, dt.datetime):
        value = value.date()
    if value is not None:
        holder[name] = value


def _moment(name: str, text: str) -> dt.date | dt.datetime:
    try:
        return dt.date.fromisoformat(text) if len(text) <= len("2026-04-10") else dt.datetime.fromisoformat(text)
    except ValueError as wrong:
        raise BadReportError(
            f'"{name}: {text}" is not a real date.', mend="Write 2026-04-10 or 2026-04-10 12:00."
        ) from wrong


def _words(raw: Raw) -> None:
    if isinstance(raw.get("relation"), str):
        said = tidy(raw["relation"])
        raw["relation"] = None if said == "unknown" else vocabulary().relations.get(said, said)
    flags = raw.get("flags")
    if isinstance(flags, Mapping):
        raw["flags"] = {tidy(str(key)): _flag(value) for key, value in flags.items()}
    for name in ("removal", "reclassification"):
        if isinstance(raw.get(name), Mapping):
            raw[name] = _checked(dict(raw[name]), fact_rules())
    if isinstance(raw.get("outcome"), Mapping):
        raw["outcome"] = _checked(dict(raw["outcome"]), {n: [r] for n, r in framework().facts.items()})
    incident = raw.get("incident")
    if isinstance(incident, str):
        incident = {"about": incident}
    if isinstance(incident, Mapping):
        raw["incident"] = _incident(dict(incident))


def _flag(value: object) -> object:
    plain = word(value)
    return (
        tuple(tidy(str(one)) for one in plain)
        if isinstance(plain, list | tuple)
        else tidy(plain)
        if isinstance(plain, str)
        else plain
    )


def _checked(check: Raw, rules: Mapping[str, list[FactRule]]) -> Raw:
    known = {"crime", "code", "chosen", "facts"}
    facts = _mapping(check.get("facts"), "facts")
    for key in [key for key in check if key not in known]:
        facts[key] = check.pop(key)
    if check.get("chosen") is not None:
        check["chosen"] = str(check["chosen"])
    check["facts"] = normal_facts(facts, rules)
    return check


def _incident(incident: Raw) -> Raw:
    details = _mapping(incident.get("details"), "details")
    for key in [key for key in incident if key not in ("about", "details", "qualifiers", "events")]:
        details[key] = incident.pop(key)
    if isinstance(incident.get("about"), str):
        incident["about"] = tidy(incident["about"])
    incident["details"] = {tidy(str(k)): tidy(v) if isinstance(v, str) else word(v) for k, v in details.items()}
    return incident


# --- checks ----------------------------------------------------------------------------------------------------------


def _check(report: Report) -> None:
    _check_days(report)
    if report.relation is not None and report.relation not in PARTNERS | FAMILY | OTHERS:
        known = ", ".join(sorted(PARTNERS | FAMILY | OTHERS))
        raise BadReportError(
            f'The relation "{report.relation}" is not one the rules know.', mend=f"Use one of: {known}."
        )
    _check_people("victim", report.victims)
    _check_people("suspect", report.suspects)
    victims, suspects = {one.id for one in report.victims}, {one.id for one in report.suspects}
    for offence in report.offences:
        _check_known("victim", offence.victims, victims)
        _check_known("suspect", offence.suspects, suspects)
        if offence.batch < 1 or (offence.units is not None and not 1 <= offence.units <= MAXIMUM_PEOPLE):
            raise BadReportError('"batch" and "units" are whole numbers from 1.', mend="Correct them.")
        if offence.happened is not None:
            _check_happened(report, offence.happened)


def _check_days(report: Report) -> None:
    if not EARLIEST <= report.report_day <= LATEST:
        raise BadReportError(f"The report cannot be of {report.report_day}.", mend="Correct the date of the report.")
    if report.happened is not None:
        _check_happened(report, report.happened)
    if report.recorded is not None and report.reported_at is not None:
        try:
            early = report.recorded < report.reported_at
        except TypeError as wrong:
            raise BadReportError(
                "One of the times has an offset and the other has none.", mend="Write both alike."
            ) from wrong
        if early:
            raise BadReportError("It cannot be recorded before it is reported.", mend="Correct one of the two times.")


def _check_happened(report: Report, day: dt.date) -> None:
    if day < EARLIEST:
        raise BadReportError(f"It cannot have happened on {day}.", mend="Correct the date.")
    if day > report.report_day:
        raise BadReportError(
            f"It cannot have happened on {day}, after it was reported on {report.report_day}.",
            mend="Correct one of the dates.",
        )


def _check_people(kind: str, people: tuple[Victim, ...] | tuple[Suspect, ...]) -> None:
    seen: set[str] = set()
    for one in people:
        if one.id in seen:
            raise BadReportError(f'The {kind} "{one.id}" is listed twice.', mend="Give each an id of its own.")
        seen.add(one.id)
        if not 1 <= one.count <= MAXIMUM_PEOPLE:
            raise BadReportError(
                f'The {kind} "{one.id}" has a count of {one.count}.', mend=f"Use 1 to {MAXIMUM_PEOPLE:,}."
            )
        if one.age is not None and not 0 <= one.age <= OLDEST:
            raise BadReportError(f'The {kind} "{one.id}" cannot be {one.age} years old.', mend=f"Use 0 to {OLDEST}.")


def _check_known(kind: str, named: tuple[str, ...] | None, known: set[str]) -> None:
    for name in named or ():
        if name not in known:
            raise BadReportError(
                f'An offence names the {kind} "{name}", who is not listed.',
                mend=f"List the {kind}, or correct the name.",
            )


def as_at(report: Report, day: dt.date) -> Report:
    """The same report as if it had come in on `day`. Raises BadReportError when it had not happened by then."""
    moved = msgspec.structs.replace(report, reported=day, reported_at=None, recorded=None)
    _check(moved)
    return moved
