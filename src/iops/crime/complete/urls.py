"""The address of completeness."""

from __future__ import annotations

from django.urls import path

from iops.crime.complete import views

urlpatterns = [path("crimes/completeness/", views.completeness, name="completeness")]
