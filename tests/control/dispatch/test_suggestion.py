"""The scoring of units: a pure function, every reason in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.control.configuration import DATA, open_node
from iops.control.dispatch.catalogue import read_catalogue
from iops.control.dispatch.suggestion import Candidate, Wanted, judge, suggest
from iops.control.models import UnitStatus

BOOK = read_catalogue(open_node(DATA / "units.yaml"))
WANTED = Wanted(grade=1, district_id=1, skills={"taser": "A warning of violence."})
UNIT = Candidate(
    unit_id=1,
    callsign="N1",
    kind="response",
    district_id=1,
    status=UnitStatus.AVAILABLE,
    status_title="Available, on patrol",
    divertible=True,
    skills=frozenset({"taser"}),
    on_duty=120,
    left=360,
    metres=1_500,
    position_age=1,
)


def test_a_near_free_skilled_rested_unit_of_the_district_has_nothing_against_it() -> None:
    found = judge(UNIT, WANTED, BOOK)
    assert (found.possible, found.must_divert, found.minutes, found.cons) == (True, False, 3, ())
    assert found.pros == (
        "About 1.5 km away in a straight line, perhaps 3 minutes.",
        "Available, on patrol.",
        "Has conducted energy device. A warning of violence.",
        "It is the district's own.",
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"metres": None}, "How far away it is, is not known."),
        ({"position_age": 16}, "Its position is 16 minutes old."),
        ({"status": UnitStatus.MEAL}, "On its meal break."),
        ({"skills": frozenset()}, "Has not conducted energy device. A warning of violence."),
        ({"district_id": 2}, "It would leave its own district."),
        ({"on_duty": 600}, "On duty for 10 hours."),
        ({"rested": 8 * 60}, "Its crew had 8 hours between tours."),
        ({"left": 59}, "Its tour ends in 59 minutes."),
        ({"left": 0}, "Its tour was to end already."),
        ({"status": UnitStatus.COMMITTED, "status_title": "Committed"}, "Committed."),
        (
            {
                "status": UnitStatus.EN_ROUTE,
                "status_title": "En route",
                "committed_to": "7/01012026",
                "committed_grade": 3,
            },
            "En route: 7/01012026 (grade 3); it would have to be diverted.",
        ),
    ],
)
def test_each_thing_against_a_unit_is_said_and_ranks_it_lower(change: dict[str, object], said: str) -> None:
    found = judge(replace(UNIT, **change), WANTED, BOOK)  # type: ignore[arg-type]
    assert said in found.cons
    assert found.possible
    assert found.points < judge(UNIT, WANTED, BOOK).points


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": UnitStatus.EMERGENCY}, "Its crew has pressed the emergency button."),
        ({"status": UnitStatus.COMMITTED, "status_title": "With a detained person", "divertible": False},
         "With a detained person."),
        ({"status": UnitStatus.AT_SCENE, "status_title": "At scene"}, "At scene; it cannot be diverted by you."),
    ],
)  # fmt: skip
def test_a_unit_that_cannot_be_sent_comes_after_all_that_can(change: dict[str, object], said: str) -> None:
    never = replace(UNIT, callsign="A1", metres=0, **change)  # type: ignore[arg-type]
    far = replace(UNIT, callsign="Z9", metres=90_000, district_id=2, status=UnitStatus.MEAL, skills=frozenset())
    found = suggest([never, far], WANTED, BOOK)
    assert [(s.unit.callsign, s.possible) for s in found] == [("Z9", True), ("A1", False)]
    assert said in found[1].cons


def test_a_unit_on_something_less_urgent_is_thought_of_before_one_on_something_as_urgent() -> None:
    busy = replace(UNIT, status=UnitStatus.EN_ROUTE, status_title="En route", committed_to="7/01012026")
    found = suggest(
        [replace(busy, callsign="A1", committed_grade=1), replace(busy, callsign="B1", committed_grade=3)], WANTED, BOOK
    )
    assert [s.unit.callsign for s in found] == ["B1", "A1"]
    assert "What it is on is less urgent than this." in found[0].pros
    assert all(s.must_divert for s in found)


def test_an_estimate_is_slower_for_a_grade_that_is_not_driven_fast() -> None:
    assert judge(UNIT, replace(WANTED, grade=4), BOOK).minutes == 4
    assert BOOK.travel.minutes(0, 1) == 0
    assert BOOK.travel.minutes(1, 1) == 1


units = st.builds(
    Candidate,
    unit_id=st.integers(1, 9),
    callsign=st.sampled_from(["A", "B", "C"]),
    kind=st.just("response"),
    district_id=st.integers(1, 2),
    status=st.sampled_from(UnitStatus),
    status_title=st.just("State"),
    divertible=st.booleans(),
    skills=st.frozensets(st.sampled_from(list(BOOK.skills))),
    on_duty=st.integers(0, 10_000),
    left=st.integers(-10_000, 10_000),
    metres=st.none() | st.integers(0, 2_000_000),
    position_age=st.none() | st.integers(0, 10_000),
    rested=st.none() | st.integers(0, 10_000),
    committed_to=st.sampled_from(["", "7/01012026"]),
    committed_grade=st.none() | st.integers(1, 5),
)
wants = st.builds(
    Wanted,
    grade=st.none() | st.integers(1, 5),
    district_id=st.integers(1, 2),
    skills=st.dictionaries(st.sampled_from(list(BOOK.skills)), st.just("Why.")),
)


@given(st.lists(units, max_size=6), wants)
def test_every_unit_is_listed_once_with_words_for_every_point(found: list[Candidate], wanted: Wanted) -> None:
    judged = suggest(found, wanted, BOOK)
    assert sorted(map(hash, found)) == sorted(hash(s.unit) for s in judged)
    assert [s.possible for s in judged] == sorted((s.possible for s in judged), reverse=True)
    for one in judged:
        assert all(r.says.strip() and "{" not in r.says for r in one.reasons)
        assert one.points == sum(r.points for r in one.reasons)
        assert one.minutes is None or one.minutes >= 0


@given(units, wants, st.integers(0, 50_000))
def test_nearer_is_never_worse(unit: Candidate, wanted: Wanted, nearer: int) -> None:
    far = replace(unit, metres=nearer + 10_000)
    assert judge(replace(unit, metres=nearer), wanted, BOOK).points >= judge(far, wanted, BOOK).points
