"""The ledger of rows that came from elsewhere: every source row is accounted for, for ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.foundation.models import Fact


class Load(Fact):
    """One file taken in with one mapping; it can be stopped and taken up again."""

    mapping = models.CharField(max_length=60)
    mapping_hash = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    rows = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        """The same file under the same mapping is one load, taken up again and never done twice."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mapping", "file_hash"], name="load_once"),
        ]


class Fate(models.TextChoices):
    """What became of a source row."""

    LOADED = "loaded", "loaded"
    DUPLICATE = "duplicate", "exact duplicate"
    REJECTED = "rejected", "rejected"


class LedgerRow(models.Model):
    """One source row and what became of it; `raw` keeps what was rejected, so that nothing is lost."""

    id = models.BigAutoField(primary_key=True)
    load = models.ForeignKey(Load, on_delete=models.PROTECT)
    line = models.BigIntegerField(help_text="Line of the file, the header being line 1.")
    row_hash = models.UUIDField(help_text="Hash of the whole source row.")
    fate = models.CharField(max_length=10, choices=Fate)
    contact_id = models.BigIntegerField(null=True)
    same_as_line = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    raw = models.JSONField(null=True)

    class Meta:
        """A line has one fate; a rejected line says why."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["load", "line"], name="ledger_line_once"),
            models.CheckConstraint(condition=Q(fate__in=Fate.values), name="ledger_fate_known"),
            models.CheckConstraint(condition=~Q(fate="rejected") | ~Q(reason=""), name="rejected_says_why"),
            models.CheckConstraint(
                condition=~Q(fate="loaded") | Q(contact_id__isnull=False), name="loaded_names_contact"
            ),
        ]
