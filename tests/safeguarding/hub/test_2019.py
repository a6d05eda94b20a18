"""What happened in 2019, told to the system: referrals stop in one district, and it says so on the same day."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.obligations.services import writing
from iops.safeguarding import services as safeguarding
from iops.safeguarding.hub import services
from iops.safeguarding.hub.selectors import alarms, charts
from iops.safeguarding.models import AbsenceAlarm

if TYPE_CHECKING:
    from tests.safeguarding.hub.conftest import Desks

FIRST = dt.date(2019, 7, 8)
OFF = dt.date(2019, 9, 17)
"""The day on which the step of referring is switched off in one district, a Tuesday."""
LONDON = ZoneInfo("Europe/London")


def at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, 5), tzinfo=LONDON)


@pytest.fixture
def history(desks: Desks) -> Desks:
    """Ten weeks in four districts; from the day on, one of them sends nothing to children's services."""
    until_off = (OFF - FIRST).days
    for number, name in enumerate(("Eastley", "Norley", "Southley")):
        desks.sent(name, f"{name} children's services", FIRST, until_off + 3, 14 + 4 * number)
        desks.sent(name, "Victims' services", FIRST, until_off + 3, 6)
    desks.sent("Westley", "Westley children's services", FIRST, until_off, 18)
    desks.sent("Westley", "Victims' services", FIRST, until_off + 3, 6)
    return desks


def decided_to_refer(desks: Desks, moment: dt.datetime) -> None:
    """A child in the district that is to be referred now, and then is not."""
    with clock.at(moment):
        incident = desks.force.incident(domestic=True, district_id=desks.district("Westley").id)
        child = safeguarding.link_child(incident.id, "Child (made up)", None, desks.keeper)
        safeguarding.decide_on_child(child.id, "refer_now", "He was hit", desks.keeper)


def test_referrals_that_stop_in_one_district_ring_the_same_day_by_name_and_nowhere_else(history: Desks) -> None:
    for hour in (9, 10, 11):
        decided_to_refer(history, at(OFF, hour))
    rung: list[tuple[dt.datetime, AbsenceAlarm]] = []
    for day in (OFF, OFF + dt.timedelta(days=1)):
        for hour in range(8, 22):
            with clock.at(at(day, hour)):
                rung += [(at(day, hour), alarm) for alarm in services.raise_alarms()]
    first_heard, first = rung[0]
    assert first_heard.date() == OFF
    assert first_heard.hour <= 13
    assert (
        str(first) == "Too few referrals: Westley (made up) to Westley children's services (made up), 17 September 2019"
    )
    assert (first.seen, first.rule, first.called_for) == (0, "limit", 3)
    assert {alarm.district.name for _, alarm in rung} == {"Westley (made up)"}
    raised = [(alarm.day, alarm.agency_id) for _, alarm in rung]
    assert len(raised) == len(set(raised))
    assert {day for day, _ in raised} == {OFF, OFF + dt.timedelta(days=1)}


def test_before_it_stops_nothing_rings_for_two_weeks(history: Desks) -> None:
    for back in range(14, 0, -1):
        for hour in (11, 16, 23):
            with clock.at(at(OFF - dt.timedelta(days=back), hour)):
                assert services.raise_alarms() == []


def test_the_alarm_is_owed_an_answer_by_a_named_person_and_is_answered_once(history: Desks) -> None:
    with clock.at(at(OFF, 16)):
        alarm = services.raise_alarms()[0]
        owed = Obligation.objects.get(subject="absence_alarm", subject_id=alarm.id)
        assert (owed.rule_id, owed.met_at, owed.district_id) == ("absence-answer", None, alarm.district_id)
        with pytest.raises(InvalidError, match="What was found"):
            services.answer_alarm(alarm.id, " ", history.keeper)
        with pytest.raises(NotAllowedError):
            services.answer_alarm(alarm.id, "Nothing", history.force.one(Role.ANALYST))
        services.answer_alarm(alarm.id, "The step was switched off; on again, 31 children gone through", history.keeper)
        owed.refresh_from_db()
        assert owed.met_at is not None
        with pytest.raises(ConflictError, match="already"):
            services.answer_alarm(alarm.id, "Again", history.keeper)


def test_the_database_keeps_what_was_raised(history: Desks) -> None:
    with clock.at(at(OFF, 16)):
        alarm = services.raise_alarms()[0]
        with pytest.raises(ConflictError, match="not rewritten"), writing(history.keeper, reason="x"):
            AbsenceAlarm.objects.filter(id=alarm.id).update(seen=99)


def test_the_charts_show_every_series_with_its_lower_line_and_the_day_that_rang(history: Desks) -> None:
    with clock.at(at(OFF, 16)):
        services.raise_alarms()
        shown = {chart.name: chart for chart in charts()}
        waiting = alarms()
    west = shown["Westley (made up) to Westley children's services (made up)"]
    assert len(shown) == 12
    assert [p.day for p in west.points if p.alarmed] == [OFF]
    assert (west.points[-1].seen, west.points[-2].seen, west.points[-2].usual) == (0, 18, Fraction(18))
    assert 0 < west.points[-2].low < 18
    assert all(alarm.answered_at is None for alarm in waiting)


def test_a_new_district_is_said_to_be_too_young(desks: Desks) -> None:
    desks.sent("Newley", "Newley children's services", OFF - dt.timedelta(days=5), 5, 20)
    with clock.at(at(OFF, 16)):
        assert services.raise_alarms() == []
        assert all(chart.young for chart in charts())
