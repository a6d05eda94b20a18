"""The addresses of the registrar's desk."""

from __future__ import annotations

from django.urls import path

from iops.integrity import views

urlpatterns = [
    path("registrar/", views.desk, name="registrar"),
    path("registrar/suspicions/", views.suspicions, name="suspicions"),
    path("registrar/audits/<int:frame_id>/", views.audit, name="audit"),
    path("registrar/audits/<int:frame_id>/draw/", views.draw, name="audit-draw"),
    path("registrar/items/<int:item_id>/", views.item, name="audit-item"),
]
