"""The safety of crews: welfare checks that must be answered, and the emergency button."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.control.models.units import EAST, NORTH, Duty, Unit
from iops.foundation.models import Fact, Settles, User


class WelfareCheck(Fact):
    """The crew is asked whether they are well at `due_at`. It stays owed until somebody answers or it is called off.

    It names no incident, so that everybody in the control room sees a crew that does not answer.
    """

    settles = (Settles("welfare_check", "id"),)

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="welfare_checks")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="welfare_checks")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    well = models.BooleanField(null=True, blank=True, help_text="False: the crew needs help.")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        """Due after it was set; answered whole; one open check a unit."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(due_at__gt=F("set_at")), name="welfare_due_later"),
            models.CheckConstraint(
                condition=Q(answered_at=None, well=None) | Q(answered_at__gte=F("set_at"), well__isnull=False),
                name="welfare_answered_whole",
            ),
            models.UniqueConstraint(fields=["unit"], condition=Q(answered_at=None), name="welfare_one_open"),
        ]


class EmergencyPress(Fact):
    """Somebody in a crew pressed the emergency button. Every press is kept; it stands until the control room answers.

    `easting` and `northing` (metres) are where the unit was last known to be; null when that is not known.
    """

    settles = (Settles("emergency_press", "id"),)

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="emergencies")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="emergencies")
    pressed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    easting = models.IntegerField(null=True, blank=True)
    northing = models.IntegerField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        """A place is whole and on the grid; it is answered by a person, later, with what was done."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(easting=None, northing=None)
                | Q(easting__gte=0, easting__lt=EAST, northing__gte=0, northing__lt=NORTH),
                name="emergency_on_the_grid",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | (Q(answered_at__gte=F("at"), answered_by__isnull=False) & ~Q(note="")),
                name="emergency_answered_whole",
            ),
        ]
