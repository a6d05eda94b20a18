"""The facts of the queue alarm: a queue that fills or that nobody opens, and who has looked into it (I16, I17)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.foundation.models import Fact, Settles, User


class QueueFault(models.TextChoices):
    """What is wrong with a queue."""

    FILLING = "filling", "more comes in than is cleared"
    UNOPENED = "unopened", "nobody opens it"


class QueueAlarm(Fact):
    """One queue of the hub that fills (I16) or that nobody opened for too long (I17), as it stood when it rang.

    `queue` is its code and `title` its name then; `waiting`, `late`, `came_in` and `cleared` count duties of the whole
    force. `since` is when it was last opened or, if it never was, its oldest duty. Raised once a local day for each
    fault and not while one waits for its answer; it ends when an inspector has said what was found and what is done.
    """

    record_kind: ClassVar[str] = "queue_alarm"
    settles = (Settles("queue_alarm", "id"),)
    unsearched: ClassVar[dict[str, str]] = {"queue": "a word from the hub's settings"}

    day = models.DateField()
    queue = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    fault = models.CharField(max_length=8, choices=QueueFault)
    waiting = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    came_in = models.PositiveIntegerField()
    cleared = models.PositiveIntegerField()
    since = models.DateTimeField()
    raised_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField(blank=True, help_text="What was found, and what is done about it.")

    class Meta:
        """Once a day and fault, one open at a time; answered whole, with words."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "queue", "fault"], name="queue_alarm_once_a_day"),
            models.UniqueConstraint(
                fields=["queue", "fault"], condition=Q(answered_at=None), name="queue_alarm_one_open"
            ),
            models.CheckConstraint(condition=Q(fault__in=QueueFault.values), name="queue_alarm_fault_known"),
            models.CheckConstraint(condition=Q(waiting__gt=0), name="queue_alarm_something_waits"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="queue_alarm_answered_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-raised_at"], name="queue_alarm_newest")]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_fault_display()}, {self.day:%d %B %Y}"
