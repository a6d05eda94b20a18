"""The download of a court file. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from iops.crime.courtfile import services
from iops.crime.recorded import selectors
from iops.foundation.errors import IopsError

if TYPE_CHECKING:
    from django.http import HttpRequest

    from iops.foundation.models import User


@require_POST
def court_file(request: HttpRequest, reference: str) -> HttpResponse:
    """Export the file of a crime and send it; each export is kept with its hash."""
    viewer = cast("User", request.user)
    found = selectors.one(selectors.by_reference(reference).id, viewer).crime
    try:
        with transaction.atomic():
            kept, made = services.export(found.id, viewer)
    except IopsError as error:
        messages.error(request, str(error))
        return redirect(selectors.address(found))
    sent = HttpResponse(made, content_type="application/zip")
    name = f"court-file-CR-{found.number}-{found.year:%Y}-{kept.id}.zip"
    sent["Content-Disposition"] = f'attachment; filename="{name}"'
    return sent
