"""The addresses of safeguarding's pages; each part of the area adds its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import include, path

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("iops.safeguarding.assess.urls")),
    path("", include("iops.safeguarding.hub.urls")),
    path("", include("iops.safeguarding.referrals.urls")),
    path("", include("iops.safeguarding.reviews.urls")),
    path("", include("iops.safeguarding.vulnerability.urls")),
    path("", include("iops.safeguarding.hub.page.urls")),
    path("", include("iops.safeguarding.hub.queues.urls")),
    path("", include("iops.safeguarding.invariants.urls")),
    path("", include("iops.safeguarding.ranking.urls")),
    path("", include("iops.safeguarding.schemes.urls")),
]
