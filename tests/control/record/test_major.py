"""Major incidents: who declares one, METHANE, its incidents and their lines in one order, and standing down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iops.control import services as control
from iops.control.models import Methane
from iops.control.record import major, selectors
from iops.control.record.major import Report
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from tests.force import owed

if TYPE_CHECKING:
    from tests.force import Force

pytestmark = pytest.mark.django_db
REPORT = Report("Junction 4, northbound", "Coach and two cars", hazards="Fuel", casualties=12)


def test_a_major_incident_is_declared_by_an_inspector_with_its_first_report(force: Force) -> None:
    incident, inspector = force.incident(), force.one(Role.INSPECTOR)
    for who in (Role.SERGEANT, Role.DISPATCHER, Role.CALL_HANDLER):
        with pytest.raises(NotAllowedError):
            major.declare_major(incident.id, "Junction 4", REPORT, force.one(who))
    made = major.declare_major(incident.id, "Junction 4", REPORT, inspector)
    found = selectors.major(made.id, inspector)
    assert (found.major.name, found.latest.hazards, found.latest.casualties) == ("Junction 4", "Fuel", 12)
    assert [p.incident for p in found.parts] == [incident]
    assert incident.log.get().text == "Part of the major incident Junction 4."


def test_its_banner_stands_on_all_its_incidents_until_it_is_stood_down(force: Force) -> None:
    one, two, inspector = force.incident(), force.incident(), force.one(Role.INSPECTOR)
    made = major.declare_major(one.id, "Junction 4", REPORT, inspector)
    major.add_to_major(made.id, two.id, force.one(Role.DISPATCHER))
    for incident in (one, two):
        assert [p.major for p in selectors.ties(incident.id, inspector).standing] == [made]
    major.stand_down_major(made.id, "Road open", inspector)
    for incident in (one, two):
        incident.refresh_from_db()
        assert selectors.ties(incident.id, inspector).standing == ()
        assert incident.closed_at is None
        assert owed(incident)["grade-incident"] == "open"
        assert incident.log.order_by("-id")[0].text == "The major incident Junction 4 was stood down: Road open"


def test_the_lines_of_all_its_incidents_are_read_in_one_order(force: Force) -> None:
    one, two, inspector = force.incident(), force.incident(), force.one(Role.INSPECTOR)
    made = major.declare_major(one.id, "Junction 4", REPORT, inspector)
    major.add_to_major(made.id, two.id, inspector)
    for number, incident in enumerate((one, two, one, two)):
        control.add_log_entry(incident.id, f"line {number}", inspector)
    shown = [(line.entry.text, line.entry.incident) for line in selectors.major(made.id, inspector).log.lines]
    assert [text for text, _ in shown if text.startswith("line")] == ["line 3", "line 2", "line 1", "line 0"]
    assert shown[0][1] == two


def test_a_restricted_part_is_there_for_its_list_alone(force: Force) -> None:
    one, secret, inspector = force.incident(), force.incident(), force.one(Role.INSPECTOR)
    made = major.declare_major(one.id, "Junction 4", REPORT, inspector)
    major.add_to_major(made.id, secret.id, inspector)
    control.restrict(secret.id, [], [], "Officer involved", inspector)
    seen = selectors.major(made.id, force.one(Role.RESPONSE))
    assert [p.incident for p in seen.parts] == [one]
    assert {line.entry.incident_id for line in seen.log.lines} == {one.id}
    assert len(selectors.major(made.id, inspector).parts) == 2


def test_a_further_report_leaves_the_earlier_ones_as_they_were(force: Force) -> None:
    inspector = force.one(Role.INSPECTOR)
    made = major.declare_major(force.incident().id, "Junction 4", REPORT, inspector)
    major.report_on_major(made.id, Report("Junction 4", "Coach", casualties=14), force.one(Role.DISPATCHER))
    assert [r.casualties for r in Methane.objects.order_by("id")] == [12, 14]
    assert selectors.major(made.id, inspector).latest.casualties == 14


@pytest.mark.parametrize(
    ("name", "report"),
    [
        ("", REPORT),
        ("x" * 121, REPORT),
        ("a\x00b", REPORT),
        ("Junction 4", Report("", "Coach")),
        ("Junction 4", Report("Junction 4", " ")),
        ("Junction 4", Report("Junction 4", "Coach", casualties=-1)),
        ("Junction 4", Report("Junction 4", "Coach", casualties=10**9)),
        ("Junction 4", Report("Junction 4", "x" * 20_001)),
    ],
)
def test_what_says_too_little_or_nonsense_is_refused(force: Force, name: str, report: Report) -> None:
    with pytest.raises(InvalidError):
        major.declare_major(force.incident().id, name, report, force.one(Role.INSPECTOR))


def test_an_incident_is_added_once_and_taken_off_with_a_reason(force: Force) -> None:
    one, two, inspector = force.incident(), force.incident(), force.one(Role.INSPECTOR)
    made = major.declare_major(one.id, "Junction 4", REPORT, inspector)
    part = major.add_to_major(made.id, two.id, inspector)
    with pytest.raises(ConflictError):
        major.add_to_major(made.id, two.id, inspector)
    major.take_off_major(part.id, "Another road", inspector)
    assert two.log.order_by("-id")[0].text == "No longer part of the major incident Junction 4: Another road"
    with pytest.raises(ConflictError):
        major.take_off_major(part.id, "Again", inspector)
    assert major.add_to_major(made.id, two.id, inspector).id != part.id


def test_what_was_stood_down_takes_nothing_more_and_is_not_stood_down_twice(force: Force) -> None:
    one, inspector = force.incident(), force.one(Role.INSPECTOR)
    made = major.declare_major(one.id, "Junction 4", REPORT, inspector)
    with pytest.raises(ConflictError, match="stands"):
        major.declare_major(one.id, "Junction 4", REPORT, inspector)
    with pytest.raises(NotAllowedError):
        major.stand_down_major(made.id, "x", force.one(Role.SERGEANT))
    with pytest.raises(InvalidError):
        major.stand_down_major(made.id, " ", inspector)
    major.stand_down_major(made.id, "Road open", inspector)
    for again in (
        lambda: major.stand_down_major(made.id, "x", inspector),
        lambda: major.add_to_major(made.id, one.id, inspector),
        lambda: major.report_on_major(made.id, REPORT, inspector),
    ):
        with pytest.raises(ConflictError):
            again()
    assert major.declare_major(one.id, "Junction 4", REPORT, inspector).id != made.id


def test_what_is_not_there_is_not_found_and_who_may_not_may_not(force: Force) -> None:
    inspector, handler = force.one(Role.INSPECTOR), force.one(Role.CALL_HANDLER)
    with pytest.raises(NotFoundError):
        major.declare_major(999_999, "x", REPORT, inspector)
    with pytest.raises(NotFoundError):
        major.take_off_major(999_999, "x", inspector)
    with pytest.raises(NotFoundError):
        selectors.major(999_999, inspector)
    made = major.declare_major(force.incident().id, "Junction 4", REPORT, inspector)
    for refused in (
        lambda: major.add_to_major(made.id, force.incident().id, handler),
        lambda: major.report_on_major(made.id, REPORT, handler),
    ):
        with pytest.raises(NotAllowedError):
            refused()
