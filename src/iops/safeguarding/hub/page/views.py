"""The pages of the hub. They ask and show; nothing here changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from iops.foundation.paging import page_number
from iops.safeguarding.hub.page import selectors
from iops.safeguarding.hub.page.settings import hub_settings
from iops.safeguarding.hub.queues.selectors import waiting
from iops.safeguarding.models import AgencyKind, ReferralState
from iops.safeguarding.referrals.selectors import counts as referral_counts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User

OTHERS = (
    ("Triage queue, by floor and rank", "triage"),
    ("Alarms: referrals that do not come", "absence"),
    ("Alarms: queues that fill or lie unopened", "queue-alarms"),
    ("How well the ranking does", "ranking"),
    ("MARAC list", "scheme-marac"),
    ("Schemes: notices, disclosure, Encompass, conferences, MATAC, victims' rights", "scheme-notices"),
    ("Referrals", "referrals"),
    ("Vulnerability records", "vulnerabilities"),
    ("Feedback on handling", "feedback"),
)
"""The hub's other pages, by name; one that this installation does not have is left out."""


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


def _others() -> list[tuple[str, str]]:
    found = []
    for title, page in OTHERS:
        try:
            found.append((title, reverse(page)))
        except NoReverseMatch:
            continue
    return found


@require_GET
def hub(request: HttpRequest) -> HttpResponse:
    """What waits in safeguarding, how long, and who owns it."""
    viewer = _viewer(request)
    shown = selectors.hub(viewer)
    context = {
        "hub": shown,
        "alarms": waiting(),
        "told": hub_settings(),
        "titles": selectors.PEOPLE,
        "counts": referral_counts(viewer),
        "states": ReferralState.choices,
        "kinds": AgencyKind.choices,
        "others": _others(),
    }
    return render(request, "safeguarding/hub.html", context)


@require_GET
def counted(request: HttpRequest) -> HttpResponse:
    """How many come up again: a part of the hub's page that comes when it has been counted."""
    people = selectors.counted_people(_viewer(request))
    context = {"people": people, "told": hub_settings(), "titles": selectors.PEOPLE}
    return render(request, "safeguarding/hub_counted.html", context)


@require_GET
def queue(request: HttpRequest, code: str) -> HttpResponse:
    """One queue, the riskiest first, of these the earliest due."""
    found, at, page = selectors.queue(code, page_number(request.GET.get("page")), _viewer(request))
    return render(request, "safeguarding/hub_queue.html", {"queue": found, "at": at, "page": page})


@require_GET
def people(request: HttpRequest, which: str) -> HttpResponse:
    """High-risk pairs, repeat victims, or serial perpetrators, with what makes each of them so."""
    page = selectors.people(which, page_number(request.GET.get("page")), _viewer(request))
    title = selectors.PEOPLE[which]
    context = {"which": which, "title": title, "page": page, "told": hub_settings()}
    return render(request, "safeguarding/hub_people.html", context)
