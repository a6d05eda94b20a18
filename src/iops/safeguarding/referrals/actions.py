"""Referrals on the page of an incident: the panel, and the must-not-receive list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from iops.control.panels import Action, Panel, register
from iops.foundation.errors import NotFoundError
from iops.safeguarding.models import SharingBar
from iops.safeguarding.referrals import forms, selectors, services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.foundation.models import User


def _bar(incident: Incident, typed: dict[str, Any], by: User) -> str:
    services.bar(incident.id, typed["kind"], typed["value"], typed["reason"], by)
    return "On the must-not-receive list."


def own_bar(incident: Incident, bar_id: int) -> int:
    """The entry, if it is this incident's: an address must not reach into another one."""
    if not SharingBar.objects.filter(id=bar_id, incident=incident).exists():
        raise NotFoundError("There is no such entry on this incident.")
    return bar_id


def _lift(incident: Incident, typed: dict[str, Any], by: User) -> str:
    services.lift(own_bar(incident, typed["target"]), typed["reason"], by)
    return "Lifted."


def _panel(incident: Incident, viewer: User) -> Mapping[str, object]:
    return {
        "referrals": selectors.on_incident(incident.id, viewer),
        "new": reverse("referral-new", kwargs={"number": incident.number, "day": incident.day}),
        "actions": ("sharing-bar",),
    }


def ready() -> None:
    """Put referrals on the page of an incident."""
    register(
        Action("sharing-bar", "Keep something back", forms.Bar, _bar, "Put it on the list"),
        Action("sharing-lift", "Lift this entry", forms.Lift, _lift, "Lift it"),
        panels=(Panel(15, "safeguarding/referrals_panel.html", (("referrals", "Referrals"),), _panel),),
    )
