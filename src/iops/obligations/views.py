"""The screens of the obligations: worklist, rulebook, assurance. They ask and show; nothing here changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import render
from django.views.decorators.http import require_GET

from iops.foundation import clock
from iops.foundation.models import District
from iops.foundation.paging import PLACE
from iops.obligations import forms, parts
from iops.obligations.install import book
from iops.obligations.rule_texts import text_of
from iops.obligations.selectors import AGES, Reach, rule_numbers
from iops.obligations.selectors import assurance as count_duties
from iops.obligations.selectors import worklist as duties_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User


@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """The first page after signing in: what one's roles owe, by risk and time."""
    viewer = cast("User", request.user)
    wanted = forms.worklist_filter(request.GET.dict())
    own = viewer.district_ids
    context = {
        "list": duties_of(viewer, wanted),
        "wanted": wanted,
        "reaches": [(Reach.ALL, "All of them"), (Reach.MINE, "My roles' own"), (Reach.ESCALATED, "Escalated to me")],
        "districts": [d for d in _districts() if own is None or d[0] in own],
        "query": _rest(request),
    }
    return render(request, "obligations/worklist.html", context)


def _districts() -> list[tuple[int, str]]:
    return list(District.objects.order_by("name").values_list("id", "name"))


def _rest(request: HttpRequest) -> str:
    """The filter of this page as it stands in its address, without which page it is."""
    rest = request.GET.copy()
    for name in PLACE:
        rest.pop(name, None)
    return rest.urlencode()


@require_GET
def rulebook(request: HttpRequest) -> HttpResponse:
    """Every duty in force on a day, with how many are owed under it now."""
    day = forms.day(request.GET.get("as_at")) or clock.today()
    at = book().at(day)
    owned = sorted(at, key=lambda found: (found[0].subject, found[0].title))
    context = {
        "day": day,
        "bad_day": bool(request.GET.get("as_at")) and forms.day(request.GET.get("as_at")) is None,
        "rules": [(rule, text_of(rule, edition)) for rule, edition in owned],
        "numbers": rule_numbers(),
        "others": [r for r in book().rules if r.code not in at],
    }
    return render(request, "obligations/rulebook.html", context)


@require_GET
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One duty: every edition, explained, and its numbers. Raises NotFoundError for a code that is no rule's."""
    found = book().rule(code)
    day = forms.day(request.GET.get("as_at")) or clock.today()
    context = {
        "rule": found,
        "day": day,
        "in_force": found.edition_on(day),
        "editions": [(e, text_of(found, e)) for e in reversed(found.editions)],
        "numbers": rule_numbers().get(code),
    }
    return render(request, "obligations/rule.html", context)


@require_GET
def assurance(request: HttpRequest) -> HttpResponse:
    """How the duties under every rule stood at a moment, and whether the counts account for all of them."""
    wanted = forms.assurance_filter(request.GET.dict())
    asked = request.GET.get("as_at", "")
    context = {
        "counted": count_duties(wanted),
        "wanted": wanted,
        "as_at": asked if wanted.as_at else "",
        "bad_moment": bool(asked) and wanted.as_at is None,
        "ages": AGES,
        "within": forms.WITHIN,
        "districts": _districts(),
        "parts": parts.registered(),
    }
    return render(request, "obligations/assurance.html", context)
