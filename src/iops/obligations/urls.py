"""The addresses of the worklist, the rulebook and assurance."""

from __future__ import annotations

from django.urls import path

from iops.obligations import views

urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("rulebook/", views.rulebook, name="rulebook"),
    path("rulebook/<slug:code>/", views.rule, name="rule"),
    path("assurance/", views.assurance, name="assurance"),
]
