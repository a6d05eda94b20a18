"""What later areas put on the page of an incident: their actions and their panels. Control knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from iops.control.models import Incident
from iops.foundation.models import User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.web.forms import Form

Act = Callable[[Incident, dict[str, Any], User], str]
"""Calls one service for an incident with what was typed, and returns what to tell the person when it is done."""


@dataclass(frozen=True)
class Action:
    """One small form on the page of an incident that calls one service.

    `name` stands in its address; `meets` names the facts it can bring, so that a duty can point to what would meet it.
    """

    name: str
    title: str
    form: type[Form]
    act: Act
    button: str
    meets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Panel:
    """One part of the page of an incident: a template and what it needs, in the order of `order`.

    `links` are the headings it brings, each an id and its words, for the list of what is on the page.
    """

    order: int
    template: str
    links: tuple[tuple[str, str], ...]
    context: Callable[[Incident, User], Mapping[str, object]] = field(default=lambda *_: {})


_actions: dict[str, Action] = {}
_panels: list[Panel] = []


def register(*actions: Action, panels: tuple[Panel, ...] = ()) -> None:
    """An area adds its actions and panels (called once, when the area is made ready)."""
    _actions.update({a.name: a for a in actions})
    _panels.extend(p for p in panels if p not in _panels)
    _panels.sort(key=lambda p: p.order)


def action(name: str) -> Action | None:
    """The action of this name."""
    return _actions.get(name)


def panels() -> tuple[Panel, ...]:
    """Every panel, in order."""
    return tuple(_panels)


def meeting(columns: frozenset[str]) -> Action | None:
    """The action that can bring one of these facts; None when no screen does."""
    return next((a for a in _actions.values() if a.meets & columns), None)
