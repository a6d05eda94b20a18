"""The national category of an incident that is not a crime (NSIR 2011), and its qualifiers."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.rulebook.classes import ROOT, sources
from iops.rulebook.library import table
from iops.rulebook.shapes import Node, citations
from iops.rulebook.strict_yaml import read_file
from iops.rulebook.tables import Fact, UnknownFactError

if TYPE_CHECKING:
    from iops.rulebook.report import Incident
    from iops.rulebook.trail import Trail

FILE = "acpo/incident_recording/qualifiers.yaml"


@dataclass(frozen=True, slots=True)
class Qualifiers:
    """The qualifiers of NSIR 2011; `prejudice` maps a hate strand to its qualifier."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    prejudice: dict[str, str]
    cite: tuple[str, ...]


@functools.cache
def qualifiers() -> Qualifiers:
    """The list of qualifiers."""
    value, lines = read_file(ROOT / FILE, shown_as=FILE)
    node = Node(value, lines).child("qualifiers").keys(("cite", "required", "optional", "prejudice"))
    return Qualifiers(
        node.child("required").texts(),
        node.child("optional").texts(),
        {key: child.text() for key, child in node.child("prejudice").items()},
        citations(node.child("cite"), sources()),
    )


def categorise(incident: Incident, trail: Trail) -> str | None:
    """The category of an incident, or None with the questions on the trail. Raises UnknownFactError."""
    told: dict[str, Fact | None] = dict(incident.details)
    hit = trail.ask(table("incident-category"), told | {"about": incident.about})
    if incident.events > 1:
        trail.note(
            "single incident rule",
            "What begins after an event is finished is another incident, linked to it.",
            ("NSIR2011 1.5",),
        )
    return hit.get("category") if hit else None


def qualifiers_of(incident: Incident) -> tuple[str, ...]:
    """The qualifiers of an incident: those given, and prejudice perceived by anybody. Raises UnknownFactError."""
    known = qualifiers()
    found = dict.fromkeys(incident.qualifiers)
    prejudice = incident.details.get("prejudice")
    if prejudice is not None:
        if prejudice not in known.prejudice:
            raise UnknownFactError(
                f'"{prejudice}" is not a hate strand.', mend=f"Use one of: {', '.join(known.prejudice)}."
            )
        found[known.prejudice[str(prejudice)]] = None
    for name in found:
        if name not in (*known.required, *known.optional):
            raise UnknownFactError(
                f'"{name}" is not a qualifier of NSIR 2011.',
                mend=f"Use one of: {', '.join((*known.required, *known.optional))}.",
            )
    return tuple(found)
