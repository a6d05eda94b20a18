"""The addresses of the queue alarms."""

from __future__ import annotations

from django.urls import path

from iops.safeguarding.hub.queues import views

urlpatterns = [
    path("hub/queue-alarms/", views.alarms, name="queue-alarms"),
    path("hub/queue-alarms/<int:alarm_id>/", views.answer, name="queue-alarm-answer"),
]
