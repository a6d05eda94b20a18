"""The part of the intake screen that says what is known, asked anew while the call is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import render
from django.views.decorators.http import require_GET

from iops.control.intake import selectors
from iops.control.intake.selectors import Asked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User

LONGEST = 300
AROUND = 100
"""Metres around an address within which warnings are shown too: next door, across the road."""
SHORTEST = 3
"""Letters a field must hold before it is asked for: one or two would bring up half the force's records."""


@require_GET
def intake(request: HttpRequest) -> HttpResponse:
    """What is known of the caller, the address and the number as typed so far."""
    typed = request.GET
    asked = Asked(
        name=_long_enough(typed.get("caller_name", "")),
        address=_long_enough(typed.get("where", "")),
        phone=_long_enough(typed.get("call_back", "")),
        radius=AROUND,
    )
    found = selectors.check(asked, cast("User", request.user)) if asked.parts else None
    return render(request, "control/intake.html", {"found": found, "asked": asked})


def _long_enough(typed: str) -> str:
    kept = typed.strip()[:LONGEST]
    return kept if len(kept) >= SHORTEST else ""
