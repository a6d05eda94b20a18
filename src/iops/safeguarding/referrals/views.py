"""The pages of referrals: drafting, one with its history, the list. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iops.control import selectors as control
from iops.control.forms import districts
from iops.foundation.errors import IopsError, NotFoundError
from iops.foundation.paging import page_number
from iops.safeguarding.models import AgencyKind, Delivery, Disclosure, ReferralState
from iops.safeguarding.referrals import forms, selectors, services
from iops.safeguarding.referrals.content import reference
from iops.safeguarding.referrals.states import found as find_referral
from iops.web.forms import Form

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest

    from iops.foundation.models import User

UNPROCESSABLE = 422


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, number: int, day: dt.date) -> HttpResponse:
    """Draft a referral out of an incident."""
    incident = control.by_reference(number, day)
    shown = {"person": request.GET.get("person", ""), "urgency": "routine"}
    asked = {"incident_id": incident.id, "district_id": incident.district_id}
    form = forms.NewReferral(request.POST or None, initial=shown, **asked)
    context = {"form": form, "incident": incident, "address": control.address(incident)}
    if request.method != "POST" or not form.is_valid():
        status = UNPROCESSABLE if request.method == "POST" else 200
        return render(request, "safeguarding/referral_new.html", context, status=status)
    try:
        with transaction.atomic():
            made = services.draft(incident.id, form.draft(), _viewer(request))
    except IopsError as error:
        form.refuse(error)
        return render(request, "safeguarding/referral_new.html", context, status=error.status)
    messages.success(request, "The referral is drafted. It is not sent yet.")
    return redirect("referral", referral_id=made.id)


@require_GET
def referral(request: HttpRequest, referral_id: int) -> HttpResponse:
    """The page of one referral."""
    return _page(request, referral_id)


def _page(
    request: HttpRequest, referral_id: int, failed: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    shown = selectors.one(referral_id, _viewer(request))
    fresh = {name: form(auto_id=f"{name}-%s") for name, (form, _) in ACTS.items() if form is not None}
    context = {
        "one": shown,
        "incident_address": control.address(shown.referral.incident),
        "forms": fresh | ({failed[0]: failed[1]} if failed else {}),
        "failed": failed[1] if failed else None,
        "dead": [d for d, _ in shown.deliveries if d.dead_at and not d.settled_at],
    }
    return render(request, "safeguarding/referral.html", context, status=status)


def _send(referral_id: int, _: dict[str, Any], by: User) -> str:
    services.send(referral_id, by)
    return "Sent. It is not received until the agency says so."


def _revoke(referral_id: int, typed: dict[str, Any], by: User) -> str:
    services.revoke(referral_id, typed["reason"], by)
    return "Revoked."


def _note(referral_id: int, typed: dict[str, Any], by: User) -> str:
    services.note(referral_id, typed["state"], typed["said_by"], by, reason=typed["reason"])
    return f"Noted as {typed['state']}."


def _rejection(referral_id: int, typed: dict[str, Any], by: User) -> str:
    services.decide_rejection(referral_id, typed["follow"], typed["reason"], by)
    return "It is decided what follows."


def _again(referral_id: int, _: dict[str, Any], by: User) -> str:
    services.settle_dead(_dead(referral_id), by, again=True)
    return "It will be delivered again."


def _settled(referral_id: int, _: dict[str, Any], by: User) -> str:
    services.settle_dead(_dead(referral_id), by, again=False)
    return "Noted: it went another way."


def _dead(referral_id: int) -> int:
    of = Delivery.objects.filter(disclosure__referral_id=referral_id, dead_at__isnull=False, settled_at=None)
    delivery = of.first()
    if delivery is None:
        raise NotFoundError("There is no dead letter of this referral.")
    return delivery.id


ACTS: dict[str, tuple[type[Form] | None, Callable[[int, dict[str, Any], User], str]]] = {
    "send": (None, _send),
    "revoke": (forms.Reason, _revoke),
    "note": (forms.Note, _note),
    "rejection": (forms.Rejection, _rejection),
    "again": (None, _again),
    "settled": (None, _settled),
}
"""What the page of a referral can do: its form, if it needs words, and what it calls."""


@require_POST
def act(request: HttpRequest, referral_id: int, what: str) -> HttpResponse:
    """Do one thing with a referral; when it is refused, the page comes back with what was typed."""
    if what not in ACTS:
        raise NotFoundError("There is no such action.")
    kind, run = ACTS[what]
    form = (kind or Form)(request.POST, auto_id=f"{what}-%s")
    if not form.is_valid():
        return _page(request, referral_id, (what, form), UNPROCESSABLE)
    try:
        with transaction.atomic():
            done = run(referral_id, form.cleaned_data, _viewer(request))
    except NotFoundError:
        raise
    except IopsError as error:
        form.refuse(error)
        return _page(request, referral_id, (what, form), error.status)
    messages.success(request, done)
    return redirect("referral", referral_id=referral_id)


@require_GET
def package(request: HttpRequest, referral_id: int) -> HttpResponse:
    """The PDF that was sent, for whoever may see the referral."""
    selectors.one(referral_id, _viewer(request))
    disclosure = Disclosure.objects.filter(referral=find_referral(referral_id)).first()
    if disclosure is None:
        raise NotFoundError("Nothing was sent yet.")
    name = reference(referral_id)
    said = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(disclosure.pdf), content_type="application/pdf", headers=said)


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The referrals one may see, by state and agency, with counts and dead letters."""
    asked, viewer = request.GET, _viewer(request)
    district = asked.get("district", "")
    wanted = selectors.Wanted(
        state=asked["state"] if asked.get("state") in ReferralState.values else "",
        kind=asked["kind"] if asked.get("kind") in AgencyKind.values else "",
        district_id=int(district) if district.isascii() and district.isdigit() and len(district) < 10 else None,  # noqa: PLR2004
        dead=asked.get("dead") == "on",
        page=page_number(asked.get("page")),
    )
    page = selectors.listed(viewer, wanted)
    rest = asked.copy()
    rest.pop("page", None)
    context = {
        "page": page,
        "rows": [(row, control.address(row.referral.incident)) for row in page.rows],
        "wanted": wanted,
        "counts": selectors.counts(viewer),
        "dead": selectors.dead_letters(),
        "states": ReferralState.choices,
        "kinds": AgencyKind.choices,
        "districts": districts(),
        "query": rest.urlencode(),
        "here": reverse("referrals"),
    }
    return render(request, "safeguarding/referrals.html", context)
