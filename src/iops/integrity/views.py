"""The pages of the registrar's desk. No business rule is here."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iops.control import selectors as control
from iops.foundation import clock
from iops.foundation.access import requires
from iops.foundation.errors import IopsError
from iops.foundation.paging import page_number
from iops.foundation.roles import Role
from iops.integrity import forms, words
from iops.integrity.audit import selectors, services
from iops.integrity.suspicion import selectors as suspicion
from iops.integrity.suspicion import services as deciding

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User

UNPROCESSABLE = 422
DAYS = 7
"""How many days of closures the suspicion list looks through unless told."""
READERS = (Role.REGISTRAR, Role.REVIEWER, Role.INSPECTOR, Role.ANALYST, Role.PANEL, Role.ADMINISTRATOR)


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


@requires(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """The audits, what waits for one's answer, what waits to be adjudicated; and the form that freezes a period."""
    form = forms.Freeze(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            said = form.cleaned_data
            try:
                with transaction.atomic():
                    made = services.freeze(said["since"], said["until"], said["wanted"], _viewer(request))
            except IopsError as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, "The population is frozen. Now draw of it.")
                return redirect("audit", frame_id=made.id)
    return render(request, "integrity/desk.html", _desk(request, form), status=status)


def _desk(request: HttpRequest, form: forms.Freeze) -> dict[str, Any]:
    viewer = _viewer(request)
    registrar = viewer.holds((Role.REGISTRAR,))
    return {
        "frames": selectors.frames(),
        "waiting": selectors.waiting(viewer, page_number(request.GET.get("page"))),
        "disagreed": selectors.disagreed(viewer) if registrar else None,
        "registrar": registrar,
        "form": form,
    }


@requires(*READERS)
@require_GET
def audit(request: HttpRequest, frame_id: int) -> HttpResponse:
    """What an audit found, with population, method, numbers, interval, and what it did not test."""
    viewer = _viewer(request)
    context = {"result": selectors.result(frame_id, viewer), "registrar": viewer.holds((Role.REGISTRAR,))}
    return render(request, "integrity/audit.html", context)


@requires(Role.REGISTRAR)
@require_POST
def draw(request: HttpRequest, frame_id: int) -> HttpResponse:
    """Draw the sample; when it is refused, the page of the audit says why."""
    try:
        with transaction.atomic():
            services.draw(frame_id, _viewer(request))
    except IopsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The sample is drawn.")
    return redirect("audit", frame_id=frame_id)


@requires(Role.REGISTRAR, Role.REVIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Judge one drawn closure; or adjudicate between two who do not agree."""
    viewer = _viewer(request)
    told = selectors.item(item_id, viewer)
    adjudicates = told.comparison is not None
    edition = words.named(told.item.frame.words)
    form = forms.Judgement(edition.groups if edition else {}, request.POST or None, reason=adjudicates)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                with transaction.atomic():
                    (services.adjudicate if adjudicates else services.answer)(item_id, form.judged(), viewer)
            except IopsError as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, "Adjudicated." if adjudicates else "Your answer is saved.")
                return redirect("registrar")
    may = viewer.holds((Role.REGISTRAR,)) if adjudicates else told.own is None
    shown = {
        "told": told,
        "form": form if may and not told.took_part and not told.settled else None,
        "address": control.address(told.item.incident),
        "groups": edition.groups if edition else {},
    }
    return render(request, "integrity/item.html", shown, status=status)


@requires(Role.REGISTRAR)
@require_http_methods(["GET", "HEAD", "POST"])
def suspicions(request: HttpRequest) -> HttpResponse:
    """Closures without a crime that look like one, with every reason, and the decision on each."""
    failed, status = None, 200
    if request.method == "POST":
        failed, status = forms.Decide(request.POST), UNPROCESSABLE
        if failed.is_valid():
            said = failed.cleaned_data
            try:
                with transaction.atomic():
                    deciding.decide(said["closing"], said["verdict"], said["reason"], _viewer(request))
            except IopsError as error:
                failed.refuse(error)
                status = error.status
            else:
                messages.success(request, "The decision is saved.")
                return redirect(request.get_full_path())
    return _suspicions(request, failed, status)


def _suspicions(request: HttpRequest, failed: forms.Decide | None, status: int) -> HttpResponse:
    yesterday = clock.today() - dt.timedelta(days=1)
    initial = {"since": yesterday - dt.timedelta(days=DAYS - 1), "until": clock.today()}
    asked = "until-day" in request.GET
    form = forms.Period(request.GET if asked else None, initial=initial)
    period = initial if not asked else form.cleaned_data if form.is_valid() else None
    decided = request.GET.get("decided") == "on"
    page, viewer = None, _viewer(request)
    if period is not None:
        try:
            number = page_number(request.GET.get("page"))
            page = suspicion.suspicions(viewer, period["since"], period["until"], number, decided=decided)
        except IopsError as error:
            form.refuse(error)
    rest = request.GET.copy()
    rest.pop("page", None)
    context = {
        "form": form,
        "failed": failed,
        "page": page,
        "forms": {row.closing.id: _decision(row.closing.id, failed) for row in page.rows} if page else {},
        "decided": decided,
        "query": rest.urlencode(),
        "yields": suspicion.yields(),
        "address": control.address,
    }
    wrong = status == 200 and form.is_bound and form.errors  # noqa: PLR2004 - all is well so far
    return render(request, "integrity/suspicions.html", context, status=UNPROCESSABLE if wrong else status)


def _decision(closing_id: int, failed: forms.Decide | None) -> forms.Decide:
    if failed is not None and str(failed["closing"].value()) == str(closing_id):
        return failed
    return forms.Decide(initial={"closing": closing_id}, auto_id=f"decide-{closing_id}-%s")
