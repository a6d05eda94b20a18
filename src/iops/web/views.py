"""The pages of the frame itself: drafts, which are kept while somebody types and are theirs alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from iops.foundation.errors import InvalidError
from iops.web import drafts

if TYPE_CHECKING:
    from django.http import HttpRequest

    from iops.foundation.models import User


@require_GET
def unsaved(request: HttpRequest) -> HttpResponse:
    """The drafts of whoever asks."""
    return render(request, "web/drafts.html", {"drafts": drafts.unsaved(_viewer(request))})


@require_GET
def here(request: HttpRequest) -> HttpResponse:
    """What is kept of the forms of one page, by the name of the form; one with the mark was saved."""
    found = drafts.of_page(_viewer(request), request.GET.get("page", ""), request.GET.getlist("form"))
    return JsonResponse({draft.form: {"values": draft.values, "sequence": draft.sequence} for draft in found})


@require_POST
def keep(request: HttpRequest, form: str) -> HttpResponse:
    """Keep what is typed so far: a JSON object of texts, with the sequence of the keystroke."""
    try:
        given = json.loads(request.body)
        values, sequence = dict(given["values"]), int(given["sequence"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidError("That is no draft.") from None
    return JsonResponse({"kept": drafts.keep(_viewer(request), form, values, sequence)})


@require_POST
def discard(request: HttpRequest, form: str) -> HttpResponse:
    """Throw a draft away, because its owner said so."""
    drafts.forget(_viewer(request), form)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"kept": False})
    messages.success(request, "The draft is thrown away.", extra_tags=form)
    return redirect("drafts")


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)
