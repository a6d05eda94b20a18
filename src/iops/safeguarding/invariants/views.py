"""The tiles of the assurance page, and the records behind one. They ask and show; nothing here changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import render
from django.views.decorators.http import require_GET

from iops.foundation.paging import page_number
from iops.safeguarding.hub.page.selectors import READERS
from iops.safeguarding.invariants import selectors
from iops.safeguarding.invariants.settings import HELD

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User


@require_GET
def tiles(request: HttpRequest) -> HttpResponse:
    """How every invariant stands: a part of the assurance page that comes when it has been counted, or a page."""
    viewer = cast("User", request.user)
    template = "invariant_tiles.html" if request.headers.get("HX-Request") else "invariants.html"
    context = {"tiles": selectors.tiles(viewer), "held": HELD, "reads": viewer.holds(READERS)}
    return render(request, f"safeguarding/{template}", context)


@require_GET
def breaches(request: HttpRequest, code: str) -> HttpResponse:
    """The records that break one invariant, the oldest first."""
    viewer = cast("User", request.user)
    invariant, page = selectors.breaches(code, page_number(request.GET.get("page")), viewer)
    return render(request, "safeguarding/invariant.html", {"invariant": invariant, "page": page, "held": HELD})
