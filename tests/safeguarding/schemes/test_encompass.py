"""Operation Encompass: the school is told before it next opens, in the holidays other agencies are told too."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.pole.models import Person
from iops.safeguarding.schemes import encompass, terms
from tests.safeguarding.schemes.conftest import Unit, duties, london, uncovered

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from iops.safeguarding.models import IncidentChild, School

    Clock = Callable[[str], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db
TEN = dt.date(2016, 5, 6)


def linked(unit: Unit, at: str, born: dt.date | None = TEN, **facts: Any) -> IncidentChild:
    """A child linked now to an incident of a wall time."""
    return unit.child(unit.incident(at, **facts), born)


def school(unit: Unit, code: str = "100001", **changed: Any) -> School:
    return encompass.register_school(code, f"School {code} (made up)", unit.keeper, made_up=True, **changed)


@pytest.mark.parametrize(
    ("linked_at", "due"),
    [
        ("2026-11-10 07:30", "2026-11-10 09:00"),  # before school on a school day
        ("2026-11-10 09:00", "2026-11-11 09:00"),  # it opens now: too late for today
        ("2026-11-10 22:15", "2026-11-11 09:00"),
        ("2026-11-13 23:50", "2026-11-16 09:00"),  # Friday night: Monday
        ("2026-11-14 12:00", "2026-11-16 09:00"),
        ("2026-05-01 20:00", "2026-05-05 09:00"),  # the Monday is a bank holiday
        ("2026-10-22 20:00", "2026-10-23 09:00"),  # the last day before half term
        ("2026-10-24 20:00", "2026-11-02 09:00"),  # half term, and the night of the clock change
    ],
)
def test_the_school_is_told_before_it_next_opens(unit: Unit, on: Clock, linked_at: str, due: str) -> None:
    with on(linked_at):
        found = duties("incident_child", linked(unit, linked_at).id)
    assert found["encompass-notification"].due == due


@pytest.mark.parametrize(
    ("linked_at", "holiday"),
    [
        ("2026-11-13 23:50", False),  # a weekend
        ("2026-05-01 20:00", False),  # a weekend and a bank holiday
        ("2026-10-24 20:00", True),  # half term
        ("2026-12-23 12:00", True),
        ("2026-08-03 08:00", True),
    ],
)
def test_in_the_holidays_other_agencies_are_told_within_a_day(
    unit: Unit, on: Clock, linked_at: str, holiday: bool
) -> None:
    with on(linked_at):
        child = linked(unit, linked_at)
        found = duties("incident_child", child.id)
        assert ("encompass-holiday" in found) is holiday
        if holiday:
            encompass.school_told(child.id, "Children's services (made up)", unit.officer, agencies=True)
            found = duties("incident_child", child.id)
            assert (found["encompass-holiday"].state, found["encompass-notification"].state) == ("met", "open")


@pytest.mark.parametrize(
    ("born", "owed"),
    [
        (dt.date(2022, 11, 10), True),  # four today
        (dt.date(2022, 11, 11), False),
        (dt.date(2008, 11, 11), True),  # eighteen tomorrow
        (None, True),  # not known: not taken for too old or too young
    ],
)
def test_a_child_of_school_age_is_told_of(unit: Unit, on: Clock, born: dt.date | None, owed: bool) -> None:
    with on("2026-11-10 10:00"):
        child = linked(unit, "2026-11-10 10:00", born)
        assert ("encompass-notification" in duties("incident_child", child.id)) is owed


def test_a_date_of_birth_learnt_later_settles_it_anew(unit: Unit, on: Clock) -> None:
    with on("2026-11-10 10:00"):
        child = linked(unit, "2026-11-10 10:00", None)
        assert "encompass-notification" in duties("incident_child", child.id)
        Person.objects.filter(id=child.person_id).update(born=dt.date(2025, 1, 1))
        assert "encompass-notification" not in duties("incident_child", child.id)


def test_an_incident_that_is_not_domestic_owes_no_school(unit: Unit) -> None:
    assert "encompass-notification" not in duties("incident_child", linked(unit, "2026-11-10 10:00", domestic=False).id)


@pytest.mark.parametrize("day", ["2017-12-31", "2018-01-01", "2025-11-06", "2025-11-07"])
def test_it_was_practice_before_it_was_law(unit: Unit, on: Clock, day: str) -> None:
    with on(f"{day} 12:00"):
        found = duties("incident_child", linked(unit, f"{day} 12:00", None).id)
    assert ("encompass-notification" in found) is (day >= "2018-01-01")


def test_telling_the_school_in_time_meets_it_and_late_is_late(unit: Unit, on: Clock) -> None:
    with on("2026-11-10 22:00"):
        one, other = linked(unit, "2026-11-10 21:00"), linked(unit, "2026-11-10 21:00")
    with on("2026-11-11 09:30"):
        encompass.school_told(one.id, "Head (made up)", unit.officer, at=london("2026-11-11 08:40"))
        encompass.school_told(other.id, "Head (made up)", unit.officer)
        states = [duties("incident_child", c.id)["encompass-notification"].state for c in (one, other)]
    assert states == ["met", "met late"]


def test_an_exception_has_a_code_and_judgement_needs_a_supervisor(unit: Unit, on: Clock) -> None:
    with on("2026-11-10 22:00"):
        child, other = linked(unit, "2026-11-10 21:00"), linked(unit, "2026-11-10 21:00")
        encompass.school_not_told(child.id, "home_educated", "", unit.officer)
        assert duties("incident_child", child.id)["encompass-notification"].state == "met"
        with pytest.raises(NotAllowedError):
            encompass.school_not_told(other.id, "would_harm", "His mother works there", unit.officer)
        with pytest.raises(InvalidError):
            encompass.school_not_told(other.id, "would_harm", "", unit.sergeant)
        with pytest.raises(InvalidError):
            encompass.school_not_told(other.id, "did not feel like it", "x", unit.sergeant)
        encompass.school_not_told(other.id, "would_harm", "His mother works there", unit.sergeant)
        assert duties("incident_child", other.id)["encompass-notification"].state == "met"


def test_a_childs_own_school_opens_at_its_own_hour(unit: Unit, on: Clock) -> None:
    with on("2026-11-10 22:00"):
        child = linked(unit, "2026-11-10 21:00")
        early = school(unit, opens=dt.time(8, 15))
        encompass.say_school(child.id, "known", unit.officer, school_id=early.id)
        assert duties("incident_child", child.id)["encompass-notification"].due == "2026-11-11 08:15"
        encompass.say_school(child.id, "unknown", unit.officer)
        assert duties("incident_child", child.id)["encompass-notification"].due == "2026-11-11 09:00"


YEAR = """schools:
  - school: "100001"
    year: 2026
    terms:
      - {first: 2026-09-07, last: 2026-11-06}
      - {first: 2026-11-16, last: 2026-12-18}
      - {first: 2027-01-04, last: 2027-03-25}
      - {first: 2027-04-12, last: 2027-07-23}
    closed: [2026-11-16]
"""


def loaded(unit: Unit, folder: Path, text: str = YEAR) -> int:
    path = folder / "terms.yaml"
    path.write_text(text, encoding="utf-8")
    return terms.load_school_years(path, unit.keeper)


def test_terms_that_are_loaded_move_what_is_owed(unit: Unit, on: Clock, tmp_path: Path) -> None:
    with on("2026-11-10 22:00"):
        child = linked(unit, "2026-11-10 21:00")
        own = school(unit)
        encompass.say_school(child.id, "known", unit.officer, school_id=own.id)
        assert duties("incident_child", child.id)["encompass-notification"].due == "2026-11-11 09:00"
        assert loaded(unit, tmp_path) == 1
        found = duties("incident_child", child.id)
        # Its own half term is a week later than the force's, and the Monday after it the school is closed.
        assert found["encompass-notification"].due == "2026-11-17 09:00"
        assert "encompass-holiday" in found
        assert loaded(unit, tmp_path, YEAR.replace("    closed: [2026-11-16]\n", "")) == 1
        assert duties("incident_child", child.id)["encompass-notification"].due == "2026-11-16 09:00"
        assert uncovered() == (0, 0)


def test_a_year_that_was_not_loaded_follows_the_force(unit: Unit, on: Clock, tmp_path: Path) -> None:
    with on("2026-07-21 22:00"):
        child = linked(unit, "2026-07-21 21:00")
        encompass.say_school(child.id, "known", unit.officer, school_id=school(unit).id)
        loaded(unit, tmp_path)
        assert duties("incident_child", child.id)["encompass-notification"].due == "2026-07-22 09:00"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("schools:", "colleges:", "not a known key"),
        ('school: "100001"', "school: 100001", "a text was expected"),
        ("year: 2026", "year: 1900", "whole number"),
        ("year: 2026", "year: yes please", "whole number"),
        ("last: 2026-11-06", "last: 2026-09-01", "ends before it begins"),
        ("first: 2026-11-16", "first: 2026-11-05", "before the one before it has ended"),
        ("last: 2027-07-23", "last: 2027-08-01", "school year"),
        ("closed: [2026-11-16]", "closed: [2026-11-09]", "in no term"),
        ("closed: [2026-11-16]", "closed: [tomorrow]", "is not a date"),
        ("closed: [2026-11-16]", "shut: [2026-11-16]", "not a known key"),
        ("      - {first: 2027-01-04, last: 2027-03-25}\n", "", "would be open on"),
        ("    terms:", "    year: 2026\n    terms:", "line"),
        ("    terms:", "    terms: &x", ""),
        (YEAR, "", ""),
        (YEAR, "schools: []\n", "no school is given"),
        (YEAR, YEAR + YEAR.removeprefix("schools:\n"), "stands twice"),
        (YEAR, "x" * 5_000_000, ""),
        (YEAR, "[" * 100, ""),
    ],
)
def test_a_file_of_terms_that_is_not_right_is_refused_whole(
    unit: Unit, tmp_path: Path, old: str, new: str, says: str
) -> None:
    own = school(unit)
    with pytest.raises(InvalidError) as refused:
        loaded(unit, tmp_path, YEAR.replace(old, new))
    assert says in str(refused.value)
    assert not own.years.exists()


def test_terms_of_a_school_that_is_not_there_are_refused(unit: Unit, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="100001"):
        loaded(unit, tmp_path)


def test_what_cannot_be_is_refused(unit: Unit) -> None:
    own, child = school(unit), linked(unit, "2026-11-10 10:00")
    with pytest.raises(ConflictError):
        school(unit)
    with pytest.raises(NotAllowedError):
        encompass.register_school("100002", "x", unit.officer)
    told: dict[str, Any] = {"code": "1", "name": "x", "by": unit.keeper}
    for wrong in ({"code": ""}, {"code": "a b"}, {"code": "2", "opens": dt.time(23)}, {"code": "3", "name": " "}):
        with pytest.raises(InvalidError):
            encompass.register_school(**(told | wrong))
    for wrong in ({"standing": "known"}, {"standing": "unknown", "school_id": own.id}, {"standing": "perhaps"}):
        with pytest.raises(InvalidError):
            encompass.say_school(child.id, by=unit.officer, **wrong)
    with pytest.raises(NotFoundError):
        encompass.say_school(child.id, "known", unit.officer, school_id=10**15)
    with pytest.raises(NotFoundError):
        encompass.school_told(10**15, "x", unit.officer)
    with pytest.raises(InvalidError):
        encompass.school_told(child.id, " ", unit.officer)
