"""Who is the same person as whom: decisions kept apart from the records, and what follows from them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.foundation.models import Fact, User
from iops.pole.models.people import Person


class Verdict(models.TextChoices):
    """What was decided about two nominals."""

    SAME = "same", "the same person"
    DIFFERENT = "different", "not the same person"
    OPEN = "open", "decision taken back"


class IdentityDecision(Fact):
    """Somebody decided whether two nominals are one person; the latest decision on a pair stands.

    The records themselves are not touched: a merge is a decision that they are the same, an un-merge takes it back, so
    that both are always exact and reversible. `one` is the nominal of the lower id. `weight` is the match weight of the
    model at the time (log2 of the odds), `model` its version, `explanation` the field-by-field account shown to whoever
    decided.
    """

    append_only: ClassVar[bool] = True

    one = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    weight = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    model = models.CharField(max_length=60, blank=True)
    explanation = models.JSONField(default=list, blank=True)

    class Meta:
        """A pair is written one way round; a decision has a reason."""

        indexes: ClassVar = [
            models.Index(fields=["one", "other", "id"], name="identity_by_pair"),
            models.Index(fields=["other"], name="identity_by_other"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="identity_one_way_round"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="identity_has_reason"),
            models.CheckConstraint(condition=models.Q(verdict__in=Verdict.values), name="identity_verdict_known"),
        ]


class Identity(models.Model):
    """Derived, by trigger, from the standing decisions: the nominals of one person, under the lowest id of them.

    A nominal that is merged with none has no row.
    """

    person_id = models.BigIntegerField(primary_key=True)
    lead_id = models.BigIntegerField()

    class Meta:
        """Asked by nominal and by lead."""

        db_table = "pole_identity"
        indexes: ClassVar = [models.Index(fields=["lead_id"], name="identity_by_lead")]
