"""What goes to the prosecutor: unused material as it was scheduled, and each file as it was exported."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.crime.models.crimes import Crime
from iops.foundation.models import Fact, User


class UnusedMaterial(Fact):
    """One item that is relevant and not part of the case: described, sensitive or not, whether it may help the defence.

    Criminal Procedure and Investigations Act 1996 Code of Practice, part 6: what is sensitive is scheduled apart, with
    the reason; what may undermine the case or assist the accused is said of every item.
    """

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="unused_material")
    description = models.TextField()
    where_kept = models.CharField(max_length=100)
    sensitive = models.BooleanField()
    sensitive_because = models.TextField(blank=True)
    may_assist = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Described; what is sensitive says why."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(description="") & ~Q(where_kept="") & (Q(sensitive=False) | ~Q(sensitive_because="")),
                name="unused_material_described",
            )
        ]


class CourtFile(Fact):
    """One file as it was exported: the hash and size of the package, and how many parts it had."""

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="court_files")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    parts = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    unsearched: ClassVar[dict[str, str]] = {"sha256": "a hash that nobody types"}

    class Meta:
        """A hash is one."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="court_file_hash")
        ]
