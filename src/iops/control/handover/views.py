"""The page of a desk: what is outstanding, who is on, handing over and accepting. No business rule is here."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from iops.control.handover import forms, selectors, services
from iops.foundation import clock
from iops.foundation.errors import IopsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User
    from iops.web.forms import Form

UNPROCESSABLE = 422
TOLD_FOR = dt.timedelta(hours=12)
"""Escalations of the last so many hours that were told to the viewer are shown."""


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The desks of the viewer; straight to the desk for who has one."""
    desks = selectors.desks_of(_viewer(request))
    if len(desks) == 1:
        return redirect("handover-desk", desks[0].id)
    return render(request, "control/handover/desks.html", {"desks": desks})


@require_GET
def desk(request: HttpRequest, team_id: int) -> HttpResponse:
    """One desk: what is outstanding, and what may be done."""
    return _page(request, team_id)


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


def _on(team_id: int, typed: dict[str, Any], by: User) -> str:
    return f"You are on duty as {services.come_on(team_id, typed['role'], by).get_role_display()}."


def _off(_: int, typed: dict[str, Any], by: User) -> str:
    return f"{services.go_off(typed['target'], by).user} is off duty."


def _hand_over(team_id: int, typed: dict[str, Any], by: User) -> str:
    services.hand_over(team_id, typed["role"], typed["note"], by)
    return "Handed over. You stay on duty until somebody accepts it."


def _accept(_: int, typed: dict[str, Any], by: User) -> str:
    return f"Accepted from {services.accept_handover(typed['target'], by).handed_by}. You are on duty."


def _message(team_id: int, typed: dict[str, Any], by: User) -> str:
    services.leave_message(team_id, typed["text"], by)
    return "The message stands until somebody takes it."


def _take(_: int, typed: dict[str, Any], by: User) -> str:
    services.take_message(typed["target"], by)
    return "Taken: it is yours to see to."


ACTS: dict[str, tuple[type[Form], Callable[[int, dict[str, Any], User], str]]] = {
    "on": (forms.InRole, _on),
    "off": (forms.Target, _off),
    "hand-over": (forms.HandOver, _hand_over),
    "accept": (forms.Target, _accept),
    "message": (forms.Message, _message),
    "take": (forms.Target, _take),
}


@require_POST
def act(request: HttpRequest, team_id: int, name: str) -> HttpResponse:
    """Do one thing at a desk; when it is refused, the page comes back with what was typed."""
    if name not in ACTS:
        raise Http404
    does, form = ACTS[name][1], _form(name, selectors.roles_at(team_id, _viewer(request)), request.POST)
    if not form.is_valid():
        return _page(request, team_id, (name, form), UNPROCESSABLE)
    try:
        with transaction.atomic():
            done = does(team_id, form.cleaned_data, _viewer(request))
    except IopsError as error:
        form.refuse(error)
        return _page(request, team_id, (name, form), error.status)
    messages.success(request, done)
    return redirect("handover-desk", team_id)


def _form(name: str, roles: list[str], typed: Any = None) -> Form:
    kind = ACTS[name][0]
    more: dict[str, Any] = {"roles": roles} if issubclass(kind, forms.InRole) else {}
    return kind(typed, auto_id=f"{name}-%s", **more)


def _page(
    request: HttpRequest, team_id: int, failed: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    viewer, asked = _viewer(request), request.GET.get("hours", "")
    hours = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else selectors.HOURS  # noqa: PLR2004
    found, roles = selectors.outstanding(team_id, viewer, hours), selectors.roles_at(team_id, viewer)
    shown = {name: _form(name, roles) for name in ("on", "hand-over", "message")}
    if failed:
        shown[failed[0]] = failed[1]
    on, given = selectors.on_at(team_id), selectors.handovers(team_id)
    context = {
        "found": found,
        "forms": shown,
        "failed": failed[0] if failed else "",
        "roles": roles,
        "on": on,
        "mine": [duty for duty in on if duty.user_id == viewer.id],
        "handovers": given,
        "waiting": [h for h in given if h.accepted_at is None],
        "told": selectors.told_to(viewer, clock.now() - TOLD_FOR),
        "now": clock.now(),
    }
    return render(request, "control/handover/desk.html", context, status=status)
