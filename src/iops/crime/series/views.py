"""The pages of series. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from iops.crime.recorded.selectors import by_reference
from iops.crime.series import forms, selectors, services
from iops.foundation.errors import IopsError
from iops.foundation.paging import page_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User
    from iops.web.forms import Form

UNPROCESSABLE = 422


@require_GET
def all_series(request: HttpRequest) -> HttpResponse:
    """The open series, or with `closed` those that were closed."""
    closed = bool(request.GET.get("closed"))
    page = selectors.series_list(page_number(request.GET.get("page", "1")), closed=closed)
    return render(request, "crime/series/list.html", {"page": page, "closed": closed})


@require_GET
def series(request: HttpRequest, number: int) -> HttpResponse:
    """One series."""
    return _page(request, number)


def _page(request: HttpRequest, number: int, failed: tuple[str, Form] | None = None, status: int = 200) -> HttpResponse:
    shown = selectors.one(number, cast("User", request.user))
    context = {
        "shown": shown,
        "forms": _forms(shown) | ({failed[0]: failed[1]} if failed else {}),
        "failed": failed[1] if failed else None,
    }
    return render(request, "crime/series/one.html", context, status=status)


def _forms(shown: selectors.Shown) -> dict[str, Form]:
    standing = {"crime": str(shown.lead.crime_id), "owner": str(shown.lead.owner_id)}
    return {
        "put": forms.Put(auto_id="put-%s"),
        "leave": forms.Leave(auto_id="leave-%s"),
        "lead": forms.Lead(auto_id="lead-%s", members=_members(shown), initial=standing),
        "close": forms.Close(auto_id="close-%s"),
    }


def _members(shown: selectors.Shown) -> list[tuple[str, str]]:
    return [(str(m.row.crime_id), f"{m.row.crime.reference}: {m.title}") for m in shown.members]


def _put(number: int, form: Form, by: User) -> str:
    crime = by_reference(form.cleaned_data["crime"])
    services.join(number, crime.id, form.cleaned_data["reason"], by)
    return f"{crime.reference} is in the series."


def _leave(number: int, form: Form, by: User) -> str:
    crime = by_reference(form.cleaned_data["crime"])
    services.leave(number, crime.id, form.cleaned_data["reason"], by)
    return f"{crime.reference} was taken out."


def _lead(number: int, form: Form, by: User) -> str:
    typed = form.cleaned_data
    made = services.lead(number, int(typed["crime"]), typed["reason"], by, owner_id=int(typed["owner"]))
    return f"{made.crime.reference} leads; {made.owner.name} owns all of it."


def _close(number: int, form: Form, by: User) -> str:
    services.close(number, form.cleaned_data["reason"], by)
    return "The series is closed."


RUN: dict[str, tuple[type[Form], Callable[[int, Form, User], str]]] = {
    "put": (forms.Put, _put),
    "leave": (forms.Leave, _leave),
    "lead": (forms.Lead, _lead),
    "close": (forms.Close, _close),
}


@require_POST
def act(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """One act on a series; what is refused comes back as it was typed."""
    if what not in RUN:
        raise Http404
    made, run = RUN[what]
    extra = {"members": _members(selectors.one(number, cast("User", request.user)))} if what == "lead" else {}
    form = made(request.POST, auto_id=f"{what}-%s", **extra)
    if not form.is_valid():
        return _page(request, number, (what, form), UNPROCESSABLE)
    try:
        with transaction.atomic():
            done = run(number, form, cast("User", request.user))
    except IopsError as error:
        form.refuse(error)
        return _page(request, number, (what, form), error.status)
    messages.success(request, done)
    return redirect("series-one", number)
