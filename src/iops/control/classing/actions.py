"""Classing on the page of an incident: what it is, what is suggested and why, and what the definition says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.control.classing import services
from iops.control.classing.forms import Classify
from iops.control.classing.selectors import class_on
from iops.control.forms import Reason
from iops.control.panels import Action, Panel, register

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.foundation.models import User


def _classify(incident: Incident, typed: dict[str, Any], by: User) -> str:
    services.classify(
        incident.id,
        typed["category"],
        typed["qualifiers"],
        by,
        behaviours=typed["behaviours"],
        declined=typed["declined"],
        reason=typed["reason"],
    )
    return "Classed."


def _not_domestic(incident: Incident, typed: dict[str, Any], by: User) -> str:
    services.decide_not_domestic(incident.id, typed["reason"], by)
    return "Decided: it is not domestic abuse."


def _panel(incident: Incident, _viewer: User) -> Mapping[str, object]:
    return {"found": class_on(incident)}


def ready() -> None:
    """Put classing on the page."""
    register(
        Action("classify", "Say what it is", Classify, _classify, "Save what it is", frozenset({"da_decided_at"})),
        Action(
            "decide-not-domestic", "Decide that it is not domestic abuse", Reason, _not_domestic, "Save the decision"
        ),
        panels=(Panel(6, "control/classing.html", (("classing", "What it is"),), _panel),),
    )
