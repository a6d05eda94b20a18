"""The addresses of the pages on who is whom; included by the addresses of POLE, under its name."""

from __future__ import annotations

from django.urls import path

from iops.pole.identity import views

urlpatterns = [
    path("people/duplicates/", views.duplicates, name="duplicates"),
    path("people/<record:record_id>/merge/", views.choose, name="merge"),
    path("people/<record:record_id>/not-same/", views.choose, name="not-same"),
    path("people/<record:record_id>/merge/<record:other_id>/", views.merge_with, name="merge-with"),
    path("people/<record:record_id>/unmerge/", views.unmerge, name="unmerge"),
    path("people/<record:record_id>/decisions/", views.decisions, name="decisions"),
]
