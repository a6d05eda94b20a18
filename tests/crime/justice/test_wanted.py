"""Who is wanted, how a name leaves the list, and who may release whom; refused by the database too."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iops.crime.justice import services as justice
from iops.crime.models import Arrest, Crime, SuspectWanted
from iops.crime.recorded import life
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.pole.models import Link
from tests.crime.recorded.scene import recorded
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Callable

    Tick = Callable[[], None]

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


def thief_of(crime: Crime) -> int:
    return Link.objects.get(to_kind="crime", to_id=crime.id, role="suspect").from_id


def wanted() -> set[int]:
    """The rows of the wanted list as the database derives them."""
    with connection.cursor() as cursor:
        cursor.execute("select id from iops.wanted")
        return {row[0] for row in cursor.fetchall()}


def want(force: Force, crime: Crime) -> SuspectWanted:
    return justice.want(crime.id, thief_of(crime), "Left before we came", force.one(Role.RESPONSE))


def arrest(force: Force, crime: Crime, *, at: dt.datetime | None = None, how: str = "arrested") -> Arrest:
    return justice.arrest(
        crime.id, thief_of(crime), "High Street", "Prompt investigation", force.one(Role.RESPONSE),
        at=at or clock.now(), how=how,
    )  # fmt: skip


@pytest.mark.parametrize("how", ["arrested", "surrendered"])
def test_an_arrest_or_a_surrender_takes_a_name_off_the_list(force: Force, tick: Tick, how: str) -> None:
    crime = recorded(force)
    sought = want(force, crime)
    assert wanted() == {sought.id}
    tick()
    arrest(force, crime, how=how)
    assert wanted() == set()


def test_an_arrest_before_somebody_was_wanted_takes_nobody_off(force: Force) -> None:
    crime = recorded(force)
    sought = want(force, crime)
    arrest(force, crime, at=sought.at - dt.timedelta(seconds=1))
    assert wanted() == {sought.id}


def test_an_arrest_for_another_crime_takes_nobody_off(force: Force) -> None:
    one, other = recorded(force), recorded(force)
    sought = want(force, one)
    arrest(force, other)
    assert wanted() == {sought.id}


def test_a_withdrawn_link_takes_nobody_off(force: Force) -> None:
    crime = recorded(force)
    sought = want(force, crime)
    who = force.one(Role.RESPONSE)
    link = Link.objects.get(to_kind="crime", to_id=crime.id, role="suspect")
    link.withdrawn_at, link.withdrawn_by, link.withdrawn_reason = clock.now(), who, "wrong"
    link.save()
    assert wanted() == {sought.id}


def test_an_inspector_cancels_and_a_sergeant_does_not(force: Force) -> None:
    sought = want(force, recorded(force))
    with pytest.raises(NotAllowedError, match="inspector"):
        justice.cancel_wanted(sought.id, "x", force.one(Role.SERGEANT))
    justice.cancel_wanted(sought.id, "Shown to be abroad", force.one(Role.INSPECTOR))
    assert wanted() == set()
    with pytest.raises(ConflictError, match="already"):
        justice.cancel_wanted(sought.id, "x", force.one(Role.INSPECTOR))


def test_nobody_is_wanted_twice_for_one_crime_until_taken_off(force: Force, tick: Tick) -> None:
    crime = recorded(force)
    want(force, crime)
    with pytest.raises(ConflictError, match="already"):
        want(force, crime)
    tick()
    arrest(force, crime)
    tick()
    again = want(force, crime)
    assert wanted() == {again.id}


def test_who_is_no_suspect_is_neither_wanted_nor_arrested(force: Force) -> None:
    crime, officer = recorded(force), force.one(Role.RESPONSE)
    keeper = Link.objects.get(to_kind="crime", to_id=crime.id, role="victim").from_id
    with pytest.raises(ConflictError, match="not a suspect"):
        justice.want(crime.id, keeper, "x", officer)
    with pytest.raises(ConflictError, match="not a suspect"):
        justice.arrest(crime.id, keeper, "x", "x", officer, at=clock.now())
    with pytest.raises(NotFoundError):
        justice.want(crime.id, 10**9, "x", officer)


def test_an_arrest_is_not_in_the_future_and_says_everything(force: Force) -> None:
    crime, officer = recorded(force), force.one(Role.RESPONSE)
    thief = thief_of(crime)
    with pytest.raises(IopsError):
        arrest(force, crime, at=clock.now() + dt.timedelta(hours=1))
    for place, necessity in (("", "x"), ("x", " "), ("x" * 201, "x")):
        with pytest.raises(InvalidError):
            justice.arrest(crime.id, thief, place, necessity, officer, at=clock.now())
    with pytest.raises(InvalidError):
        arrest(force, crime, how="vanished")


@pytest.mark.parametrize("by_flag", [True, False])
def test_for_domestic_abuse_only_an_inspector_releases_under_investigation(force: Force, *, by_flag: bool) -> None:
    crime = recorded(force, domestic=not by_flag)
    if by_flag:
        life.flag(crime.id, "domestic abuse", force.one(Role.RESPONSE))
    held = arrest(force, crime)
    with pytest.raises(NotAllowedError, match="inspector"):
        justice.release_under_investigation(held.crime_id, held.person_id, "More to do", force.one(Role.SERGEANT))
    released = justice.release_under_investigation(
        held.crime_id, held.person_id, "Conditions not needed: why", force.one(Role.INSPECTOR)
    )
    assert released.crime_id == crime.id


def test_what_is_not_domestic_an_officer_releases_once(force: Force) -> None:
    held = arrest(force, recorded(force))
    justice.release_under_investigation(held.crime_id, held.person_id, "More to do", force.one(Role.RESPONSE))
    with pytest.raises(ConflictError, match="already"):
        justice.release_under_investigation(held.crime_id, held.person_id, "x", force.one(Role.RESPONSE))


STEPS = ("want", "arrest", "arrest before", "cancel as sergeant", "cancel as inspector", "flag")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=6))
def test_a_name_leaves_the_list_only_by_an_arrest_or_an_inspector(force: Force, tick: Tick, steps: list[str]) -> None:
    crime = recorded(force)
    listed: SuspectWanted | None = None
    for step in steps:
        tick()
        try:
            if step == "want":
                listed = want(force, crime)
            elif step == "arrest":
                arrest(force, crime)
                listed = None
            elif step == "arrest before":
                arrest(force, crime, at=crime.reported_at - dt.timedelta(days=1))
            elif step == "flag":
                life.flag(crime.id, "alcohol", force.one(Role.RESPONSE))
            elif listed is not None:
                justice.cancel_wanted(listed.id, "x", force.one(Role(step.removeprefix("cancel as "))))
                listed = None
        except (ConflictError, NotAllowedError):
            assert listed is not None
        mine = set(SuspectWanted.objects.filter(crime=crime).values_list("id", flat=True)) & wanted()
        assert mine == ({listed.id} if listed else set())
