"""The history of an incident as people read it: who changed what, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from iops.control.models import Incident
from iops.foundation.models import History, User

if TYPE_CHECKING:
    import datetime as dt

    from iops.control.selectors import IncidentDetail

MOST = 200
"""The newest changes shown on the page of an incident; the page says when there are more."""

DID = {"I": "added", "U": "changed", "D": "removed"}
THINGS = {"control_incident": "Incident", "control_grading": "Grading", "control_deployment": "Unit"}
NEVER_SHOWN = frozenset({"id"})


@dataclass(frozen=True)
class Change:
    """One change of the incident or of what stands on it. `fields` names what changed and what stood there before."""

    at: dt.datetime
    by: str
    what: str
    reason: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Changes:
    """The newest changes, and whether older ones are not shown."""

    shown: tuple[Change, ...]
    more: bool


def changes(detail: IncidentDetail) -> Changes:
    """The newest changes of an incident, its gradings and its units."""
    found = list(History.objects.filter(_of(detail)).order_by("-id")[: MOST + 1])
    names = dict(User.objects.filter(id__in={h.actor_id for h in found if h.actor_id}).values_list("id", "name"))
    after = _present(detail.incident)
    shown = []
    for entry in found[:MOST]:
        fields: tuple[tuple[str, str], ...] = ()
        if entry.table_name == "control_incident" and entry.before:
            fields, after = _differences(entry.before, after), entry.before
        what = f"{THINGS.get(entry.table_name, entry.table_name)} {DID.get(entry.op, entry.op)}"
        by = names.get(entry.actor_id, "the system") if entry.actor_id else "the system"
        shown.append(Change(entry.at, by, what, entry.reason or "", fields))
    return Changes(tuple(shown), len(found) > MOST)


def _of(detail: IncidentDetail) -> Q:
    return (
        Q(table_name="control_incident", row_id=detail.incident.id)
        | Q(table_name="control_grading", row_id__in=[g.id for g in detail.gradings])
        | Q(table_name="control_deployment", row_id__in=[d.id for d in detail.deployments])
    )


def _present(incident: Incident) -> dict[str, object]:
    return {f.attname: getattr(incident, f.attname) for f in Incident._meta.concrete_fields}


def _differences(before: dict[str, object], after: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """Which columns differ, with what stood in them before."""
    return tuple(
        (_named(name), _said(before.get(name)))
        for name in before
        if name not in NEVER_SHOWN and _said(before.get(name)) != _said(after.get(name))
    )


def _named(column: str) -> str:
    return column.removesuffix("_id").replace("_", " ")


def _said(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
