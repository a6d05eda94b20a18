"""The parts of a court file, taken from what is on record of a crime: nobody types anything again.

The forms are data under our own names; which printed form of the prosecution manual a part answers to is said in
`FORMS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.crime.models import Charge, Exhibit, Hearing
from iops.crime.recorded.finding import class_of, owner_of
from iops.pole.models import Link, Person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.crime.models import Crime, UnusedMaterial

FORMS = {
    "forms/charges.json": "MG4",
    "forms/case_summary.json": "MG5",
    "forms/witnesses.json": "MG9",
    "forms/exhibits.json": "MG12",
    "disclosure/non_sensitive.json": "MG6C",
    "disclosure/sensitive.json": "MG6D",
}
"""Which form of the national file standard each part carries the data of."""


def parts_of(crime: Crime) -> dict[str, Any]:
    """Every part of the file of a crime; what is sensitive stands in a schedule of its own."""
    unused = list(crime.unused_material.select_related("by").order_by("id"))
    parts: dict[str, Any] = {
        "case.json": _case(crime),
        "forms/charges.json": _charges(crime),
        "forms/case_summary.json": _summary(crime),
        "forms/witnesses.json": _people(crime, ("victim", "aggrieved", "witness")),
        "forms/exhibits.json": _exhibits(crime),
        "disclosure/non_sensitive.json": [_item(n, u) for n, u in enumerate(unused, 1) if not u.sensitive],
        "disclosure/sensitive.json": [_item(n, u) for n, u in enumerate(unused, 1) if u.sensitive],
        "investigation/log.json": _log(crime),
        "investigation/actions.json": _actions(crime),
    }
    return parts | {"documents.json": _index(parts)}


def _index(parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"number": n, "part": name, "form": FORMS.get(name, ""), "lines": len(parts[name])}
        for n, name in enumerate(sorted(parts), 1)
    ]


def _case(crime: Crime) -> dict[str, Any]:
    now, owner = class_of(crime), owner_of(crime)
    who = (owner.user.name if owner.user else owner.team.name if owner.team else "") if owner else ""
    return {
        "crime": crime.reference,
        "incident": crime.incident.reference,
        "class": now.name,
        "code": now.code,
        "attempted": crime.attempted,
        "committed_from": crime.committed_from.isoformat(),
        "committed_to": crime.committed_to.isoformat(),
        "reported_at": crime.reported_at.isoformat(),
        "officer_in_the_case": who,
        "made_up": crime.made_up,
    }


def _charges(crime: Crime) -> list[dict[str, Any]]:
    hearings = {h.charge_id: h for h in Hearing.objects.filter(crime=crime).order_by("id")}
    return [
        {
            "person": c.person.name,
            "offences": c.offences,
            "decided_by": c.decided_by,
            "decision": c.authority_words,
            "charged_at": c.at.isoformat(),
            "remanded": c.remanded,
            "court": hearings[c.id].court if c.id in hearings else "",
            "hearing_on": hearings[c.id].held_on.isoformat() if c.id in hearings else "",
        }
        for c in Charge.objects.filter(crime=crime).select_related("person").order_by("id")
    ]


def _summary(crime: Crime) -> dict[str, Any]:
    return {
        "what": crime.incident.what,
        "where": crime.incident.where,
        "reported_at": crime.reported_at.isoformat(),
        "suspects": _people(crime, ("suspect", "offender")),
    }


def _people(crime: Crime, roles: tuple[str, ...]) -> list[dict[str, str]]:
    """People by name and role alone: no address goes with a file."""
    links = Link.objects.filter(
        to_kind="crime", to_id=crime.id, from_kind="person", role__in=roles, withdrawn_at=None
    ).order_by("id")
    names = dict(Person.objects.filter(id__in=[x.from_id for x in links]).values_list("id", "name"))
    return [{"name": names[x.from_id], "role": x.role} for x in links if x.from_id in names]


def _exhibits(crime: Crime) -> list[dict[str, str]]:
    found = Exhibit.objects.filter(crime=crime).select_related("seized_by").order_by("id")
    return [
        {
            "reference": e.reference,
            "mark": e.mark,
            "description": e.description,
            "seized_at": e.seized_at.isoformat(),
            "seized_by": e.seized_by.name,
        }
        for e in found
    ]


def _item(number: int, item: UnusedMaterial) -> dict[str, Any]:
    return {
        "number": number,
        "description": item.description,
        "where_kept": item.where_kept,
        "sensitive": item.sensitive,
        "sensitive_because": item.sensitive_because,
        "may_undermine_or_assist": item.may_assist,
        "scheduled_by": item.by.name,
    }


def _log(crime: Crime) -> list[dict[str, str]]:
    found = crime.log.select_related("by").order_by("id")
    return [{"at": x.at.isoformat(), "by": x.by.name if x.by else "", "text": x.text} for x in found]


def _actions(crime: Crime) -> list[dict[str, str]]:
    found = crime.actions.select_related("result").order_by("id")
    return [{"what": a.what, "result": a.result.text if hasattr(a, "result") else ""} for a in found]
