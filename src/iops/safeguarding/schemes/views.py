"""The pages of the schemes: their lists, and what is begun out of an incident. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iops.control import selectors as control
from iops.control.forms import districts
from iops.foundation import clock
from iops.foundation.errors import IopsError, NotFoundError
from iops.foundation.paging import page_number
from iops.safeguarding.schemes import actions, disclosure, forms, marac, notices, perpetrators, selectors
from iops.safeguarding.schemes.words import SCHEMES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User

UNPROCESSABLE = 422


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


@require_GET
def listed(request: HttpRequest, scheme: str) -> HttpResponse:
    """The list of one scheme."""
    return _list(request, scheme)


def _list(request: HttpRequest, scheme: str, failed: forms.Meeting | None = None, status: int = 200) -> HttpResponse:
    asked, viewer = request.GET, _viewer(request)
    district = asked.get("district", "")
    known = int(district) if district.isascii() and district.isdigit() and len(district) < 10 else None  # noqa: PLR2004
    wanted = selectors.Wanted(known, asked.get("ended") == "on", page_number(asked.get("page")))
    rest = asked.copy()
    rest.pop("page", None)
    context: dict[str, Any] = {
        "scheme": scheme,
        "title": SCHEMES[scheme],
        "tabs": [(words, reverse(f"scheme-{code}"), code == scheme) for code, words in SCHEMES.items()],
        "page": selectors.listed(scheme, viewer, wanted),
        "wanted": wanted,
        "districts": districts(),
        "query": rest.urlencode(),
        "here": reverse(f"scheme-{scheme}"),
        "now": clock.now(),
    }
    if scheme == "marac":
        context |= {"meetings": selectors.meetings(), "form": failed or forms.Meeting()}
    if scheme == "matac":
        context["serial"] = perpetrators.serial_perpetrators(viewer)
    return render(request, "safeguarding/schemes.html", context, status=status)


@require_POST
def meeting(request: HttpRequest) -> HttpResponse:
    """Put a meeting of a MARAC on the calendar."""
    form = forms.Meeting(request.POST)
    if not form.is_valid():
        return _list(request, "marac", form, UNPROCESSABLE)
    typed = form.cleaned_data
    try:
        with transaction.atomic():
            told = {"emergency": typed["emergency"], "chair": typed["chair"]}
            marac.plan_meeting(int(typed["district"]), typed["at"], _viewer(request), **told)
    except IopsError as error:
        form.refuse(error)
        return _list(request, "marac", form, error.status)
    messages.success(request, "The meeting is planned.")
    return redirect("scheme-marac")


def _notice(incident_id: int, typed: dict[str, Any], by: User) -> str:
    told = {name: typed[name] for name in ("kind", "authoriser", "authorised_rank", "grounds")}
    ends: dict[str, Any] = {"victim_id": int(typed["victim"]), "respondent_id": int(typed["respondent"])}
    notices.serve_notice(incident_id, notices.Notice(**told, **ends, served_at=typed["at"] or clock.now()), by)
    return "The notice is written down. Its hearing is owed within 48 court hours."


def _disclosure(incident_id: int, typed: dict[str, Any], by: User) -> str:
    ends: dict[str, Any] = {"at_risk_id": int(typed["at_risk"]), "other_id": int(typed["other"])}
    told = {"applicant": typed["applicant"], "received_at": typed["at"]}
    disclosure.apply_for_disclosure(incident_id, typed["route"], by=by, **ends, **told)
    return "The application is written down."


def _marac(incident_id: int, typed: dict[str, Any], by: User) -> str:
    people = [int(each) for each in typed["perpetrators"]]
    told = (int(typed["victim"]), people, typed["route"], typed["reasons"], by)
    marac.refer_to_marac(incident_id, *told, emergency=typed["emergency"])
    return "Referred to MARAC."


def _matac(incident_id: int, typed: dict[str, Any], by: User) -> str:
    perpetrators.nominate(incident_id, int(typed["person"]), typed["source"], typed["reasons"], by)
    return "Nominated for MATAC."


BEGUN: dict[str, tuple[type[forms.OfPeople], Callable[[int, dict[str, Any], User], str]]] = {
    "notice": (forms.NewNotice, _notice),
    "disclosure": (forms.NewDisclosure, _disclosure),
    "marac": (forms.NewMarac, _marac),
    "matac": (forms.NewNomination, _matac),
}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, what: str, number: int, day: dt.date) -> HttpResponse:
    """Begin something of a scheme out of an incident."""
    if what not in BEGUN:
        raise NotFoundError("There is no such scheme.")
    kind, run = BEGUN[what]
    incident = control.by_reference(number, day)
    form = kind(request.POST or None, incident_id=incident.id)
    context = {"form": form, "incident": incident, "address": control.address(incident), "title": actions.NEW[what]}
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                with transaction.atomic():
                    done = run(incident.id, form.cleaned_data, _viewer(request))
            except IopsError as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, done)
                return redirect(f"{control.address(incident)}#schemes")
    return render(request, "safeguarding/scheme_new.html", context, status=status)
