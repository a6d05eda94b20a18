"""Clare's Law: 28 days (35 before the guidance of 2023), one decision, nothing disclosed twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.safeguarding.models import DisclosureApplication, DisclosureStep
from iops.safeguarding.schemes import disclosure
from tests.safeguarding.schemes.conftest import Unit, duties, london

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Clock = Callable[[str], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db


def applied(unit: Unit, at: str = "2026-11-03 10:00", **changed: Any) -> DisclosureApplication:
    told: dict[str, Any] = {
        "route": "right_to_ask",
        "at_risk_id": unit.person("Ann Brown").id,
        "other_id": unit.person("Bob Brown").id,
        "applicant": "Her sister (made up)",
        "received_at": london(at),
    }
    incident = changed.pop("incident", None) or unit.incident()
    return disclosure.apply_for_disclosure(incident.id, by=unit.officer, **(told | changed))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2023-04-04 10:00", "2023-05-09 10:00"),  # the day before the guidance of 2023: 35 days
        ("2023-04-05 10:00", "2023-05-03 10:00"),  # from it on: 28
        ("2026-12-01 10:00", "2026-12-29 10:00"),  # Christmas changes nothing
        ("2026-03-20 10:00", "2026-04-17 10:00"),  # nor does the change of the clocks
    ],
)
def test_it_is_decided_within_the_days_of_the_guidance_in_force(unit: Unit, on: Clock, received: str, due: str) -> None:
    with on(received):
        found = duties("disclosure_application", applied(unit, received).id)
    assert (found["dvds-disclosure"].due, found["dvds-disclosure"].state) == (due, "open")
    assert found["dvds-checks"].state == "open"


@pytest.mark.parametrize("route", ["right_to_ask", "right_to_know"])
def test_both_routes_have_the_same_clock(unit: Unit, route: str) -> None:
    applicant = "Her sister" if route == "right_to_ask" else ""
    assert "dvds-disclosure" in duties("disclosure_application", applied(unit, route=route, applicant=applicant).id)


def test_the_decision_to_disclose_does_not_end_the_clock_but_the_disclosure_does(unit: Unit) -> None:
    application = applied(unit)
    disclosure.disclosure_step(application.id, "checked", unit.officer)
    disclosure.disclosure_step(application.id, "met", unit.officer)
    disclosure.disclosure_step(application.id, "to_disclose", unit.keeper, note="Two convictions, she lives with him")
    assert duties("disclosure_application", application.id)["dvds-disclosure"].state == "open"
    told: dict[str, Any] = {"to_whom": "Ann Brown, in person", "note": "Convictions of 2019 and 2022"}
    disclosure.disclosure_step(application.id, "disclosed", unit.keeper, **told)
    assert duties("disclosure_application", application.id)["dvds-disclosure"].state == "met"


def test_a_refusal_with_reasons_ends_it(unit: Unit) -> None:
    application = applied(unit)
    with pytest.raises(InvalidError):
        disclosure.disclosure_step(application.id, "not_to_disclose", unit.keeper, note=" ")
    disclosure.disclosure_step(application.id, "not_to_disclose", unit.keeper, note="Nothing to disclose")
    assert {d.state for d in duties("disclosure_application", application.id).values()} == {"met", "met late"}


def test_nothing_is_disclosed_twice(unit: Unit) -> None:
    application = applied(unit)
    disclosure.disclosure_step(application.id, "to_disclose", unit.keeper, note="x")
    told: dict[str, Any] = {"to_whom": "Ann Brown", "note": "Convictions"}
    disclosure.disclosure_step(application.id, "disclosed", unit.keeper, **told)
    with pytest.raises(ConflictError, match="already"), transaction.atomic():
        disclosure.disclosure_step(application.id, "disclosed", unit.keeper, **told)
    of = {"application": application, "incident": application.incident, "at": london("2026-11-04 10:00")}
    with pytest.raises(Exception, match="disclosure_step_once"), transaction.atomic():
        DisclosureStep.objects.create(kind="disclosed", **of, **told)
    assert application.steps.filter(kind="disclosed").count() == 1


def test_nothing_is_disclosed_that_was_not_decided(unit: Unit) -> None:
    application = applied(unit)
    told: dict[str, Any] = {"to_whom": "Ann Brown", "note": "Convictions"}
    with pytest.raises(ConflictError, match="not decided"), transaction.atomic():
        disclosure.disclosure_step(application.id, "disclosed", unit.keeper, **told)
    disclosure.disclosure_step(application.id, "not_to_disclose", unit.keeper, note="x")
    with pytest.raises(ConflictError, match="not decided"), transaction.atomic():
        disclosure.disclosure_step(application.id, "disclosed", unit.keeper, **told)
    with pytest.raises(ConflictError, match="decided already"), transaction.atomic():
        disclosure.disclosure_step(application.id, "to_disclose", unit.keeper, note="x")


def test_whose_past_it_is_is_never_told(unit: Unit) -> None:
    application = applied(unit)
    disclosure.disclosure_step(application.id, "to_disclose", unit.keeper, note="x")
    with pytest.raises(InvalidError, match="whose past"):
        disclosure.disclosure_step(application.id, "disclosed", unit.keeper, to_whom="mr BOB BROWN (made up)", note="x")


def test_an_officer_does_not_decide_and_a_stranger_does_not_apply(unit: Unit) -> None:
    application = applied(unit)
    for kind in ("to_disclose", "not_to_disclose", "disclosed"):
        with pytest.raises(NotAllowedError):
            disclosure.disclosure_step(application.id, kind, unit.officer, to_whom="", note="x")
    with pytest.raises(NotAllowedError):
        disclosure.apply_for_disclosure(unit.incident().id, "right_to_know", 1, 2, unit.stranger)


def test_what_cannot_be_is_refused(unit: Unit) -> None:
    ann, incident = unit.person("Ann").id, unit.incident()
    for wrong in (
        {"route": "right_to_gossip"},
        {"applicant": ""},
        {"applicant": "x" * 301},
        {"at_risk_id": ann, "other_id": ann},
        {"received_at": london("2999-01-01 10:00")},
    ):
        with pytest.raises(InvalidError):
            applied(unit, incident=incident, **wrong)
    with pytest.raises(NotFoundError):
        applied(unit, incident=incident, other_id=10**15)
    application = applied(unit, incident=incident)
    with pytest.raises(ConflictError):
        applied(unit, incident=incident, at_risk_id=application.at_risk_id, other_id=application.other_id)
    steps: tuple[dict[str, Any], ...] = ({"kind": "guess"}, {"kind": "checked", "to_whom": "Ann"})
    for wrong in steps:
        with pytest.raises(InvalidError):
            disclosure.disclosure_step(application.id, by=unit.keeper, **wrong)
    with pytest.raises(ConflictError, match="before it is received"), transaction.atomic():
        disclosure.disclosure_step(application.id, "checked", unit.officer, at=london("2026-11-03 09:59"))
