"""The screen of the triage queue. It asks and shows; nothing here changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import render
from django.views.decorators.http import require_GET

from iops.foundation import clock
from iops.foundation.models import District
from iops.foundation.paging import PLACE, page_number
from iops.safeguarding.ranking.check import LEAST_AGAIN, LEAST_FOLLOWED, LOOKED_AT, SMALLEST
from iops.safeguarding.ranking.checking import latest_check
from iops.safeguarding.ranking.queue import WORDS, QueueFilter, queue
from iops.safeguarding.ranking.weights import TERMS, in_force

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


@require_GET
def calibration(request: HttpRequest) -> HttpResponse:
    """How well the ranking did, by the latest count, and the weights it goes by."""
    shown = {
        "check": latest_check(),
        "weights": in_force(clock.today()),
        "terms": [(WORDS[term], getattr(in_force(clock.today()), term)) for term in TERMS],
        "least_followed": LEAST_FOLLOWED,
        "least_again": LEAST_AGAIN,
        "looked_at": LOOKED_AT,
        "smallest": SMALLEST,
    }
    return render(request, "safeguarding/calibration.html", shown)
