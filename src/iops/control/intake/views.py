"""What is known, asked anew while a call is taken: each part is a fragment of its own, and none holds saving up."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db import DatabaseError, connection, transaction
from django.shortcuts import render
from django.views.decorators.http import require_GET

from iops.control.contact import typing
from iops.control.contact.typing import Typed
from iops.control.intake import selectors
from iops.control.intake.selectors import LONGEST_WAIT, Asked
from iops.foundation.errors import NotFoundError
from iops.foundation.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User

LONGEST = 300
AROUND = 100
"""Metres around an address within which warnings are shown too: next door, across the road."""
SHORTEST = 3
"""Letters a field must hold before it is asked for: one or two would bring up half the force's records."""
UNAVAILABLE = 503


@require_GET
def fragment(request: HttpRequest, part: str) -> HttpResponse:
    """One part of what is known. One that could not be read is answered 503, and the page says so in red."""
    answer = FRAGMENTS.get(part)
    if answer is None:
        raise NotFoundError("There is no such part.")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('statement_timeout', %s, true)", [LONGEST_WAIT])
            response = answer(request, part)
            cursor.execute("set local statement_timeout = default")
            return response
    except DatabaseError as fault:
        log.error("intake-part-unread", part=part, exc_info=fault)
        return render(request, "control/intake_lost.html", {"part": part}, status=UNAVAILABLE)


def _known(request: HttpRequest, part: str) -> HttpResponse:
    asked = _asked(request)
    found = selectors.part(part, asked, _viewer(request)) if part in asked.parts else None
    return render(request, "control/intake_part.html", {"found": found, "part": part})


def _warnings(request: HttpRequest, part: str) -> HttpResponse:
    asked = _asked(request)
    found = selectors.warnings(asked, _viewer(request)) if asked.parts else None
    return render(request, "control/intake_part.html", {"found": found, "part": part})


def _same(request: HttpRequest, part: str) -> HttpResponse:
    asked = request.GET
    typed = Typed(
        where=_long_enough(asked.get("where", "")),
        what=_long_enough(asked.get("what", ""), 2000),
        call_back=_long_enough(asked.get("call_back", "")),
    )
    found = typing.same_incidents(typed, _viewer(request)) if typed.says_something else None
    return render(request, "control/intake_same.html", {"found": found, "part": part})


def _persistent(request: HttpRequest, part: str) -> HttpResponse:
    number = _long_enough(request.GET.get("call_back", ""))
    found = typing.persistent(number, _viewer(request)) if number else None
    return render(request, "control/intake_persistent.html", {"found": found, "part": part})


FRAGMENTS: dict[str, Callable[[HttpRequest, str], HttpResponse]] = {
    "warnings": _warnings,
    "same": _same,
    "name": _known,
    "address": _known,
    "phone": _known,
    "nearby": _known,
    "persistent": _persistent,
}


def _asked(request: HttpRequest) -> Asked:
    typed = request.GET
    return Asked(
        name=_long_enough(typed.get("caller_name", "")),
        address=_long_enough(typed.get("where", "")),
        phone=_long_enough(typed.get("call_back", "")),
        radius=AROUND,
    )


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


def _long_enough(typed: str, longest: int = LONGEST) -> str:
    kept = typed.strip()[:longest]
    return kept if len(kept) >= SHORTEST else ""
