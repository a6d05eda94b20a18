"""The address of the list of crimes that wait for an owner."""

from __future__ import annotations

from django.urls import path

from iops.crime.allocation import views

urlpatterns = [path("crimes/unallocated/", views.unallocated, name="crimes-unallocated")]
