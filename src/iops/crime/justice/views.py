"""The wanted list. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from iops.control.forms import districts
from iops.crime.justice import forms, selectors, services
from iops.crime.recorded.selectors import address
from iops.foundation.errors import IopsError
from iops.foundation.paging import page_number
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User

UNPROCESSABLE = 422


def _number(asked: str) -> int | None:
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None  # noqa: PLR2004


@require_http_methods(["GET", "POST"])
def wanted(request: HttpRequest) -> HttpResponse:
    """Who is wanted now; an inspector cancels a name with a reason."""
    viewer, form, status, failed = cast("User", request.user), forms.CancelWantedForm(), 200, 0
    if request.method == "POST":
        form, failed = forms.CancelWantedForm(request.POST), _number(request.POST.get("wanted", "")) or 0
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                with transaction.atomic():
                    services.cancel_wanted(failed, form.cleaned_data["reason"], viewer)
            except IopsError as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, "They are no longer wanted for it.")
                return redirect("wanted")
    district = _number(request.GET.get("district", ""))
    page = selectors.wanted(viewer, district_id=district, page=page_number(request.GET.get("page", "1")))
    context = {
        "page": page,
        "rows": [(row, address(row.crime)) for row in page.rows],
        "districts": districts(),
        "district": district,
        "inspector": viewer.holds((Role.INSPECTOR,)),
        "form": form,
        "failed": failed,
        "query": f"district={district}" if district else "",
    }
    return render(request, "crime/wanted.html", context, status=status)
