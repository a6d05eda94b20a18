"""The addresses of safeguarding's pages; each part of the area adds its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import include, path

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("iops.safeguarding.assess.urls")),
    path("", include("iops.safeguarding.referrals.urls")),
    path("", include("iops.safeguarding.ranking.urls")),
]
