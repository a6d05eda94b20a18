"""The addresses of the pages of recording; included by the addresses of POLE, under its name."""

from __future__ import annotations

from django.urls import path

from iops.pole.entry import views
from iops.pole.entry.people import person_new

urlpatterns = [
    path("people/new/", person_new, name="person-new"),
    path("people/<record:record_id>/add/<slug:name>/", views.person_add, name="person-add"),
    path("places/new/", views.location_new, name="location-new"),
    path("places/<record:record_id>/add/<slug:name>/", views.location_add, name="location-add"),
    path("warnings/<record:record_id>/", views.warning, name="warning"),
    path("values/<slug:kind>/<record:record_id>/withdraw/", views.withdraw, name="withdraw"),
]
