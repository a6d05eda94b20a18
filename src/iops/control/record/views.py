"""The pages of major incidents. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from iops.control.record import forms, log, major, selectors
from iops.control.record.actions import report
from iops.foundation.errors import IopsError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User
    from iops.web.forms import Form

UNPROCESSABLE = 422
FORMS: dict[str, type[Form]] = {"report": forms.MethaneReport, "stand-down": forms.Reason}


@require_GET
def majors(request: HttpRequest) -> HttpResponse:
    """The major incidents, those that stand first."""
    return render(request, "control/record/majors.html", {"majors": selectors.majors()})


@require_GET
def major_incident(request: HttpRequest, major_id: int) -> HttpResponse:
    """One major incident: METHANE, its incidents, and all their lines in one order."""
    return _page(request, major_id)


@require_POST
def act(request: HttpRequest, major_id: int, name: str) -> HttpResponse:
    """Report again, or stand it down; when that is refused, the page comes back with what was typed."""
    if name not in FORMS:
        raise Http404
    form, by = FORMS[name](request.POST, auto_id=f"{name}-%s"), cast("User", request.user)
    if not form.is_valid():
        return _page(request, major_id, (name, form), UNPROCESSABLE)
    try:
        with transaction.atomic():
            if name == "report":
                major.report_on_major(major_id, report(form.cleaned_data), by)
            else:
                major.stand_down_major(major_id, form.cleaned_data["reason"], by)
    except IopsError as error:
        form.refuse(error)
        return _page(request, major_id, (name, form), error.status)
    messages.success(request, "Reported." if name == "report" else "Stood down. Its incidents stay open.")
    return redirect("major-incident", major_id)


def _page(
    request: HttpRequest, major_id: int, failed: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    found = selectors.major(major_id, cast("User", request.user), log.wanted(request.GET))
    shown: dict[str, Form] = {
        name: form(auto_id=f"{name}-%s", initial={"declared": True}) for name, form in FORMS.items()
    }
    if failed:
        shown[failed[0]] = failed[1]
    context = {"found": found, "forms": shown, "failed": failed[0] if failed else ""}
    return render(request, "control/record/major.html", context, status=status)
