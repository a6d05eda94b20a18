"""The page of the one search, and the part of it that is asked anew while somebody types."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.shortcuts import render
from django.views.decorators.http import require_GET

from iops.foundation.models import District
from iops.foundation.paging import page_number
from iops.pole.records.labels import kind_words
from iops.pole.search import selectors
from iops.pole.search.answer import Filter

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from iops.foundation.models import User

LONGEST = 10_000
KINDS = ("person", "location", "vehicle", "phone", "email", "organisation", "item", "incident")
"""The kinds that a search is often kept to; one of any other kind is found without the filter."""


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """The page of the search: the box, the filters, and what is found."""
    return render(request, "pole/search.html", _shown(request, typing=False))


@require_GET
def hits(request: HttpRequest) -> HttpResponse:
    """What is found for a question that is still being typed."""
    return render(request, "pole/search_hits.html", _shown(request, typing=True))


def _shown(request: HttpRequest, *, typing: bool) -> dict[str, object]:
    asked = request.GET
    text = asked.get("q", "")[:LONGEST]
    wanted = _filter(asked, typing=typing)
    ask = selectors.suggest if typing else selectors.search
    answer = ask(text, cast("User", request.user), wanted) if text.strip() else None
    rest = {k: v for k, v in asked.items() if k != "page" and v}
    return {
        "text": text,
        "wanted": wanted,
        "answer": answer,
        "typing": typing,
        "kinds": [("", "Everything"), *((k, kind_words(k).capitalize()) for k in KINDS)],
        "districts": list(District.objects.order_by("name").values_list("id", "name")),
        "query": urlencode(rest),
        "kind_words": kind_words,
    }


def _filter(asked: QueryDict, *, typing: bool) -> Filter:
    district = asked.get("district", "")
    return Filter(
        kind=kind if (kind := asked.get("kind", "")) in KINDS else "",
        district_id=int(district) if district.isascii() and district.isdigit() and len(district) < 10 else None,  # noqa: PLR2004
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
        page=1 if typing else page_number(asked.get("page")),
        typing=typing,
    )


def _day(asked: str) -> dt.date | None:
    """A day as the browser's date box sends it; anything else counts as not given."""
    try:
        return dt.date.fromisoformat(asked)
    except ValueError:
        return None
