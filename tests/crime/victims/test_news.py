"""The news a victim is owed: which, until when, and what stops the clock; whoever writes and in whatever order."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control import services as control
from iops.crime.models import CrimeFlag, CrimeVictim, VictimNews, VictimNewsTold, VictimTold
from iops.crime.recorded import deciding, life
from iops.crime.victims import events, services, telling
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.services import writing
from iops.pole import services as pole
from iops.pole.models import Link
from tests.conftest import as_owner, worker_database
from tests.crime.victims.scene import LONDON, abused, due, duties, not_prosecuted, taken_on, victim_of, when
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Clock = Callable[[str], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db
BOXING_WEEK = {dt.date(2026, 12, 25), dt.date(2026, 12, 28), dt.date(2027, 1, 1)}
"""Bank holidays about Christmas 2026; Boxing Day is a Saturday, and its holiday the Monday after."""


@pytest.fixture
def force() -> Force:
    return Force()


def ended(force: Force, victim: CrimeVictim) -> None:
    not_prosecuted(victim, force.one(Role.INSPECTOR), "She does not wish to go on")


def told(force: Force, victim: CrimeVictim, *kinds: str) -> VictimTold:
    news = [n.id for n in victim.news.filter(kind__in=kinds)]
    return telling.tell(victim.id, news, "by telephone", "What it means", force.one(Role.RESPONSE))


def agree() -> None:
    """What is owed in the table is what the rules ask of the facts."""
    assert check_conservation().examples == []


# --- the clock -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "enhanced", "standard"),
    [
        ("2026-11-20 16:00", "2026-11-24 00:00", "2026-11-28 00:00"),  # a Friday
        ("2026-11-21 10:00", "2026-11-24 00:00", "2026-11-28 00:00"),  # a Saturday: Monday is the first day that counts
        ("2026-12-24 09:00", "2026-12-30 00:00", "2027-01-06 00:00"),  # Christmas, its Monday and New Year are out
        ("2026-03-27 23:59", "2026-03-31 00:00", "2026-04-08 00:00"),  # clocks go forward; Easter
        ("2026-03-29 01:30", "2026-03-31 00:00", "2026-04-08 00:00"),
        ("2026-10-23 12:00", "2026-10-27 00:00", "2026-10-31 00:00"),  # clocks go back
    ],
)
def test_working_days_end_at_midnight_over_weekends_holidays_and_changes_of_the_clock(
    force: Force, on: Clock, at: str, enhanced: str, standard: str
) -> None:
    with on(at):
        abuse, theft = abused(force), victim_of(force)
        assert due(abuse, "recorded") == {"victim-news-enhanced": enhanced}
        assert due(theft, "recorded") == {"victim-news": standard}


MOMENTS = st.datetimes(dt.datetime(2026, 3, 20), dt.datetime(2027, 4, 10), timezones=st.just(LONDON)) | st.sampled_from(
    [when(f"{day} {hour}") for day in ("2026-03-29", "2026-10-25", "2026-12-24", "2026-12-31", "2027-03-28")
     for hour in ("00:00", "00:59", "01:30", "02:00", "23:59")]
)  # fmt: skip


def test_news_is_due_at_the_end_of_a_working_day_with_so_many_between(force: Force, own_clock: None) -> None:
    abuse, theft = abused(force), victim_of(force)

    @settings(max_examples=25, deadline=None)
    @given(at=MOMENTS)
    def due_on_time(at: dt.datetime) -> None:
        with clock.at(at), transaction.atomic():
            for victim, days in ((abuse, 1), (theft, 5)):
                with writing(None, reason="a key event"):
                    news = VictimNews.objects.create(
                        victim=victim, crime=victim.crime, kind="charged", source="x", source_id=1, at=clock.now()
                    )
                assert news.at >= victim.at or at < victim.at
                _last_day(victim, max(at, victim.at), days)
            transaction.set_rollback(True)

    due_on_time()


def _last_day(victim: CrimeVictim, since: dt.datetime, days: int) -> None:
    (until,) = due(victim, "charged").values()
    ends = when(until)
    assert (ends.hour, ends.minute) == (0, 0)
    first = since.astimezone(LONDON).date() + dt.timedelta(days=1)
    counted = [first + dt.timedelta(days=n) for n in range((ends.date() - first).days)]
    with connection.cursor() as cursor:
        cursor.execute("select day from foundation_calendar_day where working and day = any(%s)", [counted])
        working = {row[0] for row in cursor.fetchall()}
    assert len(working) == days
    assert counted[-1] in working
    assert not working & BOXING_WEEK
    assert all(day.weekday() < 5 for day in working)


# --- what is owed ----------------------------------------------------------------------------------------------------


def test_a_victim_is_owed_each_key_event_once(force: Force) -> None:
    victim = victim_of(force)
    assert duties(victim) == {"victim-news": "open"}
    ended(force, victim)
    deciding.reopen(victim.crime_id, "New footage", force.one(Role.SERGEANT))
    kinds = sorted(victim.news.values_list("kind", flat=True))
    assert kinds == ["not_prosecuted", "recorded", "reopened"]
    with connection.cursor() as cursor:
        cursor.execute("select iops.victims_follow(%s)", [victim.crime_id])
    assert victim.news.count() == 3
    agree()


def test_telling_stops_the_clock_of_what_was_told_and_of_nothing_else(force: Force) -> None:
    victim = victim_of(force)
    ended(force, victim)
    told(force, victim, "recorded")
    assert duties(victim, "recorded") == {"victim-news": "met"}
    assert duties(victim, "not_prosecuted") == {"victim-news": "open"}
    told(force, victim, "not_prosecuted")
    assert duties(victim) == {"victim-news": "met"}
    agree()


def test_how_it_goes_brings_no_news(force: Force) -> None:
    victim = victim_of(force)
    assert told(force, victim).about == "progress"
    assert duties(victim) == {"victim-news": "open"}


def test_one_telling_may_bring_several_pieces_of_news(force: Force) -> None:
    victim = victim_of(force)
    ended(force, victim)
    deciding.reopen(victim.crime_id, "New footage", force.one(Role.SERGEANT))
    said = told(force, victim, "recorded", "not_prosecuted", "reopened")
    assert said.brought.count() == 3
    assert set(duties(victim).values()) == {"met"}


def test_what_is_told_late_stays_late(force: Force, on: Clock) -> None:
    with on("2026-11-20 16:00"):
        victim = abused(force)
    with on("2026-11-24 00:01"):
        told(force, victim, "recorded")
    assert duties(victim) == {"victim-news-enhanced": "met late"}


def test_the_note_on_the_crime_stops_the_clock_of_its_only_victim(force: Force) -> None:
    victim = victim_of(force)
    life.tell_victim(victim.crime_id, "recorded", "by telephone", "The number", force.one(Role.RESPONSE))
    assert duties(victim) == {"victim-news": "met"}
    agree()


def second_victim(force: Force, victim: CrimeVictim) -> CrimeVictim:
    other = pole.register_person("Una Bell (made up)", force.one(Role.RESPONSE), born="1985-05-06")
    pole.link(("person", other.id), "victim", ("crime", victim.crime_id), force.one(Role.RESPONSE))
    return CrimeVictim.objects.get(person=other)


def test_a_note_that_names_nobody_stops_no_clock_where_there_are_two_victims(force: Force) -> None:
    one = victim_of(force)
    other = second_victim(force, one)
    life.tell_victim(one.crime_id, "recorded", "by telephone", "The number", force.one(Role.RESPONSE))
    assert duties(one) == duties(other) == {"victim-news": "open"}
    told(force, other, "recorded")
    assert (duties(one), duties(other)) == ({"victim-news": "open"}, {"victim-news": "met"})
    agree()


def test_a_victim_who_is_found_later_is_owed_what_has_happened_from_then_on(force: Force, on: Clock) -> None:
    with on("2026-11-02 10:00"):
        one = victim_of(force)
        ended(force, one)
    with on("2026-11-20 16:00"):
        other = second_victim(force, one)
        assert due(other, "not_prosecuted") == {"victim-news": "2026-11-28 00:00"}
    assert due(one, "not_prosecuted") == {"victim-news": "2026-11-10 00:00"}


def test_a_victim_who_was_linked_by_mistake_is_owed_nothing_any_more(force: Force) -> None:
    victim = victim_of(force)
    link = Link.objects.get(to_kind="crime", to_id=victim.crime_id, role="victim")
    pole.withdraw(link, "The wrong person", force.one(Role.RESPONSE))
    assert duties(victim) == {}
    with pytest.raises(ConflictError, match="not a victim"):
        told(force, victim, "recorded")
    taken_on(victim.crime_id, force.one(Role.SERGEANT))
    assert victim.news.count() == 1
    agree()


def test_what_was_told_before_it_was_decided_counts(force: Force, on: Clock) -> None:
    with on("2026-11-02 10:00"):
        victim = victim_of(force)
        life.tell_victim(victim.crime_id, "outcome", "in person", "It will end", force.one(Role.RESPONSE))
    with on("2026-11-02 11:00"):
        ended(force, victim)
        assert duties(victim, "not_prosecuted") == {"victim-news": "met"}
    with on("2026-11-02 12:00"):
        deciding.reopen(victim.crime_id, "New footage", force.one(Role.SERGEANT))
        ended(force, victim)
    states = [duties_of(n) for n in victim.news.filter(kind="not_prosecuted").order_by("id")]
    assert states == ["met", "open"]
    agree()


def duties_of(news: VictimNews) -> str:
    return "met" if VictimNewsTold.objects.filter(news=news).exists() else "open"


# --- enhanced rights -------------------------------------------------------------------------------------------------


def test_the_mark_of_domestic_abuse_that_comes_later_changes_the_clock(force: Force) -> None:
    victim = victim_of(force)
    assert set(duties(victim)) == {"victim-news"}
    control.mark_domestic(victim.crime.incident_id, True, "", force.one(Role.RESPONSE))
    assert set(duties(victim)) == {"victim-news-enhanced"}
    agree()


@pytest.mark.parametrize(
    ("flag", "enhanced"), [("domestic abuse", True), ("hate: disability", True), ("alcohol", False)]
)
def test_flags_of_abuse_and_hate_give_enhanced_rights_while_they_stand(force: Force, flag: str, enhanced: bool) -> None:
    victim = victim_of(force)
    made = life.flag(victim.crime_id, flag, force.one(Role.RESPONSE))
    assert ("victim-news-enhanced" in duties(victim)) is enhanced
    life.remove_flag(made.id, "The wrong crime", force.one(Role.RESPONSE))
    assert set(duties(victim)) == {"victim-news"}
    assert CrimeFlag.objects.get().removed_at is not None
    agree()


def test_a_victim_under_eighteen_has_enhanced_rights_as_soon_as_the_age_is_known(force: Force) -> None:
    victim = victim_of(force)
    with writing(force.one(Role.RESPONSE), reason="born"):
        victim.person.born = clock.today() - dt.timedelta(days=365 * 15)
        victim.person.save()
    assert set(duties(victim)) == {"victim-news-enhanced"}
    agree()


def test_an_assessment_gives_enhanced_rights_from_then_on_and_the_standard_clock_goes_on(
    force: Force, on: Clock
) -> None:
    with on("2026-11-02 10:00"):
        victim = victim_of(force)
    with on("2026-11-04 10:00"):
        services.assess_needs(victim.id, "He is afraid", force.one(Role.RESPONSE), groups=["intimidated"])
        assert due(victim, "recorded") == {
            "victim-news": "2026-11-10 00:00",
            "victim-news-enhanced": "2026-11-06 00:00",
        }
        ended(force, victim)
        assert due(victim, "not_prosecuted") == {"victim-news-enhanced": "2026-11-06 00:00"}
    agree()


def test_an_assessment_after_the_telling_makes_nothing_late(force: Force, on: Clock) -> None:
    with on("2026-11-02 10:00"):
        victim = victim_of(force)
    with on("2026-11-02 11:00"):
        told(force, victim, "recorded")
    services.assess_needs(victim.id, "He is afraid", force.one(Role.RESPONSE), groups=["vulnerable"])
    assert duties(victim) == {"victim-news": "met"}
    agree()


def test_the_end_of_enhanced_rights_makes_no_late_news_early(force: Force, on: Clock) -> None:
    with on("2026-11-02 10:00"):
        victim = abused(force)
    with on("2026-11-20 10:00"):
        asked = services.ask_removal(victim.id, "He was never her partner", force.one(Role.RESPONSE))
        services.decide_removal(asked.id, True, "Seen the papers", force.one(Role.SERGEANT))
        assert due(victim, "recorded") == {"victim-news-enhanced": "2026-11-04 00:00"}
        ended(force, victim)
        assert due(victim, "not_prosecuted") == {"victim-news": "2026-11-28 00:00"}
    agree()


# --- what is refused -------------------------------------------------------------------------------------------------


def test_news_is_told_once_and_only_to_its_own_victim(force: Force) -> None:
    one, other = victim_of(force), victim_of(force)
    officer = force.one(Role.RESPONSE)
    with pytest.raises(NotFoundError):
        telling.tell(one.id, [other.news.get().id], "by telephone", "x", officer)
    with pytest.raises(NotFoundError):
        telling.tell(10**9, [], "by telephone", "x", officer)
    told(force, one, "recorded")
    with pytest.raises(ConflictError, match="told already"):
        told(force, one, "recorded")
    assert VictimTold.objects.count() == 1


@pytest.mark.parametrize(
    ("how", "words"), [("", "x"), ("x", " "), ("x" * 101, "x"), ("x", "\x00"), ("x", "x" * 20_001)]
)
def test_a_telling_says_how_and_what(force: Force, how: str, words: str) -> None:
    victim = victim_of(force)
    with pytest.raises(InvalidError):
        telling.tell(victim.id, [], how, words, force.one(Role.RESPONSE))
    assert not VictimTold.objects.exists()


def test_the_database_refuses_a_telling_of_another_crime(force: Force) -> None:
    one, other = victim_of(force), victim_of(force)
    said = told(force, other)
    with pytest.raises(DatabaseError, match="not told to this victim"), transaction.atomic():
        VictimNewsTold.objects.create(news=one.news.get(), told=said, crime=one.crime)


def test_whatever_names_a_victim_is_of_that_victims_crime(force: Force) -> None:
    one, other = victim_of(force), victim_of(force)
    made = VictimNews.objects.create(
        victim=one, crime=other.crime, kind="charged", source="x", source_id=1, at=clock.now()
    )
    made.refresh_from_db()
    assert made.crime_id == one.crime_id


# --- others widen the key events -------------------------------------------------------------------------------------


def test_another_kind_of_row_becomes_a_key_event_by_one_line() -> None:
    """A review stands for a row that another part keeps; what is installed here is rolled back."""
    wider = (*events.KEY_EVENTS, events.KeyEvent("crime_crimereview", "'interviewed'"))
    asked = (
        "select count(*) from pg_trigger where tgname = 'e_victim_event' and tgrelid = 'crime_crimereview'::regclass"
    )
    with psycopg.connect(as_owner(worker_database())) as owner:
        assert owner.execute(asked).fetchone() == (0,)
        for sql in events.statements(wider):
            owner.execute(sql.encode())
        assert owner.execute(asked).fetchone() == (1,)
        view = owner.execute("select pg_get_viewdef('iops.victim_key_event'::regclass)").fetchone()
        owner.rollback()
    assert view is not None
    assert "crime_crimereview" in view[0]
