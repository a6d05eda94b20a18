"""The ledgers that nobody edits: history of facts, seals over it, and who looked at what."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from iops.foundation.models.base import Fact


class History(models.Model):
    """One change of one fact row: who, when, why, in which request, and the row before.

    Partitioned by month; written by triggers only. `row_hash` is SHA-256 over the row after the change, so that a row
    changed behind the system's back no longer agrees with its last history entry.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    tx = models.BigIntegerField()
    table_name = models.TextField()
    row_id = models.BigIntegerField()
    op = models.CharField(max_length=1)
    actor_id = models.BigIntegerField(null=True)
    db_user = models.TextField()
    request_id = models.TextField(null=True)
    reason = models.TextField(null=True)
    before = models.JSONField(null=True)
    row_hash = models.BinaryField(null=True)

    class Meta:
        """The table is made by SQL: Django has no partitioned tables."""

        managed = False
        db_table = "foundation_history"


class Seal(models.Model):
    """A Merkle root over history entries whose transactions have all ended, chained to the seal before.

    Made outside the write transaction (hashing there would cost nine tenths of throughput). `members` is the set of
    history ids under the seal, so that entries committed late are sealed late and never twice.
    """

    id = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    entries = models.BigIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    chained = models.BinaryField()

    class Meta:
        """Made by SQL, because of the multirange column."""

        managed = False
        db_table = "foundation_seal"


class Consultation(Fact):
    """Somebody looked at records: DPA 2018 section 62 asks for the date, the time and the person.

    One row for a look, with the ids of every record that was shown; `query` says what was asked for.
    """

    append_only: ClassVar[bool] = True
    at = models.DateTimeField()
    user = models.ForeignKey("foundation.User", on_delete=models.PROTECT, null=True)
    request_id = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=40)
    record_ids = ArrayField(models.BigIntegerField())
    shown = models.IntegerField()
    query = models.JSONField(default=dict)
    purpose = models.TextField(blank=True)

    class Meta:
        """Asked by person looking, and by record looked at."""

        indexes: ClassVar = [models.Index(fields=["user", "at"], name="consultation_by_user")]
