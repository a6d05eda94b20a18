"""The addresses of the ranking's pages."""

from __future__ import annotations

from django.urls import path

from iops.safeguarding.ranking import views

urlpatterns = [
    path("hub/triage/", views.triage, name="triage"),
    path("hub/ranking/", views.calibration, name="ranking"),
]
