"""The flags a crime or incident must carry (CRR2026 pp26-31). A flag is set on what is told; nothing is inferred."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.rulebook.classes import ROOT, sources
from iops.rulebook.classify import FAMILY, PARTNERS
from iops.rulebook.library import class_lists, table
from iops.rulebook.shapes import Node, citations
from iops.rulebook.strict_yaml import read_file
from iops.rulebook.tables import Fact, Hit, UnknownFactError, decide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from iops.rulebook.counting.disclosed import Disclosed
    from iops.rulebook.report import Report

FILE = "home_office/flags/hate.yaml"
TABLES = {
    "flag-metal-theft": "metal",
    "flag-corrosive": "corrosive",
    "flag-child-sexual": "child_sexual",
    "flag-spiking": "spiking",
    "flag-online": "online",
    "flag-alcohol": "alcohol",
    "flag-honour": "honour",
}
VIOLENT = frozenset({"Violence against the person", "Robbery"})


@dataclass(frozen=True, slots=True)
class Hate:
    """The hate strands and the religions that may be targeted."""

    strands: tuple[str, ...]
    religions: tuple[str, ...]
    cite: tuple[str, ...]


@functools.cache
def hate() -> Hate:
    """The hate strands."""
    value, lines = read_file(ROOT / FILE, shown_as=FILE)
    node = Node(value, lines).child("hate").keys(("cite", "says", "strands", "religions", "unsure"))
    return Hate(
        node.child("strands").texts(), node.child("religions").texts(), citations(node.child("cite"), sources())
    )


def flags_for(report: Report, offences: Sequence[Disclosed]) -> tuple[str, ...]:
    """The flags that what is told makes due. Raises UnknownFactError for a strand or religion that does not exist."""
    found: dict[str, None] = dict.fromkeys(_hate(report.flags))
    told = _told(report, offences)
    for name, fact in TABLES.items():
        if told.get(fact) is not None:
            found |= dict.fromkeys(_set_by(name, told))
    if report.relation is not None or "connected" in report.flags:
        for victim, suspect in ((v.age, s.age) for v in report.victims for s in report.suspects):
            found |= dict.fromkeys(
                _set_by("flag-domestic-abuse", told | {"victim_age": victim, "suspect_age": suspect})
            )
    return tuple(found)


def _set_by(name: str, told: Mapping[str, Fact | None]) -> tuple[str, ...]:
    answer = decide(table(name), told)
    if not isinstance(answer, Hit) or answer.get("flag") != "yes":
        return ()
    given = answer.row.then.get("name", ())
    return (given,) if isinstance(given, str) else given


def _told(report: Report, offences: Sequence[Disclosed]) -> dict[str, Fact | None]:
    told: dict[str, Fact | None] = {name: value for name, value in report.flags.items() if isinstance(value, str | int)}
    told["reported"] = report.report_day.toordinal()
    told.setdefault("violence_or_robbery", "yes" if any(o.one.category in VIOLENT for o in offences) else "no")
    if any(o.source.act == "spiking" for o in offences):
        told.setdefault("spiking", "yes")
    codes = class_lists()["always_honour_based"].codes
    if any(o.code in codes for o in offences):
        told["honour"] = "yes"
    if report.relation is not None:
        told.setdefault("connected", "yes" if report.relation in PARTNERS | FAMILY else "no")
    return told


def _hate(flags: Mapping[str, object]) -> list[str]:
    strands = flags.get("hate", ())
    given = tuple(strands) if isinstance(strands, tuple | list) else (str(strands),)
    for strand in given:
        if strand not in hate().strands:
            raise UnknownFactError(
                f'"{strand}" is not a hate strand.', mend=f"Use one of: {', '.join(hate().strands)}."
            )
    found = [f"hate: {strand}" for strand in given]
    religion = flags.get("targeted_religion")
    if "religion" in given:
        found.append(f"religion: {_religion(religion)}")
    return found


def _religion(given: object) -> str:
    if given is None:
        return "unknown"
    match = next((name for name in hate().religions if name.lower() == str(given).lower()), None)
    if match is None:
        raise UnknownFactError(
            f'"{given}" is not one of the religions.', mend=f"Use one of: {', '.join(hate().religions)}."
        )
    return match
