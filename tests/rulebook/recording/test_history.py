"""The same facts under the rules of different days."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from iops.rulebook.classes import register, sources, tidy_code
from iops.rulebook.continuation import months_after
from iops.rulebook.differences import differences
from iops.rulebook.reading import BadReportError
from iops.rulebook.recording import decide

if TYPE_CHECKING:
    from iops.rulebook.decision import Decision

PERSON: dict[str, Any] = {
    "reporter": "victim",
    "points_to_prove": "clear",
    "victims": [{"id": "v", "age": 30, "sex": "female"}],
    "suspects": [{"id": "s", "age": 31}],
}


def on(day: str, *offences: Any, **told: Any) -> Decision:
    return decide({**PERSON, "reported": day, "offences": list(offences), **told})


SHED = {"act": "burglary", "building": "unconnected_residential"}
HOME = {"act": "burglary", "building": "home"}


@pytest.mark.parametrize(
    ("day", "shed", "home"),
    [
        ("2016-05-10", "30A", "28A"),
        ("2017-03-31", "30A", "28A"),
        ("2017-04-01", "28E", "28E"),
        ("2023-03-31", "28E", "28E"),
        ("2023-04-01", "28M", "28I"),
        ("2026-05-10", "28M", "28I"),
    ],
)
def test_a_burgled_outbuilding_follows_the_day_of_the_report(day: str, shed: str, home: str) -> None:
    assert on(day, SHED).classes == (shed,)
    assert on(day, HOME).classes == (home,)


@pytest.mark.parametrize(
    ("day", "role", "expected"),
    [
        ("2017-03-31", "constable", "8N"),
        ("2017-04-01", "constable", "8S"),
        ("2020-03-31", "emergency_worker", "8N"),
        ("2020-04-01", "emergency_worker", "8T"),
        ("2020-04-01", "public", "8N"),
    ],
)
@pytest.mark.parametrize("offence", [{"act": "assault", "injury": "injury"}, "8N", "008/06"])
def test_injury_to_police_and_emergency_workers_moves_class(day: str, role: str, expected: str, offence: Any) -> None:
    assert on(day, offence, victims=[{"id": "v", "role": role}]).classes == (expected,)


@pytest.mark.parametrize(("day", "kind"), [("2023-04-30", "crime"), ("2023-05-01", "incident")])
def test_section_5_stopped_being_notifiable_in_may_2023(day: str, kind: str) -> None:
    assert on(day, {"act": "public-order", "order_section": "section_5"}).kind == kind


@pytest.mark.parametrize(("day", "hours"), [("2002-03-31", None), ("2015-03-31", 72), ("2015-04-01", 24)])
def test_the_time_limit_follows_the_day_of_the_report(day: str, hours: int | None) -> None:
    limit = on(f"{day} 12:00", "39").time_limit
    assert limit is not None
    assert limit.hours == hours


def test_what_is_unsure_in_the_sources_is_shown() -> None:
    assert any("April 2015" in text for text in on("2015-03-31", "39").unsure)


@pytest.mark.parametrize(
    ("day", "classes"),
    [("2018-03-31", ["19C"]), ("2019-06-01", ["19C", "8L"]), ("2023-04-30", ["19C", "8L"]), ("2023-05-01", ["19C"])],
)
def test_harassment_beside_rape_was_counted_from_2018_to_2023(day: str, classes: list[str]) -> None:
    assert sorted(on(day, {"act": "rape"}, {"offence": "8L", "code": "195/94"}).classes) == classes


def test_a_historic_offence_reported_now_has_the_class_of_now() -> None:
    found = on("2026-05-01", {"act": "rape"}, happened="1985-06-01")
    assert (found.classes, str(found.offence_date)) == (("19C",), "1985-06-01")


@pytest.mark.parametrize(
    ("happened", "code"), [("2024-01-30", "008/71"), ("2024-01-31", "088/15"), ("2026-04-01", "088/15")]
)
def test_which_offence_existed_follows_the_day_it_happened(happened: str, code: str) -> None:
    found = on("2026-05-01", {"act": "message", "content": "intimate_image_with_intent"}, happened=happened)
    assert [crime.code for crime in found.crimes] == [code]


def test_strangulation_before_it_was_an_offence_is_an_assault() -> None:
    told = {"act": "assault", "injury": "none", "strangulation": "yes"}
    assert on("2022-06-06", told).classes == ("105A",)
    assert on("2022-06-07", told).classes == ("8N",)


def test_a_report_can_be_decided_as_at_another_day() -> None:
    report = {**PERSON, "reported": "2026-05-01", "happened": "2016-05-01", "offences": [HOME]}
    assert decide(report, as_at=dt.date(2018, 1, 1)).classes == ("28E",)
    with pytest.raises(BadReportError, match="after it was reported"):
        decide(report, as_at=dt.date(2016, 1, 1))


def test_the_differences_between_two_days_are_told_in_words() -> None:
    found = [str(one) for one in differences(dt.date(2023, 4, 30), dt.date(2023, 5, 1))]
    assert any("Section 5 has not been notifiable" in text for text in found)
    assert any("conduct" in text for text in found)
    assert differences(dt.date(2023, 5, 1), dt.date(2023, 4, 30)) == differences(
        dt.date(2023, 4, 30), dt.date(2023, 5, 1)
    )
    assert differences(dt.date(2026, 6, 1), dt.date(2026, 6, 1)) == ()


def test_the_register_holds_every_class_with_a_known_source() -> None:
    held = register().classes.values()
    assert sum(not one.historical for one in held) == 188
    assert all(cite.split(" ")[0] in sources() for one in held for cite in one.cite)
    assert tidy_code("8/6") == "008/06"


def test_three_months_end_on_the_last_day_of_a_short_month() -> None:
    assert months_after(dt.date(2025, 11, 30), 3) == dt.date(2026, 2, 28)
    assert months_after(dt.date(2026, 1, 15), 3) == dt.date(2026, 4, 15)


@pytest.mark.parametrize(("last", "kind"), [("2026-02-01", "add_to_existing"), ("2026-01-31", "crime")])
def test_conduct_is_added_until_three_months_have_passed(last: str, kind: str) -> None:
    told = {"existing": {"crime": "8Q", "dealt_with": False, "last_incident": last}, "relation": "former_partner"}
    assert on("2026-05-01", {"act": "conduct", "conduct": "stalking"}, **told).kind == kind
