"""The history of an incident as people read it: who changed what, when and why."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from django.db import connection

from iops.control.models import Incident
from iops.foundation.models import User
from iops.web import words

if TYPE_CHECKING:
    from iops.control.selectors import IncidentDetail

MOST = 200
"""The newest changes shown on the page of an incident; the page says when there are more."""

WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$")
DID = {"I": "added", "U": "changed", "D": "removed"}
THINGS = {
    "control_incident": "Incident",
    "control_grading": "Grading",
    "control_deployment": "Unit",
    "control_thrive": "THRIVE",
    "control_gradeproposal": "Proposal of a slower grade",
    "control_classing": "Classing",
    "control_domesticdecision": "Decision on the domestic mark",
    "control_closing": "Closing",
}
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
    found = _entries(detail.incident.id)
    names = dict(User.objects.filter(id__in={e.actor_id for e in found if e.actor_id}).values_list("id", "name"))
    after = _present(detail.incident)
    shown = []
    for entry in found[:MOST]:
        differences: tuple[tuple[str, str], ...] = ()
        if entry.table_name == "control_incident" and entry.before:
            differences, after = _differences(entry.before, after), entry.before
        what = f"{THINGS.get(entry.table_name, entry.table_name)} {DID.get(entry.op, entry.op)}"
        by = names.get(entry.actor_id, "the system") if entry.actor_id else "the system"
        shown.append(Change(entry.at, by, what, entry.reason or "", differences))
    return Changes(tuple(shown), len(found) > MOST)


@dataclass(frozen=True)
class _Entry:
    """One row of history, as the database gives it."""

    id: int
    at: dt.datetime
    table_name: str
    op: str
    actor_id: int | None
    reason: str | None
    before: dict[str, object] | None


def _entries(incident_id: int) -> list[_Entry]:
    names = [f.name for f in fields(_Entry)]
    with connection.cursor() as cursor:
        cursor.execute("select * from iops.incident_changes(%s, %s)", [incident_id, MOST + 1])
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_Entry(**row | {"before": _read(row["before"])}) for row in rows]


def _read(before: object) -> object:
    """Django's connection gives jsonb as text."""
    return json.loads(before) if isinstance(before, str) else before


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
    moment = _moment(value)
    return words.moment(moment) if moment else str(value)


def _moment(value: object) -> dt.datetime | None:
    """A moment, as a column holds it or as history wrote it; None for anything else."""
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and WRITTEN.match(value):
        return dt.datetime.fromisoformat(value)
    return None
