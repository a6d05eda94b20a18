"""The pages of reviews: the supervisor's form, and the feedback one has to read. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iops.control import selectors as control
from iops.foundation import clock
from iops.foundation.errors import IopsError
from iops.foundation.paging import page_number
from iops.foundation.roles import LADDER
from iops.safeguarding.reviews import forms, selectors, services
from iops.safeguarding.reviews.points import current
from iops.web.services import save_once

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from iops.control.models import Incident
    from iops.foundation.models import User

UNPROCESSABLE = 422


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, number: int, day: dt.date) -> HttpResponse:
    """Review how an incident was handled; below are its reviews so far. Sent twice it is saved once."""
    incident, by = control.by_reference(number, day), _viewer(request)
    officers = [officer for officer in selectors.officers_of(incident.id) if officer.id != by.id]
    form = forms.Review(current(clock.today()), officers, request.POST or None)
    if request.method != "POST":
        return _page(request, incident, form, 200)
    if not form.is_valid():
        return _page(request, incident, form, UNPROCESSABLE)
    try:
        with transaction.atomic():
            _save(incident, form, by)
    except IopsError as error:
        form.refuse(error)
        return _page(request, incident, form, error.status)
    messages.success(request, "Review saved. Every no is now feedback to the officer.")
    return redirect("handling-review", number=incident.number, day=incident.day)


def _save(incident: Incident, form: forms.Review, by: User) -> None:
    said = form.cleaned_data

    def make() -> int:
        officer = int(said["officer"])
        return services.review_handling(incident.id, officer, form.answers(), form.notes(), by, said["note"]).id

    save_once(said["key"], "first_line_review", by, make)


def _page(request: HttpRequest, incident: Incident, form: forms.Review, status: int) -> HttpResponse:
    viewer = _viewer(request)
    context = {
        "incident": incident,
        "address": control.address(incident),
        "form": form,
        "may": viewer.holds(LADDER),
        "reviews": selectors.on_incident(incident.id, viewer).reviews,
    }
    return render(request, "safeguarding/handling_review.html", context, status=status)


@require_GET
def feedback(request: HttpRequest) -> HttpResponse:
    """The feedback addressed to oneself; for supervisors also what nobody has acknowledged yet."""
    return _feedback(request)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Say that one has read a feedback; when it is refused, the page comes back with what was typed."""
    form = forms.Read(request.POST)
    if not form.is_valid():
        return _feedback(request, form, UNPROCESSABLE)
    try:
        with transaction.atomic():
            services.acknowledge(form.cleaned_data["target"], form.cleaned_data["reply"], _viewer(request))
    except IopsError as error:
        form.refuse(error)
        return _feedback(request, form, error.status)
    messages.success(request, "Acknowledged.")
    return redirect("feedback")


def _feedback(request: HttpRequest, failed: forms.Read | None = None, status: int = 200) -> HttpResponse:
    viewer, supervises = _viewer(request), _viewer(request).holds(LADDER)
    own = selectors.feedback_for(viewer, page_number(request.GET.get("page")))
    context = {
        "own": own,
        "forms": {told.feedback.id: _form(told.feedback.id, failed) for told in own.rows},
        "failed": failed,
        "supervises": supervises,
        "not_read": selectors.not_read(viewer, page_number(request.GET.get("unread"))) if supervises else None,
        "address": control.address,
    }
    return render(request, "safeguarding/feedback.html", context, status=status)


def _form(feedback_id: int, failed: forms.Read | None) -> forms.Read:
    """The form of one feedback: what was typed into it comes back when it was refused."""
    if failed is not None and str(failed["target"].value()) == str(feedback_id):
        return failed
    return forms.Read(initial={"target": feedback_id}, auto_id=f"read-{feedback_id}-%s")
