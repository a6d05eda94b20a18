"""Whether to record: special routes beside the worked cases."""

from __future__ import annotations

from typing import Any

import pytest

from iops.rulebook.recording import decide

BASE: dict[str, Any] = {
    "reported": "2026-05-01",
    "reporter": "victim",
    "points_to_prove": "clear",
    "victims": [{"id": "v", "age": 30, "sex": "female"}],
    "suspects": [{"id": "s", "age": 31}],
}
RAPE = {"act": "rape"}
CHILD = {
    "victims": [{"id": "v", "age": 14}],
    "offences": [{"act": "child-sexual-activity", "child_act": "activity_or_incitement"}],
}


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"offences": ["8N"], "suspects": [{"id": "s", "age": 8}]}, "crime"),
        ({"offences": ["8N"], "suspects": [{"id": "s", "has_capacity": False}]}, "crime"),
        ({"offences": ["8N"], "contrary_evidence": "credible"}, "incident"),
        ({"offences": ["34B"], "impaired": "yes", "supported": "no"}, "incident"),
        ({"offences": ["34B"], "impaired": "yes", "supported": "yes"}, "crime"),
        ({"offences": ["34B"], "impaired": "yes"}, "undecided"),
        ({"offences": ["8N"], "reporter": "suspect", "supported": "no"}, "incident"),
        ({"offences": ["8N"], "reporter": "video", "victim_response": "confirms"}, "crime"),
        ({"offences": ["8N"], "reporter": "professional", "status_in_doubt": "yes", "victim_response": "denies",
          "necessary": "no"}, "crime_related_incident"),
        ({"offences": ["8N"], "duplicate": "yes"}, "not_recorded"),
        ({"offences": ["8N"], "nca_delay": "yes"}, "not_recorded"),
        ({"offences": ["8N"], "public_order_call": "settled_without_victim"}, "incident"),
        ({"offences": ["39"], "setting": "school_in_hours"}, "crime_related_incident"),
        ({"offences": ["39"], "setting": "school_in_hours", "crime_wanted_by": "child_or_parent"}, "crime"),
        ({"offences": ["39"], "setting": "school_in_hours", "serious": "yes"}, "crime"),
        ({"offences": ["34B"], "setting": "school_in_hours"}, "crime"),
        ({"offences": ["39"], "setting": "school_trip"}, "crime"),
        ({"offences": [RAPE], "reporter": "sarc", "sarc_route": "samples_frozen"}, "reported_incident"),
        ({"offences": [RAPE], "reporter": "sarc", "sarc_route": "samples_to_police"}, "crime"),
        ({"offences": ["20A"], "reporter": "sarc", "sarc_route": "anonymous"}, "information"),
        ({**CHILD, "willing_child": "yes", "reporter": "parent_or_carer"}, "crime"),
        ({**CHILD, "willing_child": "yes", "reporter": "professional", "penetration": "no"}, "incident"),
        ({**CHILD, "willing_child": "yes", "reporter": "professional", "penetration": "yes"}, "crime"),
        ({"offences": [{"offence": "4/9", "code": "004/09"}]}, "crime"),
        ({"offences": ["802"], "driving_proved": "no"}, "crime_related_incident"),
        ({"offences": [{"offence": "4/4", "code": "004/12"}], "driving_proved": "no"}, "crime_related_incident"),
        ({"offences": ["8N"], "nation": "scotland_or_northern_ireland", "declined": "no"}, "crime_related_incident"),
        ({"offences": ["8N"], "nation": "abroad"}, "crime_related_incident"),
        ({"offences": [RAPE], "nation": "flight_inbound"}, "reported_incident"),
        ({"offences": ["NFIB1B"], "link_here": "nothing"}, "not_recorded"),
        ({"offences": ["NFIB5B"], "vehicle_or_plant": "yes"}, "local_case_record_and_report_fraud"),
    ],
)  # fmt: skip
def test_a_special_route_ends_as_its_rule_says(told: dict[str, Any], kind: str) -> None:
    assert decide({**BASE, **told}).kind == kind


def test_reported_rape_counts_each_victim_and_offender_pair() -> None:
    people = {"victims": [{"id": "v", "age": 30, "sex": "female", "count": 2}], "suspects": [{"id": "s", "count": 3}]}
    found = decide({**BASE, **people, "offences": [RAPE], "contrary_evidence": "credible"})
    assert [(one.name, one.count) for one in found.reported_incidents] == [("N100/02", 6)]


@pytest.mark.parametrize(("age", "code"), [(17, "300/05"), (18, "300/01")])
def test_the_sudden_death_of_a_child_has_its_own_code(age: int, code: str) -> None:
    found = decide(
        {"reported": "2026-05-01", "death": True, "cause": "not_apparent", "victims": [{"id": "v", "age": age}]}
    )
    assert [one.code for one in found.reported_incidents] == [code]


def test_a_decision_not_to_record_demands_that_the_reporter_is_told() -> None:
    found = decide({**BASE, "offences": ["8N"], "contrary_evidence": "credible"})
    assert any("told" in text for text in found.audit)


def test_another_forces_crime_is_passed_on() -> None:
    found = decide({**BASE, "force": "A", "places": {"suspect": "B"}, "offences": ["8N"]})
    assert (found.kind, found.transfer_to) == ("crime_related_incident", "B")


def test_allegations_against_police_on_duty_have_no_24_hours() -> None:
    told = {
        "suspects": [{"id": "s", "role": "police_on_duty"}],
        "complaint_stage": "case_to_answer",
        "offences": ["8N"],
    }
    found = decide({**BASE, "reported": "2026-05-01 12:00", **told})
    assert found.kind == "crime"
    assert found.time_limit is not None
    assert found.time_limit.hours is None
