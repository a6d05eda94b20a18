"""The addresses of the absence alarm."""

from __future__ import annotations

from django.urls import path

from iops.safeguarding.hub import views

urlpatterns = [
    path("hub/alarms/", views.absence, name="absence"),
    path("hub/alarms/<int:alarm_id>/", views.answer, name="absence-answer"),
]
