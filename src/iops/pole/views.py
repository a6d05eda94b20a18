"""The pages of people, places and things. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET

from iops.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
def person(request: HttpRequest, record_id: int) -> HttpResponse:
    """The page of one person."""
    raise NotFoundError("There is no such person.")


location = vehicle = phone = email = organisation = item = person
