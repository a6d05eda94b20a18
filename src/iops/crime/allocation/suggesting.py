"""To whom a crime may go: a pure order of officers, each with the reasons for their place in plain words.

The order is total, and the same for the same facts: first who lacks fewest of the skills asked for; then who is not
full; who holds a crime of the same people; who works in the district; who is not known to be off shift; who has least
work; and last by number. Work counts nowhere but against: all else equal, more of it never brings anybody forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iops.crime.allocation.rules import Rules, Skill

ORDER = (
    "the skills asked for",
    "not full",
    "holds a crime of the same people",
    "works in the district",
    "on shift, where that is known",
    "least work",
)
"""What the order goes by, in words, the first first."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody to whom a crime may go.

    `held` counts their open crimes by seriousness; `same_people` names crimes they hold of the same victim or suspect,
    or that were linked; `on_shift` is None where no shift is known; `tie` says why they may not own it, empty for none.
    """

    id: int
    name: str
    skills: frozenset[str] = frozenset()
    held: tuple[tuple[int, int], ...] = ()
    same_people: tuple[str, ...] = ()
    in_district: bool = False
    on_shift: bool | None = None
    tie: str = ""

    def points(self, rules: Rules) -> int:
        """What they hold, weighed by how serious each crime is."""
        return sum(rules.points[grade] * number for grade, number in self.held)


@dataclass(frozen=True, slots=True)
class Suggested:
    """One officer with their place (from 1), what their work weighs, and the reasons in plain words."""

    place: int
    officer: Officer
    points: int
    lacks: tuple[Skill, ...]
    reasons: tuple[str, ...]

    @property
    def said(self) -> str:
        """The reasons in one sentence."""
        return "; ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Who may own a crime, the first first; and how many are left out because of a tie to somebody in it."""

    needed: tuple[Skill, ...]
    officers: tuple[Suggested, ...]
    tied: int

    def of(self, user_id: int | None) -> Suggested | None:
        """Where somebody stands in it; None for one who is not in it."""
        return next((one for one in self.officers if one.officer.id == user_id), None)


def suggest(needed: Sequence[Skill], officers: Iterable[Officer], rules: Rules, most: int | None = None) -> Suggestion:
    """Order officers for a crime that asks for `needed`; nobody with a tie to somebody in it is in the answer.

    `most` leaves out all but the first so many.
    """
    everybody = {one.id: one for one in officers}.values()
    free = [one for one in everybody if not one.tie]
    ordered = sorted(free, key=lambda one: order_key(needed, one, rules))
    told = tuple(_told(place, needed, one, rules) for place, one in enumerate(ordered[:most], 1))
    return Suggestion(tuple(needed), told, len(everybody) - len(free))


def order_key(needed: Sequence[Skill], one: Officer, rules: Rules) -> tuple[int, bool, bool, bool, bool, int, int]:
    """What an officer is ordered by; see the module."""
    points = one.points(rules)
    return (
        len(_lacking(needed, one)),
        points >= rules.full,
        not one.same_people,
        not one.in_district,
        one.on_shift is False,
        points,
        one.id,
    )


def _lacking(needed: Sequence[Skill], one: Officer) -> tuple[Skill, ...]:
    return tuple(skill for skill in needed if skill.code not in one.skills)


def _told(place: int, needed: Sequence[Skill], one: Officer, rules: Rules) -> Suggested:
    lacks = _lacking(needed, one)
    reasons = [skill.title for skill in needed if skill not in lacks]
    reasons += [f"not {skill.title}" for skill in lacks]
    if one.same_people:
        reasons.append(f"holds {' and '.join(one.same_people)} of the same people")
    reasons.append("works in this district" if one.in_district else "works in another district")
    if one.on_shift is not None:
        reasons.append("on shift now" if one.on_shift else "off shift now")
    reasons.append(_work(one, rules))
    return Suggested(place, one, one.points(rules), lacks, tuple(reasons))


def _work(one: Officer, rules: Rules) -> str:
    number, points = sum(n for _, n in one.held), one.points(rules)
    if not number:
        return "holds no open crime"
    full = f", full from {rules.full}" if points >= rules.full else ""
    return f"holds {number} open crime{'s' if number > 1 else ''}, weight {points}{full}"
