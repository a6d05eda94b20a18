"""The addresses of the schemes: a list for each, and a page for what names people of an incident."""

from __future__ import annotations

from django.urls import path

from iops.control import urls as control  # noqa: F401 - registers the converters that the addresses below use
from iops.safeguarding.schemes import views
from iops.safeguarding.schemes.words import SCHEMES

urlpatterns = [
    *(path(f"hub/{code}/", views.listed, {"scheme": code}, name=f"scheme-{code}") for code in SCHEMES),
    path("schemes/new/<slug:what>/<number:number>/<day:day>/", views.new, name="scheme-new"),
    path("schemes/meetings/", views.meeting, name="marac-meeting"),
]
