"""The verbs of the queue alarm: look at every queue and raise what must be raised; answer an alarm (I16, I17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role, at_least
from iops.obligations.services import text, writing
from iops.safeguarding.hub.page.selectors import standings
from iops.safeguarding.hub.page.settings import hub_settings
from iops.safeguarding.models import QueueAlarm, QueueFault
from iops.safeguarding.referrals.states import hold

if TYPE_CHECKING:
    import datetime as dt

    from iops.foundation.models import User
    from iops.safeguarding.hub.page.selectors import Standing

ANSWERS = Role.INSPECTOR
"""Who is told, and answers: the owner of the duty."""


def raise_alarms() -> list[QueueAlarm]:
    """Look at every queue of the hub as it stands now; the alarms that were raised.

    None is raised while one of the same queue and fault waits for its answer, nor twice on a local day.
    """
    now = clock.now()
    if clock.today() < hub_settings().since:
        return []
    with writing(None, reason="queue alarm"):
        # Two looks at once raise nothing twice: the second waits, and finds what the first has raised.
        hold("queue alarm", 0)
        made = [_raised(found, fault, now) for found in standings(now) for fault in faults(found)]
    return [alarm for alarm in made if alarm is not None]


def faults(standing: Standing) -> tuple[QueueFault, ...]:
    """What is wrong with a queue in which something waits."""
    if not standing.open:
        return ()
    found = ((QueueFault.FILLING, standing.filling), (QueueFault.UNOPENED, standing.unopened))
    return tuple(fault for fault, is_so in found if is_so)


def _raised(found: Standing, fault: QueueFault, now: dt.datetime) -> QueueAlarm | None:
    same, day = QueueAlarm.objects.filter(queue=found.queue.code, fault=fault), clock.today()
    if same.filter(answered_at=None).exists() or same.filter(day=day).exists():
        return None
    return QueueAlarm.objects.create(
        day=day,
        queue=found.queue.code,
        title=found.queue.title,
        fault=fault,
        waiting=found.open,
        late=found.late,
        came_in=found.came_in,
        cleared=found.cleared,
        since=found.opened_at or found.oldest or now,
        raised_at=now,
    )


def may_answer(who: User) -> bool:
    """Whether somebody may answer an alarm of a queue: whoever is told of it, or above."""
    return who.holds(at_least(ANSWERS))


@verb
def answer_queue_alarm(alarm_id: int, answer: str, by: User) -> QueueAlarm:
    """Say what was found behind an alarm of a queue, and what is done about it.

    Raises NotAllowedError for whoever is below inspector, NotFoundError, ConflictError when it is answered.
    """
    said = text(answer, "What was found").strip()
    if not may_answer(by):
        raise NotAllowedError(f"An alarm of a queue is answered by an {ANSWERS.label}.")
    with writing(by, reason="queue alarm answered"):
        done = QueueAlarm.objects.filter(id=alarm_id, answered_at=None).update(
            answered_at=clock.now(), answered_by=by, answer=said
        )
        alarm = QueueAlarm.objects.filter(id=alarm_id).first()
        if alarm is None:
            raise NotFoundError("There is no such alarm.")
        if not done:
            raise ConflictError("This alarm has been answered already.", mend="Look at what was said.")
    return alarm
