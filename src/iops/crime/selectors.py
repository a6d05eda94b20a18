"""The questions asked of crime recording: the decisions on one incident."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from iops.crime.models import Crime, RecordingDecision, ReportedIncident
from iops.foundation.consultation import shows_no_record


@shows_no_record("a part of the incident, whose look is logged")
def recording_on(incident_id: int) -> list[RecordingDecision]:
    """The recording decisions on an incident, the latest first."""
    this = OuterRef("pk")
    told = JSONObject(number="number", year="year__year", crime_class="crime_class")
    crimes = Crime.objects.filter(decision=this).order_by("id")
    reported = ReportedIncident.objects.filter(decision=this).order_by("id")
    found = RecordingDecision.objects.filter(incident_id=incident_id).select_related("by", "reporter_told")
    # One statement: the page of an incident has few to spend.
    return list(
        found.annotate(
            recorded=ArraySubquery(crimes.values(told=told)), reported=ArraySubquery(reported.values("code"))
        ).order_by("-at", "-id")
    )
