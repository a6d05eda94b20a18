"""The addresses of the pages of property."""

from __future__ import annotations

from django.urls import path

from iops.crime.exhibits import views

urlpatterns = [
    path("property/", views.property_list, name="property"),
    # Before the page of one exhibit, whose number could be any word.
    path("property/stores/", views.stores, name="property-stores"),
    path("property/stores/<slug:code>/", views.store, name="property-store"),
    path("property/<slug:reference>/", views.exhibit, name="exhibit"),
    path("property/<slug:reference>/label.pdf", views.label, name="exhibit-label"),
    path("property/<slug:reference>/<slug:what>/", views.act, name="exhibit-act"),
]
