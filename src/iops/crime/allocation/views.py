"""The pages of allocation: what waits, allocated from in one step; what officers can do. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from iops.control.forms import districts
from iops.crime.allocation import forms, selectors, services
from iops.crime.allocation.rules import rules_on
from iops.crime.allocation.sections import owner_of
from iops.crime.recorded.selectors import by_reference
from iops.foundation import clock
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


@require_http_methods(["GET", "HEAD", "POST"])
def officers(request: HttpRequest) -> HttpResponse:
    """What officers are trained for; a POST records a skill, or ends one today (`end` names it)."""
    if request.method != "POST":
        return _officers(request, forms.Skill())
    viewer, end = cast("User", request.user), request.POST.get("end", "")
    form = forms.Skill() if end else forms.Skill(request.POST)
    if not end and not form.is_valid():
        return _officers(request, form, UNPROCESSABLE)
    try:
        with transaction.atomic():
            done = _ended(end, viewer) if end else _given(form, viewer)
    except IopsError as error:
        if end:
            messages.warning(request, str(error))
            return _officers(request, form, error.status)
        form.refuse(error)
        return _officers(request, form, error.status)
    messages.success(request, done)
    return redirect("crimes-officers")


def _given(form: forms.Skill, by: User) -> str:
    typed = form.cleaned_data
    made = services.give_skill(
        typed["who"], typed["skill"], typed["shown_by"], by, since=typed["since"], until=typed["until"]
    )
    return f"Saved for {made.user.name}."


def _ended(number: str, by: User) -> str:
    whole = number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
    held = services.end_skill(int(number) if whole else 0, clock.today(), by)
    return f"Ended for {held.user.name}: today is the last day."


def _officers(request: HttpRequest, form: forms.Skill, status: int = 200) -> HttpResponse:
    titles = {code: skill.title for code, skill in rules_on(clock.today()).skills.items()}
    rows = [(one, titles.get(one.skill, one.skill)) for one in selectors.skills()]
    context = {"form": form, "rows": rows, "today": clock.today()}
    return render(request, "crime/allocation/officers.html", context, status=status)
