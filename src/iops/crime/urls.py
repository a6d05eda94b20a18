"""The addresses of crime's pages."""

from __future__ import annotations

from django.urls import path

from iops.crime import views

urlpatterns = [
    path("recording/", views.recording, name="recording"),
    path("recording/<number:number>/<day:day>/", views.incident_recording, name="incident-recording"),
]
