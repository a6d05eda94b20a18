"""The addresses of crime's pages."""

from __future__ import annotations

from django.urls import include, path

from iops.crime import views
from iops.crime.courtfile import views as courtfile
from iops.crime.justice import views as justice
from iops.crime.recorded import views as recorded

urlpatterns = [
    # Before the page of one crime, whose number could be any word.
    path("", include("iops.crime.complete.urls")),
    path("", include("iops.crime.allocation.urls")),
    path("recording/", views.recording, name="recording"),
    path("recording/<number:number>/<day:day>/", views.incident_recording, name="incident-recording"),
    path("", include("iops.crime.victims.urls")),
    path("", include("iops.crime.exhibits.urls")),
    path("", include("iops.crime.series.urls")),
    path("wanted/", justice.wanted, name="wanted"),
    path("crimes/", recorded.crimes, name="crimes"),
    path("crimes/<slug:reference>/", recorded.crime, name="crime"),
    path("crimes/<slug:reference>/court-file.zip", courtfile.court_file, name="court-file"),
    path("crimes/<slug:reference>/<slug:what>/", recorded.act, name="crime-act"),
]
