"""The calendar by which the law counts days, and the clock of the system."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CalendarDay(models.Model):
    """One day of the England and Wales calendar, with running counts that make due-time arithmetic a look-up.

    `working_ordinal` counts the working days up to and including this day, `school_ordinal` the school days.
    """

    day = models.DateField(primary_key=True)
    working = models.BooleanField()
    school = models.BooleanField()
    working_ordinal = models.IntegerField()
    school_ordinal = models.IntegerField()
    note = models.CharField(max_length=80, blank=True)

    class Meta:
        """Looked up by day, and by the first day that has a given count."""

        db_table = "foundation_calendar_day"
        indexes: ClassVar = [
            models.Index(fields=["working_ordinal"], condition=models.Q(working=True), name="calendar_working"),
            models.Index(fields=["school_ordinal"], condition=models.Q(school=True), name="calendar_school"),
        ]


class Clock(models.Model):
    """The one row that says whether `iops.now()` may be set (training and tests) and to which moment it is set."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    adjustable = models.BooleanField(default=False)
    set_to = models.DateTimeField(null=True)

    class Meta:
        """There is one clock."""

        db_table = "foundation_clock"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="clock_one_row"),
            models.CheckConstraint(
                condition=models.Q(adjustable=True) | models.Q(set_to__isnull=True), name="clock_set_only_if_adjustable"
            ),
        ]
