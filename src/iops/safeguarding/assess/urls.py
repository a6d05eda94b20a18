"""The addresses of assessing. The day of a reference is a converter of the control room."""

from __future__ import annotations

from django.urls import path

from iops.control import urls as control  # noqa: F401 - registers the converters that the addresses below use
from iops.safeguarding.assess import views

urlpatterns = [
    path("assess/<number:number>/<day:day>/", views.choose, name="assess"),
    path("assess/<number:number>/<day:day>/<slug:code>/", views.assess, name="assess-form"),
]
