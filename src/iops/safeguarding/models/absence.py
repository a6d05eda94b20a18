"""The facts of the absence alarm: what did not come that ought to have, and who has looked into it."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.foundation.models import District, Fact, Settles, User
from iops.safeguarding.models.referrals import Agency


class AbsenceRule(models.TextChoices):
    """Why too few are an alarm (I32)."""

    LIMIT = "limit", "below the lower control limit"
    DROP = "drop", "fallen by the set share"


class AbsenceAlarm(Fact):
    """Referrals of one district to one agency (null: to all of them) that did not come as they ought to have (I32).

    `day` is the local day it was raised on, `window_days` how many days were looked at together,
    `expected_thousandths` what was usual in them, in thousandths. It is raised once a day and series, and ends when
    somebody has looked into it and says what was found.
    """

    record_kind: ClassVar[str] = "absence_alarm"
    settles = (Settles("absence_alarm", "id"),)

    day = models.DateField()
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.CharField(max_length=6, choices=AbsenceRule)
    window_days = models.PositiveSmallIntegerField()
    seen = models.PositiveIntegerField()
    expected_thousandths = models.PositiveBigIntegerField()
    called_for = models.PositiveIntegerField(help_text="Decisions to refer a child in the district in the same days.")
    raised_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField(blank=True, help_text="What was found, and what is done about it.")

    class Meta:
        """Once a day and series; answered whole, with words."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "district", "agency"], name="absence_once_a_day", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(rule__in=AbsenceRule.values), name="absence_rule_known"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="absence_answered_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-raised_at"], name="absence_newest")]

    @property
    def expected(self) -> Fraction:
        """What was usual in the days looked at."""
        return Fraction(self.expected_thousandths, 1000)

    def __str__(self) -> str:
        to = self.agency.name if self.agency else "all agencies"
        return f"Too few referrals: {self.district.name} to {to}, {self.day:%d %B %Y}"
