"""The page "What must be recorded?". It judges nothing: the rulebook decides, and the service saves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from iops.control import selectors
from iops.crime import services
from iops.crime.desk import lay_out
from iops.crime.feeding import desk_of
from iops.crime.forms import ByTheRules, CopyToIncident, WhatWasReported
from iops.crime.questions import answered, in_words
from iops.crime.recorded import selectors as recorded
from iops.crime.recorded.recording import Recorded, record_crimes
from iops.foundation import clock
from iops.foundation.errors import IopsError
from iops.rulebook.library import acts

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from iops.crime.desk import Desk
    from iops.foundation.models import User

UNPROCESSABLE = 422
LONGEST_REFERENCE = 40
LONGEST_ANSWER = 60


@require_http_methods(["GET", "HEAD", "POST"])
def recording(request: HttpRequest) -> HttpResponse:
    """Ask what still matters, show the decision grow, and copy it into an incident.

    The report and the answers stand in the address, so that a decision can be kept, sent and looked at again; it holds
    no words about people. What is sent is the copy into an incident alone.
    """
    typed: dict[str, Any] = request.GET.dict()
    incident = str(typed.pop("incident", ""))[:LONGEST_REFERENCE]
    form = WhatWasReported(typed or None, initial={"reported": clock.today(), "victims": "1", "suspects": "1"})
    found = _laid_out(form, typed)
    initial = {"incident": incident, "result": found.result(), "rationale": found.rationale()} if found else {}
    copy = CopyToIncident(request.POST if request.method == "POST" else None, initial=initial, auto_id="copy-%s")
    status = UNPROCESSABLE if form.errors or (found and found.mistakes) else 200
    if request.method == "POST" and copy.is_valid():
        try:
            return _copied(request, copy.cleaned_data)
        except IopsError as error:
            copy.refuse(error)
            status = error.status
    elif request.method == "POST":
        status = UNPROCESSABLE
    answers = found.answers if found else answered(typed)
    shown = {"form": form, "desk": found, "answers": answers, "copy": copy, "incident": incident}
    return render(request, "crime/recording.html", {**shown, "query": request.GET.urlencode()}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def incident_recording(request: HttpRequest, number: int, day: dt.date) -> HttpResponse:
    """What must be recorded of one incident, from its own facts: only what they leave open is asked."""
    viewer = cast("User", request.user)
    incident = selectors.incident(selectors.by_reference(number, day).id, viewer).incident
    answers = {name: value[:LONGEST_ANSWER] for name, value in request.GET.dict().items()}
    found = desk_of(incident, answers)
    form = ByTheRules(request.POST if request.method == "POST" else None)
    status = UNPROCESSABLE if found.desk.mistakes or found.desk.side.refused else 200
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = record_crimes(incident.id, answers, viewer, **form.cleaned_data)
        except IopsError as error:
            form.refuse(error)
            status = error.status
        else:
            messages.success(request, _done(made))
            only = made.added_to or (made.crimes[0] if len(made.crimes) == 1 else None)
            return redirect(recorded.address(only) if only else selectors.address(incident))
    context = {
        "found": found,
        "form": form,
        "incident": incident,
        "address": selectors.address(incident),
        "answers": answers,
        "acts": [("", "Choose one"), *((act, in_words(act)) for act in acts())],
        "query": request.GET.urlencode(),
    }
    return render(request, "crime/incident_recording.html", context, status=status)


def _done(made: Recorded) -> str:
    """What was recorded, in words."""
    if made.added_to is not None:
        return f"Added to {made.added_to.reference}: it carries on that course of conduct."
    named = [c.reference for c in made.crimes] + [r.code for r in made.reported]
    return f"Recorded: {', '.join(named)}." if named else "Recording decision saved."


def _laid_out(form: WhatWasReported, typed: dict[str, str]) -> Desk | None:
    """What the page shows of the decision; None before anything is told or while it cannot be read."""
    if not form.is_bound or not form.is_valid():
        return None
    found = lay_out(form.report(), typed, form.cleaned_data["compare"])
    if found.side.refused is not None:
        form.refuse(found.side.refused)
    return found


def _copied(request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    incident = selectors.by_reference(*told["incident"])
    with transaction.atomic():
        by = cast("User", request.user)
        services.decide_recording(incident.id, told["result"], told["rationale"], by, avi=told["avi"])
    messages.success(request, "Recording decision saved.")
    return redirect(selectors.address(incident))
