"""The addresses of series."""

from __future__ import annotations

from django.urls import path

from iops.crime.series import views

urlpatterns = [
    path("series/", views.all_series, name="series"),
    path("series/<int:number>/", views.series, name="series-one"),
    path("series/<int:number>/<slug:what>/", views.act, name="series-act"),
]
