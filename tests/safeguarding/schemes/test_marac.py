"""MARAC: routes in, the list, the meeting and its actions; a repeat that makes itself (I27)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import District
from iops.pole import services as pole
from iops.safeguarding import services as safeguarding
from iops.safeguarding.models import MaracCase, MaracMeeting
from iops.safeguarding.schemes import marac
from iops.safeguarding.schemes.marac import Asked
from tests.safeguarding.schemes.conftest import Unit, duties, london

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from iops.pole.models import Person

    Clock = Callable[[str], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(unit: Unit) -> Person:
    return unit.person("Ann Brown", "1990-02-03")


@pytest.fixture
def bob(unit: Unit) -> Person:
    return unit.person("Bob Brown", "1985-06-07")


def referred(unit: Unit, ann: Person, bob: Person, at: str, **changed: Any) -> MaracCase:
    """A case of Ann, by Bob, referred at a wall time out of an incident of that moment."""
    incident = changed.pop("incident", None) or unit.between(ann, bob, at)
    told: dict[str, Any] = {"route": "professional_judgement", "reasons": "Strangled", "referred_at": london(at)}
    return marac.refer_to_marac(incident.id, ann.id, [bob.id], by=unit.officer, **(told | changed))


def repeats() -> list[MaracCase]:
    return list(MaracCase.objects.filter(route="repeat").order_by("id"))


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-03 10:00", "2026-11-07 00:00"),  # a Tuesday: until the end of Friday
        ("2026-12-23 10:00", "2026-12-31 00:00"),  # Christmas Day and the Boxing Day holiday on the 28th
        ("2026-10-23 10:00", "2026-10-29 00:00"),  # over the Sunday on which the clocks go back
    ],
)
def test_a_case_is_on_a_list_within_three_working_days(
    unit: Unit, ann: Person, bob: Person, on: Clock, at: str, due: str
) -> None:
    with on(at):
        found = duties("marac_case", referred(unit, ann, bob, at).id)
    assert {code: duty.due for code, duty in found.items()} == {"marac-list": due}


def test_an_emergency_is_called_within_four_hours(unit: Unit, ann: Person, bob: Person, on: Clock) -> None:
    with on("2026-11-03 22:00"):
        found = duties("marac_case", referred(unit, ann, bob, "2026-11-03 22:00", emergency=True).id)
    assert {code: duty.due for code, duty in found.items()} == {"marac-emergency": "2026-11-04 02:00"}


def test_from_the_referral_to_the_actions(unit: Unit, ann: Person, bob: Person, on: Clock) -> None:
    with on("2026-11-03 10:00"):
        case = referred(unit, ann, bob, "2026-11-03 10:00")
        meeting = marac.plan_meeting(
            unit.force.district.id, london("2026-11-12 09:30"), unit.keeper, chair="DI (made up)"
        )
        with pytest.raises(ConflictError, match="no list"), transaction.atomic():
            marac.hear(case.id, "x", [], unit.keeper)
        marac.put_on_list(case.id, meeting.id, unit.keeper)
        found = duties("marac_case", case.id)
        assert (found["marac-list"].state, found["marac-hear"].due) == ("met", "2026-11-14 00:00")
        with pytest.raises(ConflictError, match="not yet held"), transaction.atomic():
            marac.hear(case.id, "Too early", [], unit.keeper)
    with on("2026-11-12 11:00"):
        asked = [
            Asked("Housing (made up)", "Change the locks", dt.date(2026, 11, 16)),
            Asked("IDVA", "Call", dt.date(2026, 11, 12)),
        ]
        marac.hear(case.id, "High risk, plan agreed", asked, unit.keeper)
        assert duties("marac_case", case.id)["marac-hear"].state == "met"
        locks = case.actions.get(owner="Housing (made up)")
        assert duties("marac_action", locks.id)["marac-action"].due == "2026-11-17 00:00"
        added = marac.add_action(case.id, Asked("Police", "Marker on the address", dt.date(2026, 11, 13)), unit.keeper)
        marac.do_action(added.id, "Marker confirmed", unit.officer)
        assert duties("marac_action", added.id)["marac-action"].state == "met"
        with pytest.raises(ConflictError, match="done already"), transaction.atomic():
            marac.do_action(added.id, "Again", unit.officer)
        with pytest.raises(ConflictError, match="heard already"), transaction.atomic():
            marac.hear(case.id, "Again", [], unit.keeper)
        with pytest.raises(ConflictError, match="heard already"), transaction.atomic():
            marac.put_on_list(case.id, meeting.id, unit.keeper)


def test_a_case_moved_to_a_later_meeting_keeps_when_it_was_listed(
    unit: Unit, ann: Person, bob: Person, on: Clock
) -> None:
    with on("2026-11-03 10:00"):
        case = referred(unit, ann, bob, "2026-11-03 10:00")
        first, second = (
            marac.plan_meeting(unit.force.district.id, london(f"2026-11-{day} 09:30"), unit.keeper) for day in (12, 26)
        )
        listed = marac.put_on_list(case.id, first.id, unit.keeper).listed_at
    with on("2026-11-11 10:00"):
        assert marac.put_on_list(case.id, second.id, unit.keeper).listed_at == listed
        assert duties("marac_case", case.id)["marac-hear"].due == "2026-11-28 00:00"


def test_what_cannot_be_referred_is_refused(unit: Unit, ann: Person, bob: Person) -> None:
    at = "2026-11-03 10:00"
    incident = unit.between(ann, bob, at)
    for wrong in (
        {"route": "gut feeling"},
        {"reasons": " "},
        {"route": "escalation", "reasons": ""},
        {"route": "repeat"},
        {"referred_at": london("2999-01-01 10:00")},
    ):
        with pytest.raises(InvalidError), transaction.atomic():
            referred(unit, ann, bob, at, incident=incident, **wrong)
    for people in ([], [ann.id], [bob.id, ann.id]):
        with pytest.raises(InvalidError):
            marac.refer_to_marac(incident.id, ann.id, people, "escalation", "Third in a year", unit.officer)
    with pytest.raises(NotFoundError):
        marac.refer_to_marac(incident.id, ann.id, [10**15], "escalation", "x", unit.officer)
    with pytest.raises(NotAllowedError):
        marac.refer_to_marac(incident.id, ann.id, [bob.id], "escalation", "x", unit.stranger)
    assert not MaracCase.objects.exists()


def test_visible_high_risk_needs_no_reasons_and_a_case_is_made_once(unit: Unit, ann: Person, bob: Person) -> None:
    incident = unit.between(ann, bob)
    told: dict[str, Any] = {"route": "visible_high_risk", "reasons": ""}
    marac.refer_to_marac(incident.id, ann.id, [bob.id, bob.id], by=unit.officer, **told)
    with pytest.raises(ConflictError, match="has a MARAC case"), transaction.atomic():
        marac.refer_to_marac(incident.id, ann.id, [bob.id], by=unit.officer, **told)
    assert MaracCase.objects.get().perpetrators.count() == 1


def test_meetings_are_of_one_district(unit: Unit, ann: Person, bob: Person) -> None:
    elsewhere = District.objects.create(code="S", name="South (made up)")
    case = referred(unit, ann, bob, "2026-11-03 10:00")
    meeting = marac.plan_meeting(elsewhere.id, london("2026-12-01 09:30"), unit.keeper)
    with pytest.raises(NotFoundError, match="of the district"), transaction.atomic():
        marac.put_on_list(case.id, meeting.id, unit.keeper)
    with pytest.raises(ConflictError, match="meets then already"), transaction.atomic():
        marac.plan_meeting(elsewhere.id, london("2026-12-01 09:30"), unit.keeper)
    with pytest.raises(NotAllowedError):
        marac.plan_meeting(elsewhere.id, london("2026-12-02 09:30"), unit.officer)
    with pytest.raises(InvalidError):
        marac.plan_meeting(elsewhere.id, london("2026-12-02 09:30").replace(tzinfo=None), unit.keeper)
    assert MaracMeeting.objects.count() == 1


def test_an_action_has_an_owner_and_a_day_to_come(unit: Unit, ann: Person, bob: Person) -> None:
    case = referred(unit, ann, bob, "2026-11-03 10:00")
    meeting = marac.plan_meeting(unit.force.district.id, london("2026-11-05 09:30"), unit.keeper)
    marac.put_on_list(case.id, meeting.id, unit.keeper)
    with pytest.raises(ConflictError, match="heard"), transaction.atomic():
        marac.add_action(case.id, Asked("IDVA", "Call", dt.date(2026, 12, 1)), unit.keeper)
    marac.hear(case.id, "Heard", [], unit.keeper, heard_at=london("2026-11-05 10:00"))
    for wrong in (
        Asked("", "Call", dt.date(2026, 12, 1)),
        Asked("IDVA", "", dt.date(2026, 12, 1)),
        Asked("IDVA", "Call", dt.date(2026, 11, 4)),
    ):
        with pytest.raises(InvalidError), transaction.atomic():
            marac.add_action(case.id, wrong, unit.keeper)
    assert not case.actions.exists()


def test_a_marac_case_is_the_specialist_referral_of_a_high_risk(unit: Unit, ann: Person, bob: Person) -> None:
    incident = unit.between(ann, bob)
    assessed = safeguarding.assess_risk(incident.id, {"fear": "yes"}, "high", "Strangled", unit.officer)
    assert duties("risk_assessment", assessed.id)["high-risk-referral"].state == "open"
    marac.refer_to_marac(incident.id, ann.id, [bob.id], "visible_high_risk", "", unit.officer)
    assert duties("risk_assessment", assessed.id)["high-risk-referral"].state == "met"


# ---- Repeats


@pytest.mark.parametrize(
    ("again", "found"),
    [
        ("2025-03-10 10:01", True),
        ("2026-03-09 23:00", True),
        ("2026-03-10 10:00", True),
        ("2026-03-10 10:01", False),
        ("2025-03-10 10:00", False),
    ],
)
def test_an_incident_between_the_same_people_within_twelve_months_is_a_repeat(
    unit: Unit, ann: Person, bob: Person, again: str, found: bool
) -> None:
    first = referred(unit, ann, bob, "2025-03-10 10:00")
    incident = unit.between(ann, bob, again)
    assert [(c.incident, c.victim, c.previous, c.definition) for c in repeats()] == (
        [(incident, ann, first, "repeat-2")] if found else []
    )


def test_a_repeat_explains_itself_and_is_owed_its_place_on_a_list(unit: Unit, ann: Person, bob: Person) -> None:
    referred(unit, ann, bob, "2026-03-10 10:00")
    unit.between(ann, bob, "2026-11-03 10:00")
    (repeat,) = repeats()
    assert repeat.by is None
    assert repeat.reasons == (
        "Found by the system: abuse between the same people within 12 months of the MARAC referral of 10 March 2026."
        " Definition in force: any abuse, which need not be a crime."
    )
    assert [p.person for p in repeat.perpetrators.all()] == [bob]
    assert duties("marac_case", repeat.id)["marac-list"].due == "2026-11-07 00:00"


def test_twelve_months_run_anew_from_each_repeat(unit: Unit, ann: Person, bob: Person) -> None:
    referred(unit, ann, bob, "2024-03-10 10:00")
    unit.between(ann, bob, "2025-03-01 10:00")
    unit.between(ann, bob, "2026-02-20 10:00")
    assert len(repeats()) == 2
    assert repeats()[1].previous == repeats()[0]


@pytest.mark.parametrize(
    ("day", "crime", "found"),
    [
        ("2016-12-31", False, False),
        ("2016-12-31", True, True),
        ("2017-01-01", False, True),
        ("2017-01-01", True, True),
    ],
)
def test_the_definition_in_force_on_the_day_decides(
    unit: Unit, ann: Person, bob: Person, day: str, crime: bool, found: bool
) -> None:
    referred(unit, ann, bob, "2016-06-01 10:00")
    unit.between(ann, bob, f"{day} 12:00", crime_reported=crime)
    assert bool(repeats()) is found


def test_what_is_linked_twice_makes_one_repeat(unit: Unit, ann: Person, bob: Person) -> None:
    referred(unit, ann, bob, "2026-03-10 10:00")
    incident = unit.between(ann, bob, "2026-11-03 10:00")
    unit.link(ann, "aggrieved", incident)
    unit.link(bob, "offender", incident)
    with connection.cursor() as cursor:
        cursor.execute("select iops.marac_repeats(array[%s]::bigint[])", [incident.id])
        assert cursor.fetchone() == (0,)
    assert len(repeats()) == 1


def test_the_suspect_may_be_linked_first_and_the_mark_come_last(unit: Unit, ann: Person, bob: Person) -> None:
    referred(unit, ann, bob, "2026-03-10 10:00")
    incident = unit.incident("2026-11-03 10:00", domestic=False)
    unit.link(bob, "suspect", incident)
    unit.link(ann, "victim", incident)
    assert repeats() == []
    unit.mark_domestic(incident)
    assert [c.incident for c in repeats()] == [incident]


def test_abuse_the_other_way_round_is_between_the_same_people(unit: Unit, ann: Person, bob: Person) -> None:
    referred(unit, ann, bob, "2026-03-10 10:00")
    unit.between(bob, ann, "2026-11-03 10:00")
    assert [c.victim for c in repeats()] == [ann]


def test_others_make_no_repeat(unit: Unit, ann: Person, bob: Person) -> None:
    referred(unit, ann, bob, "2026-03-10 10:00")
    carl = unit.person("Carl Green")
    unit.between(ann, carl, "2026-11-03 10:00")
    unit.between(carl, bob, "2026-11-03 11:00")
    unit.between(ann, bob, "2026-11-03 12:00", domestic=False)
    incident = unit.incident("2026-11-03 13:00")
    unit.link(ann, "witness", incident)
    unit.link(bob, "suspect", incident)
    assert repeats() == []


def test_a_nominal_that_is_known_to_be_the_same_person_counts(unit: Unit, ann: Person, bob: Person) -> None:
    from iops.pole.identity import services as identity

    referred(unit, ann, bob, "2026-03-10 10:00")
    other = unit.person("Robert Brown", "1985-06-07")
    identity.merge([bob.id, other.id], "Same fingerprints", unit.sergeant)
    unit.between(ann, other, "2026-11-03 10:00")
    assert [[p.person for p in c.perpetrators.all()] for c in repeats()] == [[other]]


def test_a_case_entered_late_finds_what_came_after_it(unit: Unit, ann: Person, bob: Person) -> None:
    later = unit.between(ann, bob, "2026-05-03 10:00")
    referred(unit, ann, bob, "2026-03-10 10:00")
    assert [c.incident for c in repeats()] == [later]


def test_somebody_who_refers_first_is_not_overruled(unit: Unit, ann: Person, bob: Person) -> None:
    referred(unit, ann, bob, "2026-03-10 10:00")
    incident = unit.incident("2026-11-03 10:00")
    unit.link(ann, "victim", incident)
    own = marac.refer_to_marac(incident.id, ann.id, [bob.id], "repeat", "He came back", unit.officer)
    unit.link(bob, "suspect", incident)
    assert own.previous is not None
    assert [c.id for c in repeats()] == [own.id]


def test_a_link_that_was_withdrawn_makes_no_repeat(unit: Unit, ann: Person, bob: Person) -> None:
    referred(unit, ann, bob, "2026-03-10 10:00")
    incident = unit.incident("2026-11-03 10:00")
    wrong = unit.link(bob, "suspect", incident)
    pole.withdraw(wrong, "Another man", unit.officer)
    unit.link(ann, "victim", incident)
    assert repeats() == []


def test_a_restricted_earlier_case_is_not_told_of(unit: Unit, ann: Person, bob: Person) -> None:
    from iops.control import services as control

    first = referred(unit, ann, bob, "2026-03-10 10:00")
    control.restrict(first.incident_id, [unit.inspector.id], [], "Witness protection", unit.inspector)
    unit.between(ann, bob, "2026-11-03 10:00")
    (repeat,) = repeats()
    assert "restricted" in repeat.reasons
    assert "March" not in repeat.reasons
