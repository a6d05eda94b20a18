"""The addresses of allocation: the crimes that wait for an owner, and what officers are trained for."""

from __future__ import annotations

from django.urls import path

from iops.crime.allocation import views

urlpatterns = [
    path("crimes/unallocated/", views.unallocated, name="crimes-unallocated"),
    path("crimes/officers/", views.officers, name="crimes-officers"),
]
