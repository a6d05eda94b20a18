"""What the frame of every page shows: where one is, who one is, and whether the force is made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True)
class Place:
    """One entry of the main navigation; `covers` names the pages on which it is marked as the place one is at."""

    text: str
    page: str
    covers: frozenset[str]


PLACES = (
    Place("My worklist", "worklist", frozenset({"worklist"})),
    Place("New incident", "incident-new", frozenset({"incident-new"})),
    Place("Incidents", "incidents", frozenset({"incidents", "incident", "incident-act"})),
    Place("What must be recorded?", "recording", frozenset({"recording"})),
    Place("Rulebook", "rulebook", frozenset({"rulebook", "rule"})),
    Place("Assurance", "assurance", frozenset({"assurance"})),
)


def frame(request: HttpRequest) -> dict[str, object]:
    """The names every template may use: `places`, `viewer` (None when signed out) and `made_up_force`."""
    user = getattr(request, "user", None)
    viewer = user if user is not None and user.is_authenticated else None
    made_up = bool(getattr(settings, "IOPS_MADE_UP", False)) or bool(getattr(viewer, "made_up", False))
    return {"viewer": viewer, "places": _places(request) if viewer else [], "made_up_force": made_up}


def _places(request: HttpRequest) -> list[dict[str, object]]:
    here = request.resolver_match.url_name if request.resolver_match else None
    shown = []
    for place in PLACES:
        try:
            shown.append({"text": place.text, "href": reverse(place.page), "current": here in place.covers})
        except NoReverseMatch:  # a page that this installation does not have
            continue
    return shown
