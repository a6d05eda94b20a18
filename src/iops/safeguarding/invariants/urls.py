"""The addresses of the invariants."""

from __future__ import annotations

from django.urls import path

from iops.safeguarding.invariants import views

urlpatterns = [
    path("assurance/invariants/", views.tiles, name="invariants"),
    path("assurance/invariants/<slug:code>/", views.breaches, name="invariant"),
]
