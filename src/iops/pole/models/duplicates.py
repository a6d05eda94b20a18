"""What the duplicate run finds: pairs of nominals that may be one person. Derived: nobody answers for them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from iops.pole.models.people import Person


class DuplicateRun(models.Model):
    """One comparison of all nominals with each other, by the keys they share; it can be stopped and resumed.

    `reached` is the nominal up to whose id the run has compared, `compared` how many pairs the model has scored,
    `proposed` how many of them were likely enough to be asked about, `crowded` how many keys were shared by so many
    that they were not used. `finished_at` is null while the run is unfinished.
    """

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    model = models.CharField(max_length=200)
    reached = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)
    compared = models.BigIntegerField(default=0)
    proposed = models.BigIntegerField(default=0)
    crowded = models.BigIntegerField(default=0)

    class Meta:
        """One unfinished run at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["finished_at"],
                condition=models.Q(finished_at=None),
                nulls_distinct=False,
                name="run_unfinished",
            )
        ]


class DuplicateBlock(models.Model):
    """Nominals that share one key, while a run lasts: those that meet in no block are not compared."""

    key = models.IntegerField(primary_key=True)
    people = ArrayField(models.BigIntegerField())


class DuplicatePair(models.Model):
    """Two nominals that a run found likely to be one person; `one` is the nominal of the lower id.

    `weight` is the match weight in bits (log2 of the odds, before the prior), `probability` what the model makes of it,
    `explanation` the account field by field. `settled` says that nothing is left to decide; triggers keep it.
    """

    one = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    weight = models.DecimalField(max_digits=8, decimal_places=3)
    probability = models.DecimalField(max_digits=7, decimal_places=6)
    model = models.CharField(max_length=200)
    explanation = models.JSONField(default=list)
    found_at = models.DateTimeField()
    run = models.ForeignKey(DuplicateRun, on_delete=models.PROTECT, related_name="+", db_index=False)
    settled = models.BooleanField(default=False)

    class Meta:
        """A pair stands once, one way round; asked by weight among those that wait."""

        indexes: ClassVar = [
            models.Index(fields=["-weight", "id"], condition=models.Q(settled=False), name="duplicate_waiting")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicate_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="duplicate_one_way_round"),
            models.CheckConstraint(
                condition=models.Q(probability__gte=0, probability__lte=1), name="duplicate_probability"
            ),
        ]
