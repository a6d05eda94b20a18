"""The API of the absence alarm: what rang, and the answer that is owed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema

from iops.foundation.api import Id, Text, viewer
from iops.rulebook.needs import Needed
from iops.safeguarding.hub import selectors, services
from iops.safeguarding.models import AbsenceAlarm

router = Router(tags=["safeguarding"])


class AlarmOut(Schema):
    """One alarm: `agency` is empty for all agencies of the district; what was usual is in thousandths."""

    id: int
    day: dt.date
    district: str
    agency: str
    rule: str
    window_days: int
    seen: int
    expected_thousandths: int
    called_for: int
    raised_at: dt.datetime
    answered_at: dt.datetime | None
    answer: str


class AnswerIn(Schema):
    """What was found, and what is done about it."""

    answer: Annotated[Text, Needed("absence-answer")]


def _shown(alarm: AbsenceAlarm) -> AlarmOut:
    fields = {n: getattr(alarm, n) for n in AlarmOut.model_fields if n not in {"district", "agency"}}
    return AlarmOut(**fields, district=alarm.district.name, agency=alarm.agency.name if alarm.agency else "")


@router.get("/absence-alarms", response=list[AlarmOut])
def alarms(request: HttpRequest) -> list[AlarmOut]:
    """The alarms, those that wait for an answer first."""
    return [_shown(alarm) for alarm in selectors.alarms()]


@router.post("/absence-alarms/{alarm_id}/answer", response=AlarmOut)
def answer(request: HttpRequest, alarm_id: Id, given: AnswerIn) -> AlarmOut:
    """Answer an alarm."""
    return _shown(services.answer_alarm(alarm_id, given.answer, viewer(request)))
