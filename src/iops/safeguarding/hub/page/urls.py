"""The addresses of the hub."""

from __future__ import annotations

from django.urls import path

from iops.safeguarding.hub.page import views

urlpatterns = [
    path("hub/", views.hub, name="hub"),
    path("hub/counted/", views.counted, name="hub-counted"),
    path("hub/queues/<slug:code>/", views.queue, name="hub-queue"),
    path("hub/people/<slug:which>/", views.people, name="hub-people"),
]
