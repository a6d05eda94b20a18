"""What exchange puts on the page of an incident that a partner handed over: who did, and a word back to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.control.panels import Action, Panel, register
from iops.exchange.forms import SayForm
from iops.exchange.inbound import selectors, services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.foundation.models import User


def _say(incident: Incident, typed: dict[str, Any], by: User) -> str:
    services.tell_partner(incident.id, typed["text"], by)
    return "The partner is told."


def _panel(incident: Incident, _: User) -> Mapping[str, object]:
    """The partners of the incident; the action is offered where there are some."""
    partners = selectors.partners_of(incident.id)
    return {"partners": partners, "actions": ["tell-partner"] if partners else []}


def ready() -> None:
    """Put them there."""
    register(
        Action("tell-partner", "Tell the partner", SayForm, _say, "Tell the partner"),
        panels=(Panel(90, "exchange/panel.html", (), _panel),),
    )
