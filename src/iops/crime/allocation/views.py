"""The list of crimes that wait for an owner, and allocating from it in one step. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from iops.control.forms import districts
from iops.crime.allocation import forms, selectors, services
from iops.crime.allocation.sections import owner_of
from iops.crime.recorded.selectors import by_reference
from iops.foundation.errors import InvalidError, IopsError
from iops.foundation.paging import Turn, page_number

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from iops.foundation.models import User

UNPROCESSABLE = 422
LONGEST_NUMBER = 9


@require_http_methods(["GET", "HEAD", "POST"])
def unallocated(request: HttpRequest) -> HttpResponse:
    """The crimes that wait for an owner; a POST allocates one of them and comes back to the same place."""
    if request.method != "POST":
        return _page(request)
    form = forms.FromList(request.POST)
    if not form.is_valid():
        return _page(request, form, UNPROCESSABLE)
    viewer = cast("User", request.user)
    try:
        with transaction.atomic():
            found = by_reference(form.cleaned_data["crime"])
            user, team = owner_of(form)
            given = form.cleaned_data["reason"]
            owner = services.allocate(found.id, viewer, given, user_id=user, team_id=team, waiting_only=True)
    except IopsError as error:
        form.refuse(error)
        return _page(request, form, error.status)
    to = owner.user.name if owner.user else owner.team.name if owner.team else ""
    messages.success(request, f"{found.reference} is allocated to {to}.")
    return redirect(f"{reverse('crimes-unallocated')}?{request.GET.urlencode()}")


def _wanted(asked: QueryDict) -> selectors.Wanted:
    district = asked.get("district", "")
    whole = district.isascii() and district.isdigit() and len(district) <= LONGEST_NUMBER
    return selectors.Wanted(
        district_id=int(district) if whole else None,
        critical=bool(asked.get("critical")),
        turn=Turn(page_number(asked.get("page", "1")), asked.get("after", "")[:200], asked.get("before", "")[:200]),
    )


def _page(request: HttpRequest, form: forms.FromList | None = None, status: int = 200) -> HttpResponse:
    viewer, wanted = cast("User", request.user), _wanted(request.GET)
    try:
        page, refused = selectors.unallocated(viewer, wanted), ""
    except InvalidError as error:
        page, refused, status = selectors.unallocated(viewer, selectors.Wanted()), str(error), UNPROCESSABLE
    kept = request.GET.copy()
    for name in ("page", "after", "before"):
        kept.pop(name, None)
    context = {
        "page": page,
        "tile": selectors.tile(wanted.district_id),
        "wanted": wanted,
        "refused": refused,
        "failed": form,
        "typed": form.data if form else {},
        "districts": districts(),
        "query": kept.urlencode(),
        "here": request.GET.urlencode(),
    }
    return render(request, "crime/allocation/unallocated.html", context, status=status)
