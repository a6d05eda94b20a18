"""The addresses of the one search; included by the addresses of POLE, under its name."""

from __future__ import annotations

from django.urls import path

from iops.pole.search import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/hits/", views.hits, name="search-hits"),
]
