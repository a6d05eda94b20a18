"""The verbs of the absence alarm: look at every series and raise what must be raised; answer an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.services import text, writing
from iops.safeguarding.hub import series
from iops.safeguarding.hub.settings import absence
from iops.safeguarding.models import AbsenceAlarm
from iops.safeguarding.referrals.states import hold

if TYPE_CHECKING:
    import datetime as dt
    from fractions import Fraction

    from iops.foundation.models import User
    from iops.safeguarding.hub.series import Judged

MAY_ANSWER = (Role.SAFEGUARDING, Role.SERGEANT, Role.INSPECTOR)
THOUSAND = 1000


def raise_alarms() -> list[AbsenceAlarm]:
    """Look at every series of every district as it stands now; the alarms that were raised, none twice a day (I32)."""
    now = clock.now()
    if series.local(now).date() < absence().since:
        return []
    found = [judged for judged in series.judged(now) if judged.verdict.found is not None]
    if not found:
        return []
    called = series.called_for(series.local(now).date())
    with writing(None, reason="absence alarm"):
        # Two looks at once raise nothing twice: the second waits, and finds what the first has raised.
        hold("absence", 0)
        made = [_raised(judged, now, called) for judged in found]
    return [alarm for alarm in made if alarm is not None]


def _raised(judged: Judged, now: dt.datetime, called: series.Called) -> AbsenceAlarm | None:
    day, seen = series.local(now).date(), judged.verdict.found
    if seen is None:
        return None
    if AbsenceAlarm.objects.filter(day=day, district=judged.district_id, agency=judged.agency_id).exists():
        return None
    return AbsenceAlarm.objects.create(
        day=day,
        district_id=judged.district_id,
        agency_id=judged.agency_id,
        rule=seen.rule,
        window_days=seen.days,
        seen=seen.seen,
        expected_thousandths=thousandths(seen.expected),
        called_for=called.in_days(judged.district_id, day, seen.days),
        raised_at=now,
    )


def thousandths(number: Fraction) -> int:
    """A fraction in thousandths, rounded down."""
    return int(number * THOUSAND)


@verb
def answer_alarm(alarm_id: int, answer: str, by: User) -> AbsenceAlarm:
    """Say what was found behind an alarm and what is done about it.

    Raises NotAllowedError for whoever is neither safeguarding nor a supervisor, ConflictError when it is answered.
    """
    said = text(answer, "What was found").strip()
    if not by.holds(MAY_ANSWER):
        raise NotAllowedError("An alarm is answered by safeguarding, a sergeant or an inspector.")
    with writing(by, reason="absence alarm answered"):
        done = AbsenceAlarm.objects.filter(id=alarm_id, answered_at=None).update(
            answered_at=clock.now(), answered_by=by, answer=said
        )
        alarm = AbsenceAlarm.objects.filter(id=alarm_id).first()
        if alarm is None:
            raise NotFoundError("There is no such alarm.")
        if not done:
            raise ConflictError("This alarm has been answered already.", mend="Look at what was said.")
    return alarm
