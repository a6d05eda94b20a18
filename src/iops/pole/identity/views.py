"""The pages on who is whom. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from iops.foundation.errors import IopsError
from iops.foundation.paging import page_number
from iops.pole.identity import preview, selectors, services
from iops.pole.identity.forms import SAME, Choose, Decide, DecidePair, Unmerge
from iops.pole.identity.selectors import PairsFilter
from iops.web.forms import Form

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User
    from iops.pole.identity.selectors import Waiting

UNPROCESSABLE = 422
Shown = TypeVar("Shown", bound=Form)


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


def _may(request: HttpRequest) -> dict[str, object]:
    """Whether the viewer decides, and who does."""
    return {"may": _viewer(request).holds(services.DECIDERS), "deciders": services.DECIDERS}


@require_http_methods(["GET", "HEAD", "POST"])
def duplicates(request: HttpRequest) -> HttpResponse:
    """The duplicate ratio, and the pairs that wait for a decision."""
    refused: DecidePair | None = None
    status = 200
    if request.method == "POST":
        refused = DecidePair(request.POST, auto_id=f"pair{_digits(request.POST.get('other'))}_%s")
        status = UNPROCESSABLE
        if refused.is_valid():
            try:
                messages.success(request, _decide(refused.cleaned_data, _viewer(request)))
                return redirect(_here(request))
            except IopsError as error:
                refused.refuse(error)
                status = error.status
    wanted = PairsFilter(page=page_number(request.GET.get("page")))
    found = selectors.pairs_to_decide(_viewer(request), wanted)
    rows = [(row, _form(row, refused)) for row in found.page.rows]
    loose = refused if refused and all(form is not refused for _, form in rows) else None
    shown = {"found": found, "rows": rows, "refused": refused, "loose": loose, "ratio": selectors.duplicate_ratio()}
    return render(request, "pole/identity_duplicates.html", shown | _may(request), status=status)


def _here(request: HttpRequest) -> str:
    page = page_number(request.GET.get("page"))
    return reverse("pole:duplicates") + (f"?page={page}" if page > 1 else "")


def _digits(asked: str | None) -> str:
    return asked if asked and asked.isascii() and asked.isdigit() else ""


def _form(row: Waiting, refused: DecidePair | None) -> DecidePair:
    """The form of one pair; the one that was refused comes back with what was typed, and the newest token."""
    pair = row.pair
    if refused is not None and (refused["one"].value(), refused["other"].value()) == (
        str(pair.one_id),
        str(pair.other_id),
    ):
        return _renewed(refused, row.token)
    known = {"one": pair.one_id, "other": pair.other_id, "seen": row.token}
    return DecidePair(initial=known, auto_id=f"pair{pair.id}_%s")


def _renewed(form: Shown, token: str) -> Shown:
    """A refused form with what was typed, and with the token of what is shown now beside it."""
    form.data = dict(form.data.items()) | {"seen": token}
    return form


def _decide(typed: dict[str, object], by: User) -> str:
    one, other = cast("int", typed["one"]), cast("int", typed["other"])
    reason, seen = str(typed["reason"]), str(typed["seen"])
    if typed["verdict"] == SAME:
        services.merge([one, other], reason, by, seen=seen)
        return f"Merged: records {one} and {other} are one person."
    services.not_same(one, other, reason, by, seen=seen)
    return f"Kept: records {one} and {other} are not the same person. It is not asked again."


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, record_id: int) -> HttpResponse:
    """With which other record one is compared: those that the duplicate run proposes, or any by its number."""
    nominals = selectors.members(record_id, _viewer(request))
    form = Choose(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("pole:merge-with", record_id, form.cleaned_data["other"])
    pairs = selectors.pairs_to_decide(_viewer(request), PairsFilter(person_id=record_id))
    shown = {"person": nominals[0], "form": form, "pairs": pairs}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "pole/identity_choose.html", shown | _may(request), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def merge_with(request: HttpRequest, record_id: int, other_id: int) -> HttpResponse:
    """Two records side by side, and the decision whether they are one person."""
    form = Decide(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                told = form.cleaned_data | {"one": record_id, "other": other_id}
                messages.success(request, _decide(told, _viewer(request)))
                return redirect("pole:person", record_id)
            except IopsError as error:
                form.refuse(error)
                status = error.status
    found = preview.merge_preview(record_id, other_id, _viewer(request))
    form.initial["seen"] = found.token
    if form.is_bound:
        _renewed(form, found.token)
    shown = {"shown": found, "form": form}
    return render(request, "pole/identity_merge.html", shown | _may(request), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def unmerge(request: HttpRequest, record_id: int) -> HttpResponse:
    """What an un-merge takes back and what was added since, and the decision to do it."""
    found = preview.unmerge_preview(record_id, _viewer(request))
    form = Unmerge(request.POST or None, found)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                _unmerge(record_id, form, _viewer(request))
                messages.success(request, f"Un-merged: record {record_id} stands on its own again.")
                return redirect("pole:person", record_id)
            except IopsError as error:
                form.refuse(error)
                _renewed(form, found.token)
                status = error.status
    shown = {"shown": found, "form": form}
    return render(request, "pole/identity_unmerge.html", shown | _may(request), status=status)


def _unmerge(record_id: int, form: Unmerge, by: User) -> None:
    typed = form.cleaned_data
    services.unmerge(record_id, typed["reason"], by, seen=typed["seen"], restate=form.restated())


@require_safe
def decisions(request: HttpRequest, record_id: int) -> HttpResponse:
    """All that was ever decided about one person's records."""
    found = selectors.decisions(record_id, _viewer(request))
    return render(request, "pole/identity_decisions.html", {"found": found} | _may(request))
