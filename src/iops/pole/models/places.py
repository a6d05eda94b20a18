"""Locations: addresses and places, structured where that is known and always as they were said."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.foundation.models import District
from iops.pole.models.base import AccessList, Restrictable, access_list


class Location(Restrictable):
    """One place. `said` is the place as it was said or typed, and is enough: what is not validated is findable (U3).

    `easting` and `northing` are metres on the national grid; `uprn` is the unique property reference number. A place
    is `validated` when its parts were checked against a gazetteer.
    """

    record_kind: ClassVar[str] = "location"

    said = models.CharField(max_length=400)
    flat = models.CharField(max_length=60, blank=True)
    building = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=20, blank=True)
    street = models.CharField(max_length=120, blank=True)
    locality = models.CharField(max_length=80, blank=True)
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=8, blank=True, help_text="With one blank before the last three characters.")
    easting = models.IntegerField(null=True, blank=True)
    northing = models.IntegerField(null=True, blank=True)
    uprn = models.BigIntegerField(null=True, blank=True)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ward = models.CharField(max_length=80, blank=True)
    beat = models.CharField(max_length=40, blank=True)
    access_notes = models.TextField(blank=True, help_text="How to get in: codes, dogs, which door.")
    validated = models.BooleanField(default=False)

    class Meta:
        """A place is said somehow; coordinates come in pairs and lie on the national grid."""

        indexes: ClassVar = [
            models.Index(fields=["easting", "northing"], name="location_grid"),
            models.Index(fields=["postcode"], name="location_postcode"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(said=""), name="location_is_said"),
            models.CheckConstraint(
                condition=models.Q(easting=None, northing=None)
                | models.Q(easting__gte=0, easting__lt=700_000, northing__gte=0, northing__lt=1_300_000),
                name="location_on_the_grid",
            ),
        ]

    def __str__(self) -> str:
        return self.said


class LocationAccess(AccessList):
    """The list of a restricted place: a refuge, or the address of somebody in hiding."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="access_list")

    class Meta:
        """One entry names one person or one team."""

        constraints: ClassVar = access_list("location_access", "location")
