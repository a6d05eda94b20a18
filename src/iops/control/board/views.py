"""The board of the control room, the incident beside it, and the page of a crew on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from iops.control import selectors as incidents
from iops.control.board import selectors
from iops.control.board.actions import ACTIONS
from iops.control.board.drawing import key_of, state_title
from iops.control.board.forms import Answer
from iops.control.board.map import drawn
from iops.control.board.outlines import kept
from iops.control.dispatch import selectors as dispatch
from iops.control.dispatch import services
from iops.control.dispatch.warnings import show_markers
from iops.control.forms import Target, districts
from iops.foundation import clock
from iops.foundation.errors import IopsError, NotFoundError
from iops.obligations.selectors import owed_on

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from iops.control.models import Deployment, Incident
    from iops.foundation.models import User

UNPROCESSABLE = 422
MOST_SUGGESTED = 8


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The board; `wall` draws it large for a screen on the wall, `job` opens an incident beside it."""
    chosen = _districts(request)
    found = selectors.board(_viewer(request), chosen)
    stream, boundaries = _stream(request), kept()
    context = {
        "board": found,
        "now": found.at,
        "key": key_of,
        "title": state_title,
        "districts": districts(),
        "chosen": chosen,
        "wall": "wall" in request.GET,
        "map": drawn(found, boundaries.areas),
        "unread": boundaries.refused,
        "asked": urlencode(_kept(request)),
        "stream": stream and f"{stream}?{'&'.join(f'district={d}' for d in chosen)}",
    }
    response = render(request, "control/board.html", context)
    if urlsplit(stream).netloc:
        parts = urlsplit(stream)
        response._csp_update = {"connect-src": ["'self'", f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
    return response


def _districts(request: HttpRequest) -> list[int]:
    return [int(d) for d in request.GET.getlist("district") if d.isascii() and d.isdigit() and len(d) < 10]  # noqa: PLR2004


def _kept(request: HttpRequest) -> list[tuple[str, object]]:
    """What of the address of the board stays as it was chosen: districts, and the wall."""
    wall: list[tuple[str, object]] = [("wall", 1)] if "wall" in request.GET else []
    return [*(("district", d) for d in _districts(request)), *wall]


def _stream(request: HttpRequest) -> str:
    """Where the live stream is: another port of this very host, or an address a proxy keeps for it; "" for none."""
    told: str = settings.IOPS_STREAM
    if not told.startswith(":"):
        return told
    host = request.get_host()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return f"{request.scheme}://{name}{told}/board/events"


@require_GET
def job(request: HttpRequest, number: int, day: dt.date) -> HttpResponse:
    """One incident beside the board: who is there, whom to send and why, the next steps."""
    return _job(request, incidents.by_reference(number, day))


@require_POST
def act(request: HttpRequest, number: int, day: dt.date, name: str) -> HttpResponse:
    """One step; what was typed comes back when it is refused."""
    found = incidents.by_reference(number, day)
    action = ACTIONS.get(name)
    if action is None:
        raise NotFoundError("There is no such action.")
    form = action.form(request.POST)
    if not form.is_valid():
        return _job(request, found, refused=" ".join(str(e) for es in form.errors.values() for e in es), typed=form)
    try:
        with transaction.atomic():
            done = action.act(found.id, form.cleaned_data, _viewer(request))
    except IopsError as error:
        return _job(request, found, refused=f"{error} {error.mend}".strip(), typed=form, status=error.status)
    if request.POST.get("back") == "my-job":
        messages.success(request, done)
        return redirect("my-job")
    return _job(request, found, done=done)


def _job(request: HttpRequest, found: Incident, *, status: int = 200, **said: object) -> HttpResponse:
    """The incident beside the board: a part of the page for a browser with scripts, a page of its own without."""
    viewer = _viewer(request)
    there = [d for d in dispatch.deployments(found.id, viewer) if d.stood_down_at is None]
    # A closed incident takes no unit, so none is suggested.
    suggested = [] if found.closed_at else dispatch.suggest_units(found.id, viewer)
    context: dict[str, Any] = {
        "incident": found,
        "now": clock.now(),
        "there": [_sent(d, viewer) for d in there],
        "suggested": suggested[:MOST_SUGGESTED],
        "more": max(0, len(suggested) - MOST_SUGGESTED),
        "owed": [duty for duty in owed_on("incident", found.id) if duty.is_open],
        "refused": "",
        "done": "",
        "part": bool(request.headers.get("HX-Request")),
        **said,
    }
    if said.get("refused") and status == 200:  # noqa: PLR2004
        status = UNPROCESSABLE
    return render(request, "control/board_job.html", context, status=status)


def _sent(deployment: Deployment, viewer: User) -> dict[str, Any]:
    """A unit at an incident, the warnings its crew must read, and who of the crew may be told over the radio."""
    if deployment.resource_id is None or deployment.acknowledged_at:
        return {"deployment": deployment, "warnings": None, "crew": []}
    members = deployment.duty.crew.filter(left_at=None).select_related("user") if deployment.duty else []
    return {
        "deployment": deployment,
        "warnings": dispatch.warnings_for(deployment.id, viewer),
        "crew": [member.user for member in members],
    }


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Answer an emergency button, from the banner of the board."""
    form = Answer(request.POST)
    if not form.is_valid():
        messages.error(request, "Say what was done.")
    else:
        try:
            with transaction.atomic():
                services.answer_emergency(form.cleaned_data["target"], form.cleaned_data["note"], _viewer(request))
            messages.success(request, "Answered.")
        except IopsError as error:
            messages.error(request, f"{error} {error.mend}".strip())
    kept = urlencode(_kept(request))
    return redirect(f"{reverse('board')}{'?' if kept else ''}{kept}")


@require_GET
def my_job(request: HttpRequest) -> HttpResponse:
    """What the viewer's crew is sent to: warnings first, then what is known, then what is owed and the next step."""
    viewer = _viewer(request)
    jobs = dispatch.my_jobs(viewer)
    for deployment in jobs:
        if deployment.acknowledged_at is None:
            show_markers(deployment.id, viewer)
    shown = [
        {
            "deployment": deployment,
            "incident": deployment.incident,
            "warnings": dispatch.warnings_for(deployment.id, viewer),
            "known": incidents.incident(deployment.incident_id, viewer),
            "owed": [duty for duty in owed_on("incident", deployment.incident_id) if duty.is_open],
            "others": [d for d in dispatch.deployments(deployment.incident_id, viewer) if _goes_along(d, deployment)],
            "act": _next(deployment),
            "address": reverse("board-act", args=[deployment.incident.number, deployment.incident.day, "x"])[:-2],
        }
        for deployment in jobs
    ]
    checks = [check for check in dispatch.open_welfare_checks() if check.unit_id in {d.resource_id for d in jobs}]
    return render(request, "control/my_job.html", {"jobs": shown, "now": clock.now(), "checks": checks})


def _goes_along(other: Deployment, own: Deployment) -> bool:
    """Whether another unit is on the same incident now."""
    return other.pk != own.pk and other.stood_down_at is None


def _next(deployment: Deployment) -> tuple[str, str]:
    """The next step of a crew: the name of its action, and the words on the button."""
    if deployment.acknowledged_at is None and deployment.arrived_at is None:
        return "acknowledge", "Acknowledge"
    if deployment.en_route_at is None and deployment.arrived_at is None:
        return "en-route", "En route"
    if deployment.arrived_at is None:
        return "at-scene", "At scene"
    return "clear", "Clear"


@require_POST
def press(request: HttpRequest) -> HttpResponse:
    """The emergency button of a crew: one press, no question."""
    return _told(request, lambda: services.press_emergency(_viewer(request)), "The control room has been alarmed.")


@require_POST
def welfare(request: HttpRequest) -> HttpResponse:
    """A crew answers its welfare check: well, or not, which is an emergency."""
    form = Target(request.POST)
    if not form.is_valid():
        raise NotFoundError("There is no such welfare check.")
    well = request.POST.get("well") == "yes"
    said = "Answered: all well." if well else "The control room has been alarmed."
    check = form.cleaned_data["target"]
    return _told(request, lambda: services.answer_welfare_check(check, well, _viewer(request)), said)


def _told(request: HttpRequest, do: Callable[[], object], done: str) -> HttpResponse:
    try:
        with transaction.atomic():
            do()
        messages.success(request, done)
    except IopsError as error:
        messages.error(request, f"{error} {error.mend}".strip())
    return redirect("my-job")
