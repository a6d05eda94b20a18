"""The pages on which people, places and warnings are recorded. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from iops.foundation.errors import IopsError, NotFoundError
from iops.pole import services
from iops.pole.entry import actions
from iops.pole.entry.forms import DecideMarker, NewLocation, ReviewMarker, Withdraw
from iops.pole.entry.selectors import marker, value
from iops.pole.services.common import find_location, find_person
from iops.web.services import save_once

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User
    from iops.pole.entry.actions import Entry
    from iops.pole.models import Location, Person, WarningMarker
    from iops.web.forms import Form

UNPROCESSABLE = 422


def viewer(request: HttpRequest) -> User:
    """Who is signed in."""
    return cast("User", request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: HttpRequest, record_id: int, name: str) -> HttpResponse:
    """Record one thing more about a person."""
    return _add(request, find_person(record_id), actions.OF_PERSON.get(name), "pole:person")


@require_http_methods(["GET", "HEAD", "POST"])
def location_add(request: HttpRequest, record_id: int, name: str) -> HttpResponse:
    """Record one thing more about a place."""
    return _add(request, find_location(record_id), actions.OF_LOCATION.get(name), "pole:location")


def _add(request: HttpRequest, record: Person | Location, entry: Entry | None, back: str) -> HttpResponse:
    if entry is None:
        raise NotFoundError("There is no such page.")
    form = entry.form(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                messages.success(request, actions.run(entry, record, form, viewer(request)))
                return redirect(back, record.id)
            except IopsError as error:
                form.refuse(error)
                status = error.status
    shown = {"form": form, "entry": entry, "record": record, "back": back}
    return render(request, "pole/add.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def location_new(request: HttpRequest) -> HttpResponse:
    """Record a place."""
    form = NewLocation(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            typed = form.cleaned_data
            try:
                place_id, _ = save_once(typed["key"], "location", viewer(request), lambda: _place(request, form))
                return redirect("pole:location", place_id)
            except IopsError as error:
                form.refuse(error)
                status = error.status
    return render(request, "pole/location_new.html", {"form": form}, status=status)


def _place(request: HttpRequest, form: Form) -> int:
    typed = form.cleaned_data
    return services.register_location(typed["where"], viewer(request), access_notes=typed["access_notes"]).id


@require_http_methods(["GET", "HEAD", "POST"])
def warning(request: HttpRequest, record_id: int) -> HttpResponse:
    """One warning marker: its grounds and history, and the decision or review that is owed."""
    shown = marker(record_id, viewer(request))
    form = (ReviewMarker if shown.marker.confirmed else DecideMarker)(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                messages.success(request, _judged(shown.marker, form, viewer(request)))
                return redirect("pole:warning", record_id)
            except IopsError as error:
                form.refuse(error)
                status = error.status
    return render(request, "pole/warning.html", {"form": form, "shown": shown}, status=status)


def _judged(judged: WarningMarker, form: Form, by: User) -> str:
    typed = form.cleaned_data
    if isinstance(form, ReviewMarker):
        kept = typed["kept"] == "yes"
        services.review_marker(judged.id, kept, typed["note"], by, next_review=typed["next_review"])
        return "The warning stands until its next review." if kept else "The warning has ended."
    confirmed = typed["confirmed"] == "yes"
    services.decide_marker(judged.id, confirmed, typed["reason"], by)
    return "The warning is confirmed." if confirmed else "The warning is refused."


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Withdraw a value that was wrong, with the reason."""
    shown = value(kind, record_id, viewer(request))
    form = Withdraw(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                services.withdraw(shown.value, form.cleaned_data["reason"], viewer(request))
                messages.success(request, "Withdrawn. It stays on record with the reason.")
                return redirect(shown.back)
            except IopsError as error:
                form.refuse(error)
                status = error.status
    return render(request, "pole/withdraw.html", {"form": form, "shown": shown}, status=status)
