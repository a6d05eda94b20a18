"""The page of the shift supervisor: closures that wait for a check, and how often checks agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import render
from django.views.decorators.http import require_GET

from iops.control import selectors as control
from iops.control.closing import selectors
from iops.foundation.paging import page_number

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User


@require_GET
def closures(request: HttpRequest) -> HttpResponse:
    """Closures drawn for a check, the earliest first, and counts by kind with their agreement."""
    viewer = cast("User", request.user)
    page = selectors.waiting(viewer, page_number(request.GET.get("page")))
    context = {
        "page": page,
        "rows": [(row, control.address(row.closing.incident)) for row in page.rows],
        "counts": selectors.closure_counts(viewer),
        "days": selectors.DAYS,
    }
    return render(request, "control/closures.html", context)
