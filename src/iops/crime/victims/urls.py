"""The addresses of the pages of victims' rights. The number of a record is a converter of pole."""

from __future__ import annotations

from django.urls import path

from iops.crime.victims import views
from iops.pole import urls as pole  # noqa: F401 - registers the converter that the addresses below use

ONE = "crimes/<slug:reference>/victims/<record:victim>/"
urlpatterns = [
    path("victims/", views.owed, name="victims"),
    path(ONE, views.victim, name="victim"),
    path(f"{ONE}write/<slug:template>/", views.letter, name="victim-write"),
    path(f"{ONE}letters/<record:letter>/", views.sent_letter, name="victim-letter"),
    path(f"{ONE}<slug:what>/", views.act, name="victim-act"),
]
