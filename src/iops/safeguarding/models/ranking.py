"""The rank of every open domestic incident: derived from facts in the transaction that changes them, never typed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.control.models import Incident


class RankedItem(models.Model):
    """One open domestic incident of the triage queue with its floors, its score and every term's share of it.

    `score` and `terms` are thousandths of a point; `place` is the score with what waiting adds, as a number that stands
    still while both grow old: two items of one band keep their order by it. `floored` is the band.
    """

    incident = models.OneToOneField(
        Incident, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="ranked"
    )
    floored = models.BooleanField()
    floors = models.JSONField()
    score = models.IntegerField()
    place = models.BigIntegerField()
    terms = models.JSONField()
    known = models.BooleanField()
    edition = models.CharField(max_length=40)
    reported_at = models.DateTimeField()
    ranked_at = models.DateTimeField()

    class Meta:
        """Read in the order of the queue."""

        indexes: ClassVar = [
            models.Index(fields=["-floored", "-place", "reported_at", "incident"], name="ranked_in_order"),
        ]


class RankingWait(models.Model):
    """An open item that waits to be ranked anew, because something new is on record of one of its people (I14).

    Rows are added by the triggers and taken by the job that ranks; one item may wait by several rows.
    """

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(
        Incident, on_delete=models.DO_NOTHING, db_constraint=False, related_name="ranking_waits"
    )
    at = models.DateTimeField()


class RankingCheck(models.Model):
    """How well the ranking did, as counted once: the page shows the latest. Counts of groups alone, never a person.

    `page` is what `ranking.check.measured` made of it; `at` is when, UTC; `edition` names the weights.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    edition = models.CharField(max_length=40)
    page = models.JSONField()
