"""What is done from the board and from the phone of a crew: each calls one verb of dispatch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iops.control.board import forms
from iops.control.dispatch import services
from iops.control.forms import Target
from iops.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.control.models import Deployment
    from iops.foundation.models import User
    from iops.web.forms import Form

Typed = dict[str, Any]


@dataclass(frozen=True)
class Action:
    """One form beside the board: what may be typed, and the verb it calls; the words say what was done."""

    form: type[Form]
    act: Callable[[int, Typed, User], str]


def _assign(incident_id: int, typed: Typed, by: User) -> str:
    return f"{services.assign(incident_id, [typed['unit']], by)[0].unit} assigned."


def _divert(incident_id: int, typed: Typed, by: User) -> str:
    return f"{services.divert(typed['target'], incident_id, typed['reason'], by).unit} diverted to this incident."


def _read(incident_id: int, typed: Typed, by: User) -> str:  # noqa: ARG001 - the shape of an action
    if not typed["marker"]:
        raise NotFoundError("No warning was named.", mend="Reload the page.")
    read = services.read_markers(typed["target"], typed["marker"], by, reader_id=typed["reader"])
    return f"{len(read)} warnings read."


def _step(verb: Callable[[int, User], Deployment], said: str) -> Callable[[int, Typed, User], str]:
    def act(_incident_id: int, typed: Typed, by: User) -> str:
        return f"{verb(typed['target'], by).unit} {said}."

    return act


def _clear(incident_id: int, typed: Typed, by: User) -> str:  # noqa: ARG001 - the shape of an action
    return f"{services.clear(typed['target'], by, result=typed['result']).unit} is clear."


ACTIONS = {
    "assign": Action(forms.Send, _assign),
    "divert": Action(forms.Divert, _divert),
    "read": Action(forms.Read, _read),
    "acknowledge": Action(Target, _step(services.acknowledge, "has acknowledged")),
    "en-route": Action(Target, _step(services.en_route, "is en route")),
    "at-scene": Action(Target, _step(services.at_scene, "is at the scene")),
    "clear": Action(forms.Clear, _clear),
}
"""By the name that stands in the address."""
