"""The addresses of reviews. The day of a reference is a converter of the control room."""

from __future__ import annotations

from django.urls import path

from iops.control import urls as control  # noqa: F401 - registers the converters that the addresses below use
from iops.safeguarding.reviews import views

urlpatterns = [
    path("reviews/<number:number>/<day:day>/", views.review, name="handling-review"),
    path("feedback/", views.feedback, name="feedback"),
    path("feedback/read/", views.read, name="feedback-read"),
]
