"""What parts of the area put on the page of a crime: their acts and their sections. The page knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from iops.crime.models import Crime
from iops.foundation.models import User
from iops.web.forms import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

Run = Callable[[Crime, Any, User], str]
"""Calls one verb for a crime with a valid form, and returns what to tell the person when it is done."""
Act = tuple[type[Form], Run]


@dataclass(frozen=True)
class Section:
    """One part of the page of a crime, in the order of `place`: a template, and what it needs of this crime.

    The page's own parts are plan (10), log (20), what the victim was told (30), reviews (40), linked crimes (50)
    and class and removal (60); they come first.
    The template calls `act(name, title, words)` for the acts its part brings, and finds what was loaded as `part`.
    """

    place: int
    template: str
    load: Callable[[Crime, User], Mapping[str, object]] = field(default=lambda *_: {})


_acts: dict[str, Act] = {}
_sections: list[Section] = []


def register(acts: Mapping[str, Act], *sections: Section) -> None:
    """Add acts, each by the word in its address, and sections (called once, when the area is made ready)."""
    _acts.update(acts)
    _sections.extend(one for one in sections if one not in _sections)
    _sections.sort(key=lambda one: one.place)


def acts() -> Mapping[str, Act]:
    """Every act that was added, by its word."""
    return _acts


def sections() -> tuple[Section, ...]:
    """Every section that was added, in order."""
    return tuple(_sections)
