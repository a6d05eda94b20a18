"""The pages of people, places and things. No business rule is here: they show what the selectors answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from iops.foundation.paging import page_number
from iops.pole.entry.actions import OF_LOCATION, OF_PERSON
from iops.pole.records import selectors
from iops.pole.records.labels import kind_words
from iops.pole.records.timeline import SORT_WORDS, Sort, TimelineFilter, sorts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User
    from iops.pole.records.selectors import File

DECISIONS = (
    ("merge", "Merge with another record"),
    ("unmerge", "Take a merge apart"),
    ("not-same", "Not the same person"),
    ("decisions", "What was decided about these records"),
)
"""Pages on who is whom, by their name; one that this installation does not have is not offered."""


@require_safe
def person(request: HttpRequest, record_id: int) -> HttpResponse:
    """The page of one person: what an officer reads on the way to a door."""
    found = selectors.person(record_id, _viewer(request), _wanted(request))
    return render(
        request,
        "pole/person.html",
        _shown(found, request) | {"decisions": _decisions(record_id), "entries": OF_PERSON.values()},
    )


@require_safe
def location(request: HttpRequest, record_id: int) -> HttpResponse:
    """The page of one place."""
    found = selectors.location(record_id, _viewer(request), _wanted(request))
    return render(request, "pole/location.html", _shown(found, request) | {"entries": OF_LOCATION.values()})


@require_safe
def vehicle(request: HttpRequest, record_id: int) -> HttpResponse:
    """The page of one vehicle."""
    return _thing(request, "vehicle", record_id)


@require_safe
def phone(request: HttpRequest, record_id: int) -> HttpResponse:
    """The page of one telephone number."""
    return _thing(request, "phone", record_id)


@require_safe
def email(request: HttpRequest, record_id: int) -> HttpResponse:
    """The page of one e-mail address or online name."""
    return _thing(request, "email", record_id)


@require_safe
def organisation(request: HttpRequest, record_id: int) -> HttpResponse:
    """The page of one organisation."""
    return _thing(request, "organisation", record_id)


@require_safe
def item(request: HttpRequest, record_id: int) -> HttpResponse:
    """The page of one object."""
    return _thing(request, "item", record_id)


def _thing(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    found = selectors.thing(kind, record_id, _viewer(request), _wanted(request))
    facts = [(label, getattr(found.record, name)) for name, label in FACTS[kind]]
    shown = {"record": found.record, "kind_words": kind_words(kind).capitalize(), "facts": facts}
    return render(request, "pole/thing.html", _shown(found, request) | shown)


FACTS: dict[str, tuple[tuple[str, str], ...]] = {
    "vehicle": (
        ("registration", "Registration mark"),
        ("make", "Make"),
        ("model", "Model"),
        ("colour", "Colour"),
        ("vin", "VIN"),
        ("description", "Description"),
    ),
    "phone": (("number", "Number"), ("said", "As said")),
    "email": (("address", "Address"), ("said", "As said")),
    "organisation": (
        ("name", "Name"),
        ("also_known_as", "Also known as"),
        ("kind", "Kind"),
        ("number", "Number"),
    ),
    "item": (("kind", "Kind"), ("description", "Description"), ("serial", "Serial number")),
}
"""What is told of each kind of thing: the column and its heading."""


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


def _wanted(request: HttpRequest) -> TimelineFilter:
    sort = request.GET.get("show", "")
    return TimelineFilter(Sort(sort) if sort in set(Sort) else None, page_number(request.GET.get("page")))


def _shown(found: File, request: HttpRequest) -> dict[str, object]:
    wanted = _wanted(request)
    return {
        "file": found,
        "wanted": wanted,
        "sorts": [(s.value, SORT_WORDS[s]) for s in sorts(found.kind)],
    }


def _decisions(record_id: int) -> list[tuple[str, str]]:
    """The addresses and words of the pages on who is whom, as far as this installation has them."""
    found = []
    for name, words in DECISIONS:
        try:
            found.append((reverse(f"pole:{name}", args=[record_id]), words))
        except NoReverseMatch:
            continue
    return found
