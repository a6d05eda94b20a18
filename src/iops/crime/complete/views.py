"""The page of completeness: for each purpose what is known, asked for in vain, and blank. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import render
from django.views.decorators.http import require_GET

from iops.crime.complete import forms, selectors
from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User

UNPROCESSABLE = 422


@require_GET
def completeness(request: HttpRequest) -> HttpResponse:
    """How complete the crimes of a period are, by purpose and district."""
    viewer = cast("User", request.user)
    form = forms.Period(request.GET)
    found = None
    if form.is_valid():
        try:
            found = selectors.report(viewer, form.cleaned_data["since"], form.cleaned_data["until"])
        except InvalidError as error:
            form.refuse(error)
    context = {"form": form, "report": found}
    return render(request, "crime/complete/report.html", context, status=200 if found else UNPROCESSABLE)
