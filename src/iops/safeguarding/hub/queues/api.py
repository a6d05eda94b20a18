"""The API of the queue alarms: what rang, and the answer that is owed."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from ninja import Router, Schema

from iops.foundation.api import Id, viewer
from iops.safeguarding.hub.api import AnswerIn
from iops.safeguarding.hub.queues import selectors, services
from iops.safeguarding.models import QueueAlarm

router = Router(tags=["safeguarding"])


class QueueAlarmOut(Schema):
    """One alarm of a queue as it stood when it rang, and what was answered."""

    id: int
    day: dt.date
    queue: str
    title: str
    fault: str
    waiting: int
    late: int
    came_in: int
    cleared: int
    since: dt.datetime
    raised_at: dt.datetime
    answered_at: dt.datetime | None
    answer: str


@router.get("/queue-alarms", response=list[QueueAlarmOut])
def alarms(request: HttpRequest) -> list[QueueAlarm]:
    """The alarms, those that wait for an answer first."""
    return selectors.alarms()


@router.post("/queue-alarms/{alarm_id}/answer", response=QueueAlarmOut)
def answer(request: HttpRequest, alarm_id: Id, given: AnswerIn) -> QueueAlarm:
    """Answer an alarm, as an inspector."""
    return services.answer_queue_alarm(alarm_id, given.answer, viewer(request))
