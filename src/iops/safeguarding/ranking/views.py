"""The screen of the triage queue. It asks and shows; nothing here changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import render
from django.views.decorators.http import require_GET

from iops.foundation.models import District
from iops.foundation.paging import PLACE, page_number
from iops.safeguarding.ranking.queue import QueueFilter, queue

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User


@require_GET
def triage(request: HttpRequest) -> HttpResponse:
    """The triage queue, those that need a person now first."""
    asked = request.GET
    district = asked.get("district", "")
    wanted = QueueFilter(
        district_id=int(district) if district.isascii() and district.isdigit() and len(district) < 10 else None,  # noqa: PLR2004
        floored_only=asked.get("floors") == "on",
        undecided_children=asked.get("children") == "on",
        after=asked.get("after", ""),
        before=asked.get("before", ""),
        page=page_number(asked.get("page")),
    )
    rest = asked.copy()
    for name in PLACE:
        rest.pop(name, None)
    shown = {
        "queue": queue(cast("User", request.user), wanted),
        "wanted": wanted,
        "districts": District.objects.order_by("name").values_list("id", "name"),
        "query": rest.urlencode(),
    }
    return render(request, "safeguarding/triage.html", shown)
