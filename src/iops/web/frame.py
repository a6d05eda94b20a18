"""What the frame of every page shows: where one is, who one is, and whether the force is made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from iops.foundation.roles import Role

if TYPE_CHECKING:
    from django.http import HttpRequest

    from iops.foundation.models import User


@dataclass(frozen=True)
class Place:
    """One entry of the main navigation; `covers` names the pages on which it is marked as the place one is at.

    With `roles` it is shown to whoever holds one of them.
    """

    text: str
    page: str
    covers: frozenset[str]
    roles: frozenset[Role] = frozenset()


PARTNERS = frozenset({Role.CALL_HANDLER, Role.DISPATCHER, Role.SERGEANT, Role.INSPECTOR, Role.ADMINISTRATOR})
HUB = frozenset({Role.SAFEGUARDING, Role.SERGEANT, Role.INSPECTOR, Role.DETECTIVE, Role.REVIEWER, Role.ANALYST})
REGISTRAR = frozenset({Role.REGISTRAR, Role.REVIEWER, Role.INSPECTOR, Role.ANALYST, Role.PANEL})
SCHEMES = frozenset(
    f"scheme-{code}"
    for code in (
        "new", "notices", "disclosure", "marac", "marac-actions", "encompass", "child-protection", "matac", "victims",
    )
)  # fmt: skip
SERIES = ("series", "series-one", "series-act")
CRIMES = frozenset({"crimes", "crime", "crime-act", "completeness", "crimes-unallocated", "crimes-officers", *SERIES})
VICTIMS = frozenset({"victims", "victim", "victim-act", "victim-write", "victim-letter"})
PROPERTY = frozenset({"property", "property-stores", "property-store", "exhibit", "exhibit-act"})
OF_THE_HUB = SCHEMES | {"hub", "hub-queue", "hub-people", "triage", "ranking", "absence", "absence-answer"}
PLACES = (
    Place("My worklist", "worklist", frozenset({"worklist"})),
    Place("Board", "board", frozenset({"board", "board-job", "board-act"})),
    Place("My job", "my-job", frozenset({"my-job"})),
    Place("New incident", "incident-new", frozenset({"incident-new"})),
    Place("Contacts", "contacts", frozenset({"contacts", "contact", "contact-act", "contact-take", "caller-notes"})),
    Place("Search", "pole:search", frozenset({"search"})),
    Place("Incidents", "incidents", frozenset({"incidents", "incident", "incident-act"})),
    Place("Crimes", "crimes", CRIMES),
    Place("Victims", "victims", VICTIMS),
    Place("Property", "property", PROPERTY),
    Place("Wanted", "wanted", frozenset({"wanted"})),
    Place("Closures", "closures", frozenset({"closures"})),
    Place("Handover", "handover", frozenset({"handover", "handover-desk", "handover-act"})),
    Place("Hub", "hub", OF_THE_HUB, HUB),
    Place("Referrals", "referrals", frozenset({"referrals", "referral", "referral-act", "referral-new"})),
    Place("Feedback", "feedback", frozenset({"feedback", "feedback-read", "handling-review"})),
    Place("Vulnerability", "vulnerabilities", frozenset({"vulnerabilities", "vulnerability", "vulnerability-act"})),
    Place("Duplicates", "pole:duplicates", frozenset({"duplicates", "merge-with"})),
    Place("What must be recorded?", "recording", frozenset({"recording"})),
    Place(
        "Partners", "exchange:messages", frozenset({"messages", "subscriptions", "subscription", "tokens"}), PARTNERS
    ),
    Place("Registrar", "registrar", frozenset({"registrar", "suspicions", "audit", "audit-item"}), REGISTRAR),
    Place("Rulebook", "rulebook", frozenset({"rulebook", "rule"})),
    Place("Assurance", "assurance", frozenset({"assurance"})),
)


def frame(request: HttpRequest) -> dict[str, object]:
    """The names every template may use: `places`, `viewer` (None when signed out), `made_up_force`, `search_page`."""
    user = getattr(request, "user", None)
    viewer = user if user is not None and user.is_authenticated else None
    made_up = bool(getattr(settings, "IOPS_MADE_UP", False)) or bool(getattr(viewer, "made_up", False))
    places = _places(request, viewer) if viewer else []
    return {"viewer": viewer, "places": places, "made_up_force": made_up, "search_page": _search_page(request)}


def _search_page(request: HttpRequest) -> str:
    """The address of the one search, for the box at the top of every page but its own; "" where there is none."""
    if request.resolver_match and request.resolver_match.url_name == "search":
        return ""
    try:
        return reverse("pole:search")
    except NoReverseMatch:
        return ""


def _places(request: HttpRequest, viewer: User) -> list[dict[str, object]]:
    here = request.resolver_match.url_name if request.resolver_match else None
    shown = []
    for place in PLACES:
        if place.roles and not viewer.holds(place.roles):
            continue
        try:
            shown.append({"text": place.text, "href": reverse(place.page), "current": here in place.covers})
        except NoReverseMatch:  # a page that this installation does not have
            continue
    return shown
