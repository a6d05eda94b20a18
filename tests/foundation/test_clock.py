"""The clock of the system: true for every force, and set by hand for one that trains."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.errors import InvalidError
from iops.foundation.roles import Role
from tests.foundation.ledgers import as_the_owner

if TYPE_CHECKING:
    from tests.force import Force

pytestmark = pytest.mark.django_db(transaction=True)
THEN = dt.datetime(2019, 7, 5, 21, 30, tzinfo=dt.UTC)


def asked(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


@pytest.fixture
def training(owner: psycopg.Connection) -> None:
    owner.execute(
        "insert into foundation_clock (id, adjustable) values (1, true)"
        " on conflict (id) do update set adjustable = true"
    )


def test_the_clock_stands_still_within_a_transaction() -> None:
    with transaction.atomic():
        assert clock.now() == clock.now() == asked("select iops.wall_time()")


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == dt.timedelta(0)


class TestAForceAtWork:
    """Nobody sets its clock, whatever they try."""

    def test_the_clock_cannot_be_set_for_a_session(self) -> None:
        with pytest.raises(clock.ClockError, match="cannot be set"), clock.at(THEN):
            pytest.fail("the clock was set")

    def test_the_clock_cannot_be_set_for_everybody(self) -> None:
        with as_the_owner(), pytest.raises(clock.ClockError, match="cannot be set"):
            clock.set_clock(THEN)

    @pytest.mark.parametrize("setting", ["2019-07-05 22:30", "no moment at all"])
    def test_a_setting_of_the_session_is_passed_over(self, setting: str, owner: psycopg.Connection) -> None:
        owner.execute("select set_config('iops.clock', %s, false)", [setting])
        assert owner.execute("select iops.now() = transaction_timestamp()").fetchone() == (True,)

    def test_the_database_keeps_no_set_clock_for_it(self, owner: psycopg.Connection) -> None:
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute("insert into foundation_clock (id, adjustable, set_to) values (1, false, now())")

    @pytest.mark.parametrize(
        "statement",
        ["insert into foundation_clock values (1, true)", "update foundation_clock set adjustable = true"],
    )
    def test_the_application_does_not_make_it_adjustable(self, statement: str) -> None:
        with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.usefixtures("training")
class TestATrainingForce:
    """Its clock is set for one session, or for everybody, and set back."""

    def test_the_clock_is_set_for_one_session_and_set_back(self, owner: psycopg.Connection) -> None:
        with clock.at(THEN):
            assert clock.now() == THEN
            assert clock.today() == dt.date(2019, 7, 5)
            assert owner.execute("select iops.now() > '2020-01-01'").fetchone() == (True,)
        assert clock.now() > THEN + dt.timedelta(days=365)

    def test_settings_nest(self) -> None:
        with clock.at(THEN):
            with clock.at(THEN + dt.timedelta(hours=1)):
                assert clock.now() == THEN + dt.timedelta(hours=1)
            assert clock.now() == THEN

    def test_the_day_is_the_day_in_london(self) -> None:
        with clock.at(dt.datetime(2019, 7, 5, 23, 30, tzinfo=dt.UTC)):
            assert clock.today() == dt.date(2019, 7, 6)

    def test_a_failed_transaction_sets_the_clock_back_and_shows_its_own_error(self) -> None:
        with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic(), clock.at(THEN):
            asked("select 1 / 0")
        assert clock.now() > THEN + dt.timedelta(days=365)

    def test_it_is_set_for_everybody_until_it_is_released(self, owner: psycopg.Connection) -> None:
        with as_the_owner():
            clock.set_clock(THEN)
        assert clock.now() == THEN
        assert owner.execute("select iops.now()").fetchone() == (THEN,)
        with as_the_owner():
            clock.release_clock()
        assert clock.now() > THEN + dt.timedelta(days=365)

    def test_a_session_goes_before_everybody(self) -> None:
        with as_the_owner():
            clock.set_clock(THEN)
        with clock.at(THEN + dt.timedelta(days=1)):
            assert clock.now() == THEN + dt.timedelta(days=1)
        assert clock.now() == THEN

    def test_a_moment_has_a_time_zone(self) -> None:
        with pytest.raises(InvalidError, match="time zone"), clock.at(dt.datetime(2019, 7, 5)):
            pytest.fail("the clock was set")

    def test_ledgers_keep_the_true_time(self, force: Force, owner: psycopg.Connection) -> None:
        with clock.at(THEN):
            incident = force.incident()
            control.grade(incident.id, 2, "", force.one(Role.RESPONSE))
        assert incident.reported_at == THEN
        row = owner.execute("select min(at) > '2020-01-01' from foundation_history").fetchone()
        assert row == (True,)
