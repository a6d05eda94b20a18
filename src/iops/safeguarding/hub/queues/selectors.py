"""The questions asked of the queue alarm. An alarm names a queue and counts; it names nobody of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from iops.foundation.consultation import shows_no_record
from iops.obligations.records import RecordLabel
from iops.safeguarding.models import QueueAlarm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NUMBERS = "tells numbers of a queue, and nobody's name"


@shows_no_record(NUMBERS)
def labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """The labels of alarms by id, for worklists."""
    found = QueueAlarm.objects.filter(id__in=ids)
    return {alarm.id: RecordLabel(str(alarm), f"{reverse('queue-alarms')}#alarm-{alarm.id}") for alarm in found}


@shows_no_record(NUMBERS)
def alarms(*, most: int = 100) -> list[QueueAlarm]:
    """The alarms, those that wait for an answer first, then the newest."""
    found = QueueAlarm.objects.select_related("answered_by")
    waiting = list(found.filter(answered_at=None).order_by("raised_at", "id")[:most])
    return [*waiting, *found.exclude(answered_at=None).order_by("-raised_at", "-id")[:most]]


@shows_no_record(NUMBERS)
def waiting() -> dict[str, list[QueueAlarm]]:
    """The alarms that wait for an answer, by the code of their queue."""
    found: dict[str, list[QueueAlarm]] = {}
    for alarm in QueueAlarm.objects.filter(answered_at=None).order_by("raised_at", "id"):
        found.setdefault(alarm.queue, []).append(alarm)
    return found
