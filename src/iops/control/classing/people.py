"""Reads what is known of an incident for the definition and for suggestions: as the viewer sees it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from iops.control.classing import editions
from iops.control.classing.domestic import Born, Involved, Relation, Told
from iops.control.models import Classing, Incident
from iops.foundation import clock
from iops.pole.models import Birth, Identity, Link, Person, WarningMarker
from iops.web.words import LONDON

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from iops.control.classing.editions import Category, Edition


@dataclass(frozen=True)
class Known:
    """What is known of an incident: day, classing so far, people and their relations, things, warnings, text."""

    incident: Incident
    day: dt.date
    edition: Edition
    classing: Classing | None
    category: Category | None
    told: Told
    items: frozenset[str]
    markers: frozenset[str]
    text: str


def day_of(incident: Incident) -> dt.date:
    """The local day of the report: it chooses editions and definitions, and ages are counted on it."""
    return incident.reported_at.astimezone(LONDON).date()


def latest_classing(incident_id: int) -> Classing | None:
    """The classing that counts; None before there is one."""
    return Classing.objects.filter(incident_id=incident_id).order_by("-at", "-id").first()


def category_of(incident: Incident, classing: Classing | None, edition: Edition) -> Category | None:
    """The category of an incident: of its latest classing, else the one its opening words name."""
    if classing is not None:
        of = editions.edition(classing.edition) or edition
        return of.categories.get(classing.category)
    return edition.titled(incident.category) if incident.category else None


def known_of(incident: Incident) -> Known:
    """Everything that is known of an incident for classing it. A fixed number of statements."""
    day = day_of(incident)
    edition = editions.edition_on(day)
    classing = latest_classing(incident.id)
    category = category_of(incident, classing, edition)
    links = list(Link.objects.filter(to_kind="incident", to_id=incident.id, withdrawn_at=None))
    nominals = {link.from_id for link in links if link.from_kind == "person"}
    lead, cluster = _clusters(nominals)
    told = Told(
        day=day,
        people=_people(links, lead, cluster),
        relations=_relations(cluster, lead),
        behaviours=frozenset(classing.behaviours) if classing else frozenset(),
        # The database judges by what was classed alone: opening words are not a judgement.
        between=incident.crime_reported or bool(classing and category and category.between),
        domestic=bool(classing and category and category.domestic),
    )
    return Known(
        incident,
        day,
        edition,
        classing,
        category,
        told,
        frozenset(link.role for link in links if link.from_kind == "item"),
        _markers(cluster, [link.from_id for link in links if link.from_kind == "location"]),
        _text(incident),
    )


def _clusters(nominals: set[int]) -> tuple[dict[int, int], set[int]]:
    """The lead of each nominal, and all nominals of the same people."""
    leads = dict(Identity.objects.filter(person_id__in=nominals).values_list("person_id", "lead_id"))
    lead = {one: leads.get(one, one) for one in nominals}
    lead |= dict(Identity.objects.filter(lead_id__in=set(leads.values())).values_list("person_id", "lead_id"))
    return lead, set(lead)


def _people(links: Iterable[Link], lead: dict[int, int], cluster: set[int]) -> tuple[Involved, ...]:
    roles: dict[int, set[str]] = defaultdict(set)
    for link in links:
        if link.from_kind == "person":
            roles[lead[link.from_id]].add(link.role)
    names = dict(Person.objects.filter(id__in=cluster).values_list("id", "name"))
    births: dict[int, list[Born]] = defaultdict(list)
    for birth in Birth.objects.filter(person_id__in=cluster, withdrawn_at=None).order_by("id"):
        births[lead[birth.person_id]].append(Born(birth.earliest, birth.latest))
    said = {of: names[one] for one, of in sorted(lead.items(), reverse=True) if one in names}
    return tuple(
        Involved(of, said.get(of, "somebody"), frozenset(roles[of]), tuple(births[of])) for of in sorted(roles)
    )


def _relations(cluster: set[int], lead: dict[int, int]) -> tuple[Relation, ...]:
    found = list(
        Link.objects.filter(Q(from_id__in=cluster) | Q(to_id__in=cluster), from_kind="person", to_kind="person")
        .filter(withdrawn_at=None)
        .order_by("id")
        .values_list("from_id", "role", "to_id")
    )
    outside = {p for one, _, other in found for p in (one, other)} - set(lead)
    of = lead | dict(Identity.objects.filter(person_id__in=outside).values_list("person_id", "lead_id"))
    return tuple(Relation(of.get(one, one), role, of.get(other, other)) for one, role, other in found)


def _markers(people: set[int], places: list[int]) -> frozenset[str]:
    today = clock.today()
    standing = WarningMarker.objects.filter(ended_at=None).filter(Q(person_id__in=people) | Q(location_id__in=places))
    return frozenset(
        standing.filter(Q(expires_on=None) | Q(expires_on__gte=today)).values_list("kind", flat=True).distinct()
    )


def _text(incident: Incident) -> str:
    """What was told, with the log, in the order of time."""
    lines = incident.log.order_by("at", "id").values_list("text", flat=True)
    return "\n".join((incident.what, *lines))
