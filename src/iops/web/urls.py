"""The addresses of the frame's own pages."""

from __future__ import annotations

from django.urls import path

from iops.web import views

urlpatterns = [
    path("drafts/", views.unsaved, name="drafts"),
    path("drafts/here/", views.here, name="drafts-here"),
    path("drafts/<slug:form>/", views.keep, name="draft-keep"),
    path("drafts/<slug:form>/discard/", views.discard, name="draft-discard"),
]
