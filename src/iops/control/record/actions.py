"""The record on the page of an incident: correct a line, link, transfer, major incident. Each calls one service."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from iops.control.models import IncidentLink, LogEntry, MajorIncidentPart, Transfer
from iops.control.panels import Action, Panel, register
from iops.control.record import forms, linking, log, major, transfers
from iops.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from django.db.models import Q, QuerySet

    from iops.control.models import Incident
    from iops.foundation.models import User

Typed = dict[str, Any]


def own(rows: QuerySet[Any], target: int) -> int:
    """The id, if it is among the incident's own: an address must not reach into another one. Raises NotFoundError."""
    if not rows.filter(id=target).exists():
        raise NotFoundError("There is no such thing on this incident.")
    return target


def _correct(incident: Incident, typed: Typed, by: User) -> str:
    line = own(LogEntry.objects.filter(incident=incident), typed["target"])
    log.correct_log_entry(line, typed["text"], by, at=typed["at"])
    return "Corrected. The line that was wrong stays, marked as corrected."


def _link(incident: Incident, typed: Typed, by: User) -> str:
    made = linking.link_incidents(incident.id, typed["other"], typed["kind"], typed["reason"], by)
    return f"Linked to {made.other.reference}. Both keep their duties until a person answers them."


def _withdraw_link(incident: Incident, typed: Typed, by: User) -> str:
    linking.withdraw_link(own(IncidentLink.objects.filter(_either(incident)), typed["target"]), typed["reason"], by)
    return "The link is withdrawn."


def _either(incident: Incident) -> Q:
    from django.db.models import Q

    return Q(incident=incident) | Q(other=incident)


def _offer(incident: Incident, typed: Typed, by: User) -> str:
    if typed["district"]:
        made = transfers.offer_to_district(incident.id, int(typed["district"]), typed["reason"], by)
    else:
        made = transfers.offer_to_force(incident.id, typed["to_force"], typed["reason"], by)
    return f"Offered to {made.to}. It is ours, with its clocks running, until they accept it."


def _accept(incident: Incident, typed: Typed, by: User) -> str:
    found = own(Transfer.objects.filter(incident=incident), typed["target"])
    done = transfers.accept_transfer(found, by, accepted_name=typed["accepted_name"], reference=typed["reference"])
    return f"Accepted by {done.to}."


def _refuse(incident: Incident, typed: Typed, by: User) -> str:
    transfers.refuse_transfer(own(Transfer.objects.filter(incident=incident), typed["target"]), typed["reason"], by)
    return "Refused. The incident stays where it is."


def _withdraw(incident: Incident, typed: Typed, by: User) -> str:
    transfers.withdraw_transfer(own(Transfer.objects.filter(incident=incident), typed["target"]), typed["reason"], by)
    return "The offer is withdrawn."


def report(typed: Typed) -> major.Report:
    """A METHANE report as it was typed."""
    return major.Report(**{field.name: typed[field.name] for field in fields(major.Report)})


def _declare(incident: Incident, typed: Typed, by: User) -> str:
    return f"Major incident declared: {major.declare_major(incident.id, typed['name'], report(typed), by).name}."


def _add_to_major(incident: Incident, typed: Typed, by: User) -> str:
    return f"Part of {major.add_to_major(int(typed['major']), incident.id, by).major.name}."


def _take_off(incident: Incident, typed: Typed, by: User) -> str:
    part = own(MajorIncidentPart.objects.filter(incident=incident), typed["target"])
    return f"No longer part of {major.take_off_major(part, typed['reason'], by).major.name}."


def ready() -> None:
    """Put the record on the page."""
    register(
        Action("correct", "Correct a line", forms.Correct, _correct, "Add the correction"),
        Action("link", "Link to another incident", forms.Link, _link, "Link"),
        Action("withdraw-link", "Withdraw the link", forms.TargetWithReason, _withdraw_link, "Withdraw the link"),
        Action("transfer", "Transfer to a district or force", forms.Offer, _offer, "Offer it"),
        Action("accept-transfer", "Accept", forms.Accept, _accept, "Accept"),
        Action("refuse-transfer", "Refuse", forms.TargetWithReason, _refuse, "Refuse"),
        Action("withdraw-transfer", "Withdraw the offer", forms.TargetWithReason, _withdraw, "Withdraw the offer"),
        Action("declare-major", "Declare a major incident", forms.Declare, _declare, "Declare a major incident"),
        Action("add-to-major", "Add to a major incident", forms.AddToMajor, _add_to_major, "Add"),
        Action("leave-major", "Take off the major incident", forms.TargetWithReason, _take_off, "Take it off"),
        panels=(Panel(8, "control/record/ties.html", (("ties", "Linked and passed on"),)),),
    )
