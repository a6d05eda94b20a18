"""The URL map of the whole system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import include, path
from django.views.generic import RedirectView

from iops.project.api import routes

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    # First, because addresses are tried in turn: a program that saves goes through none of the pages.
    path("api/v1/", routes()),
    path("api/search", RedirectView.as_view(url="/api/v1/search", query_string=True)),
    path("", include("iops.foundation.urls")),
    path("", include("iops.web.urls")),
    path("", include("iops.obligations.urls")),
    path("", include("iops.pole.urls")),
    path("", include("iops.control.urls")),
    path("", include("iops.crime.urls")),
    path("", include("iops.safeguarding.urls")),
    path("", include("iops.integrity.urls")),
    path("", include("iops.exchange.urls")),
]

handler400 = "iops.web.errors.bad_request"
handler403 = "iops.web.errors.permission_denied"
handler404 = "iops.web.errors.not_found"
handler500 = "iops.web.errors.server_error"
