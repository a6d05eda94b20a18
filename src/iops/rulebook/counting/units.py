"""How many crimes one class makes: its own counting unit, or one per victim (CRR2026 p12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.rulebook.classes import CrimeClass
    from iops.rulebook.report import Suspect, Victim

FAMILY_UNITS = frozenset({"household", "cycle_owner"})
FAMILY_CLASSES = frozenset({"40"})
GROUP_UNITS = frozenset({"offender_group", "incident", "making_off"})
OFFENDER_UNITS = frozenset({"offender", "driver"})


def unit_of(one: CrimeClass, override: str = "", *, has_victim: bool = True) -> str:
    """The counting unit that applies: an exception's own, the class's, or the general rule's."""
    if override:
        return override
    if one.unit and (has_victim or one.unit in GROUP_UNITS | OFFENDER_UNITS):
        return one.unit
    return "victim" if has_victim else "offender_group"


def counts_once(unit: str) -> bool:
    """Whether the unit is the offender's side, so that several victims do not multiply it."""
    return unit in GROUP_UNITS or unit in OFFENDER_UNITS


def says(one: CrimeClass, unit: str) -> str:
    """The unit in words."""
    if one.unit == unit and one.unit_says:
        return one.unit_says
    return "one per offender or group of offenders" if unit == "offender_group" else f"one per {unit.replace('_', ' ')}"


def number(one: CrimeClass, unit: str, victims: Sequence[Victim], suspects: Sequence[Suspect]) -> int:
    """How many crimes the unit makes for these victims and this group of suspects (at least one)."""
    people = sum(suspect.count for suspect in suspects) or 1
    if unit in OFFENDER_UNITS:
        return people
    if unit in GROUP_UNITS:
        return 1
    owners = _owners(one, unit, victims)
    return owners * people if unit == "penetrator" else owners


def _owners(one: CrimeClass, unit: str, victims: Sequence[Victim]) -> int:
    if unit not in FAMILY_UNITS and one.code not in FAMILY_CLASSES:
        return sum(victim.count for victim in victims) or 1
    alone = sum(victim.count for victim in victims if victim.household is None)
    return (alone + len({victim.household for victim in victims if victim.household is not None})) or 1
