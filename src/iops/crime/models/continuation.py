"""That what an incident reports carries on a course of conduct on record already: it is added, not counted anew."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.control.models import Incident
from iops.crime.models.crimes import Crime
from iops.crime.models.recording import RecordingDecision
from iops.foundation.models import Fact, User


class CrimeContinuation(Fact):
    """An incident added to a conduct crime by a recording decision (CRR2026 pp52, 57-58).

    `happened_on` is the local day of what was reported; from it the three months run within which more is added.
    """

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="continuations")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="continues")
    decision = models.OneToOneField(RecordingDecision, on_delete=models.PROTECT, related_name="continuation")
    happened_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Each incident is added to a crime once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["crime", "incident"], name="crime_continued_once_by_incident")
        ]
