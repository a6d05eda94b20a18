"""The life of a crime: whose it is, what it owes, how it ends and is opened again; refused by the database too."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from iops.crime.models import (
    Crime,
    CrimeCancellation,
    CrimeClassing,
    CrimeOutcome,
    CrimeReview,
    RecordingDecision,
    ReportedIncident,
)
from iops.crime.outcomes import services
from iops.crime.outcomes.grounds import victims
from iops.crime.recorded import deciding, life, recording
from iops.crime.recorded.deciding import MoreToSayError, RulesForbidError
from iops.crime.recorded.finding import class_of, ending_of, parse_reference
from iops.crime.services import decide_recording
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from iops.obligations.services import writing
from iops.pole import services as pole
from iops.pole.models import Link, Person
from iops.rulebook.classes import ClassNotInForceError
from iops.rulebook.outcomes import UnknownOutcomeError
from tests.crime.outcomes.scene import considered, grounded, looked_at
from tests.crime.recorded.scene import SHOPLIFTING, recorded, shoplifting
from tests.force import Force

pytestmark = pytest.mark.django_db
SIXTEEN = {"victim_supports": "no", "lost_contact": "no", "rape_or_high_risk_abuse": "no"}


@pytest.fixture
def force() -> Force:
    return Force()


def owed(crime: Crime) -> set[str]:
    """The duties that are open on a crime."""
    found = Obligation.objects.filter(subject="crime", subject_id=crime.id, met_at=None, waived_at=None)
    return set(found.values_list("rule_id", flat=True))


def telling(force: Force, crime: Crime, about: str) -> None:
    life.tell_victim(crime.id, about, "by telephone", "What it means", force.one(Role.RESPONSE))


# --- recording -------------------------------------------------------------------------------------------------------


def test_numbers_run_without_gaps_through_the_year(force: Force) -> None:
    assert [recorded(force).number for _ in range(3)] == [1, 2, 3]


def test_what_is_recorded_already_is_not_recorded_twice(force: Force) -> None:
    crime = recorded(force)
    with pytest.raises(ConflictError, match=crime.reference):
        recording.record_crimes(crime.incident_id, SHOPLIFTING, force.one(Role.RESPONSE))
    assert Crime.objects.count() == 1


def test_two_victims_of_one_assault_are_two_crimes_each_with_its_own_victim(force: Force) -> None:
    officer = force.one(Role.RESPONSE)
    incident, _ = shoplifting(force)
    other = pole.register_person("Una Bell (made up)", officer, born="1985-05-06")
    pole.link(("person", other.id), "victim", ("incident", incident.id), officer)
    made = recording.record_crimes(incident.id, {"class": "8N", "a.all.reporter": "victim"}, officer)
    assert len(made.crimes) == 2
    victims = {tuple(sorted(p.id for p in _people(c, "victim"))) for c in made.crimes}
    assert len(victims) == 2


def _people(crime: Crime, role: str) -> list[Person]:
    links = Link.objects.filter(to_kind="crime", to_id=crime.id, role=role).values("from_id")
    return list(Person.objects.filter(id__in=links))


def test_an_offence_that_was_none_on_the_day_it_was_done_is_refused(force: Force) -> None:
    incident, _ = shoplifting(force)
    with pytest.raises(IopsError):
        recording.record_crimes(
            incident.id,
            {"class": "8U", "a.all.reporter": "victim"},
            force.one(Role.RESPONSE),
            committed_from=dt.date(2010, 1, 1),
        )
    assert not Crime.objects.exists()


@pytest.mark.parametrize("days", [(dt.date(2026, 2, 2), dt.date(2026, 2, 1)), (dt.date(2999, 1, 1), None)])
def test_days_that_run_backwards_or_lie_ahead_are_refused(force: Force, days: tuple[dt.date, dt.date | None]) -> None:
    incident, _ = shoplifting(force)
    with pytest.raises(InvalidError):
        recording.record_crimes(
            incident.id, SHOPLIFTING, force.one(Role.RESPONSE), committed_from=days[0], committed_to=days[1]
        )


def test_a_code_of_another_class_is_refused_and_nothing_is_kept(force: Force) -> None:
    incident, _ = shoplifting(force)
    with pytest.raises(InvalidError, match="not a code of class 46"):
        recording.record_crimes(incident.id, SHOPLIFTING, force.one(Role.RESPONSE), code="008/06")
    assert not RecordingDecision.objects.exists()


def test_a_refusal_keeps_its_reason_and_owes_that_the_reporter_is_told(force: Force) -> None:
    incident, _ = shoplifting(force)
    officer = force.one(Role.RESPONSE)
    refused = decide_recording(incident.id, "not_a_crime", "The till roll shows that he paid", officer)
    duty = Obligation.objects.get(subject="recording_refusal", subject_id=refused.id)
    assert (duty.rule_id, duty.met_at) == ("reporter-told-of-refusal", None)
    life.tell_reporter(refused.id, "by telephone", "He paid; she may appeal", officer)
    duty.refresh_from_db()
    assert duty.met_at is not None
    with pytest.raises(ConflictError):
        life.tell_reporter(refused.id, "by telephone", "Again", officer)
    assert check_conservation().examples == []


def test_a_crime_needs_a_decision_for_a_crime_whoever_writes(force: Force) -> None:
    crime = recorded(force)
    other = decide_recording(force.incident().id, "not_a_crime", "Nothing happened", force.one(Role.RESPONSE))
    crime.pk, crime.number, crime.decision = None, 2, other
    with pytest.raises(ConflictError), writing(force.one(Role.RESPONSE)):
        crime.save(force_insert=True)


# --- what it owes ----------------------------------------------------------------------------------------------------


def test_a_new_crime_owes_an_owner_and_its_reviews_and_an_ended_one_nothing_of_that(force: Force) -> None:
    crime = recorded(force)
    sergeant = force.one(Role.SERGEANT)
    assert owed(crime) == {"crime-allocated", "crime-review-7", "crime-review-14", "crime-review-28"}
    life.allocate(crime.id, sergeant, "Knows the shop", user_id=force.one(Role.RESPONSE).id)
    assert "crime-allocated" not in owed(crime)
    life.review(crime.id, "Footage next", sergeant)
    assert owed(crime) == {"crime-review-14", "crime-review-28"}
    grounded(crime, sergeant)
    for victim in victims(crime.id):
        who, words = (victim.kind, victim.id), "We do not wish to go on"
        services.record_wish(crime.id, "does_not_support", "telephone", sergeant, words=words, victim=who)
    considered(crime, sergeant)
    looked_at(crime, sergeant)
    deciding.give_outcome(crime.id, "16", SIXTEEN, "The shop does not wish to go on", sergeant)
    assert owed(crime) == set()
    deciding.reopen(crime.id, "New footage", sergeant)
    assert owed(crime) == {"crime-review-14", "crime-review-28"}
    assert check_conservation().examples == []


def test_a_body_that_is_a_victim_is_told_of_the_outcome_by_the_clock_of_the_crime(force: Force) -> None:
    crime = recorded(force)
    sergeant = force.one(Role.SERGEANT)
    shop = pole.register_organisation("Corner Shop (made up)", sergeant)
    pole.link(("organisation", shop.id), "victim", ("crime", crime.id), sergeant)
    for victim in victims(crime.id):
        who, words = (victim.kind, victim.id), "We do not wish to go on"
        services.record_wish(crime.id, "does_not_support", "telephone", sergeant, words=words, victim=who)
    considered(crime, sergeant)
    looked_at(crime, sergeant)
    deciding.give_outcome(crime.id, "16", SIXTEEN, "The shop does not wish to go on", sergeant)
    assert owed(crime) == {"victim-told-of-outcome"}
    telling(force, crime, "outcome")
    assert owed(crime) == set()
    assert check_conservation().examples == []


def test_an_owner_is_one_person_or_one_team_and_given_by_a_supervisor(force: Force) -> None:
    crime = recorded(force)
    officer, other = force.one(Role.RESPONSE), force.another(Role.RESPONSE)
    with pytest.raises(InvalidError):
        life.allocate(crime.id, officer, "x")
    with pytest.raises(NotAllowedError):
        life.allocate(crime.id, officer, "Not mine", user_id=other.id)
    with pytest.raises(NotFoundError):
        life.allocate(crime.id, force.one(Role.SERGEANT), "x", user_id=10**9)
    assert life.allocate(crime.id, officer, "I was there", user_id=officer.id).user == officer


def test_nobody_reviews_their_own_crime_and_no_constable_reviews(force: Force) -> None:
    crime = recorded(force)
    sergeant = force.one(Role.SERGEANT)
    with pytest.raises(NotAllowedError):
        life.review(crime.id, "Fine", force.one(Role.RESPONSE))
    life.allocate(crime.id, sergeant, "Mine", user_id=sergeant.id)
    with pytest.raises(NotAllowedError):
        life.review(crime.id, "Fine", sergeant)
    assert not CrimeReview.objects.exists()


def test_an_action_has_one_result_and_only_on_its_own_crime(force: Force) -> None:
    crime, other = recorded(force), recorded(force)
    officer = force.one(Role.RESPONSE)
    action = life.plan_action(crime.id, "Fetch the footage", officer)
    with pytest.raises(NotFoundError):
        life.complete_action(action.id, "Got it", officer, crime_id=other.id)
    life.complete_action(action.id, "Got it", officer)
    with pytest.raises(ConflictError):
        life.complete_action(action.id, "Again", officer)


def test_linked_crimes_are_said_once_from_either_side(force: Force) -> None:
    one, other = recorded(force), recorded(force)
    officer = force.one(Role.RESPONSE)
    first = life.link_crimes(other.id, one.id, "linked", "Same man", officer)
    assert life.link_crimes(one.id, other.id, "linked", "Same man", officer) == first
    with pytest.raises(InvalidError):
        life.link_crimes(one.id, one.id, "series", "x", officer)


# --- class -----------------------------------------------------------------------------------------------------------


def test_only_the_registrar_or_a_designated_decision_maker_changes_a_class(force: Force) -> None:
    crime = recorded(force)
    sergeant, registrar = force.one(Role.SERGEANT), force.one(Role.REGISTRAR)
    with pytest.raises(RulesForbidError):
        deciding.reclassify(crime.id, "49", "error_in_first_class", "Not a shop", sergeant)
    deciding.designate(sergeant.id, "designated_decision_maker", clock.today(), "Trained", registrar)
    made = deciding.reclassify(crime.id, "49", "error_in_first_class", "Not a shop", sergeant)
    assert (made.decider, class_of(crime).name, crime.crime_class) == ("designated_decision_maker", "49", "46")
    with pytest.raises(ConflictError):
        deciding.reclassify(crime.id, "49", "error_in_first_class", "Not a shop", registrar)
    with pytest.raises(InvalidError):
        deciding.reclassify(crime.id, "46", "lesser_charge", "Plea", registrar)
    with pytest.raises(IopsError, match="not a crime class"):
        deciding.reclassify(crime.id, "8Ö", "new_information", "x", registrar)


def test_the_database_refuses_a_class_by_anybody_else_whatever_they_claim_to_be(force: Force) -> None:
    crime = recorded(force)
    officer = force.one(Role.RESPONSE)
    with pytest.raises(NotAllowedError), writing(officer):
        CrimeClassing.objects.create(
            crime=crime,
            crime_class="49",
            ground="new_information",
            reason="x",
            decider="registrar",
            at=clock.now(),
            by=officer,
        )


def test_a_class_that_takes_no_new_records_is_refused(force: Force) -> None:
    with pytest.raises(ClassNotInForceError):
        recording.check_class("8U", "", recorded=clock.today(), committed=dt.date(2010, 1, 1))


# --- outcomes --------------------------------------------------------------------------------------------------------


def test_an_outcome_asks_for_what_is_not_said_and_refuses_what_is_wrong(force: Force) -> None:
    crime = recorded(force)
    sergeant = force.one(Role.SERGEANT)
    with pytest.raises(MoreToSayError) as asked:
        deciding.give_outcome(crime.id, "17", {}, "x", sergeant)
    assert "time_limit_expired" in str(asked.value.details["questions"])
    with pytest.raises(RulesForbidError, match="lost contact"):
        deciding.give_outcome(crime.id, "16", {**SIXTEEN, "lost_contact": "yes"}, "x", sergeant)
    with pytest.raises(RulesForbidError):
        deciding.give_outcome(crime.id, "18", {"investigation_complete": "yes"}, "x", sergeant)
    with pytest.raises(UnknownOutcomeError):
        deciding.give_outcome(crime.id, "25", {}, "x", sergeant)
    assert ending_of(crime) is None


def test_what_is_on_record_cannot_be_told_otherwise(force: Force) -> None:
    crime = recorded(force)
    told = {"suspect_named": "no", "investigation_complete": "yes"}
    with pytest.raises(RulesForbidError):
        deciding.give_outcome(crime.id, "18", told, "Nobody is named", force.one(Role.SERGEANT))


@pytest.mark.parametrize(
    ("code", "facts"),
    [("16", {}), ("18", {"suspect_named": "yes", "investigation_complete": "yes"}),
     ("18", {"suspect_named": "no", "investigation_complete": "yes"}), ("99", {}), ("", {})],
)  # fmt: skip
def test_the_database_refuses_an_outcome_that_the_rules_do_not_allow(
    force: Force, code: str, facts: dict[str, str]
) -> None:
    crime = recorded(force)
    with pytest.raises((IopsError, DatabaseError)), writing(force.one(Role.SERGEANT)):
        CrimeOutcome.objects.create(
            crime=crime, code=code, facts=facts, reason="x", at=clock.now(), by=force.one(Role.SERGEANT)
        )
    assert ending_of(crime) is None


def test_an_ended_crime_takes_nothing_until_it_is_opened_again(force: Force) -> None:
    crime = recorded(force)
    sergeant = force.one(Role.SERGEANT)
    deciding.give_outcome(grounded(crime, sergeant).id, "16", SIXTEEN, "No wish to go on", sergeant)
    for refused in (
        lambda: deciding.give_outcome(crime.id, "16", SIXTEEN, "Again", sergeant),
        lambda: life.review(crime.id, "x", sergeant),
        lambda: life.plan_action(crime.id, "x", sergeant),
        lambda: life.allocate(crime.id, sergeant, "x", user_id=sergeant.id),
    ):
        with pytest.raises(ConflictError):
            refused()
    with pytest.raises(ConflictError), writing(sergeant):
        CrimeReview.objects.create(crime=crime, findings="x", at=clock.now(), by=sergeant)
    with pytest.raises(NotAllowedError):
        deciding.reopen(crime.id, "x", force.one(Role.RESPONSE))
    deciding.reopen(crime.id, "New witness", sergeant)
    assert ending_of(crime) is None
    with pytest.raises(ConflictError):
        deciding.reopen(crime.id, "Again", sergeant)
    deciding.give_outcome(crime.id, "16", SIXTEEN, "Still no wish", sergeant)
    assert ending_of(crime) is not None


# --- removal ---------------------------------------------------------------------------------------------------------

AVI = {"additional": "yes", "verifiable": "yes", "shows_no_crime": "yes", "coerced": "no"}


def test_a_crime_is_removed_by_the_registrar_after_the_victim_was_told(force: Force) -> None:
    crime = recorded(force)
    registrar = force.one(Role.REGISTRAR)
    with pytest.raises(RulesForbidError, match="victim must be told"):
        deciding.cancel(crime.id, "C2", "Paid", registrar, facts=AVI, avi="Till roll of that day")
    telling(force, crime, "removal")
    with pytest.raises(InvalidError):
        deciding.cancel(crime.id, "C2", "Paid", registrar, facts=AVI)
    with pytest.raises(RulesForbidError):
        deciding.cancel(crime.id, "C2", "Paid", force.one(Role.SERGEANT), facts=AVI, avi="Till roll")
    made = deciding.cancel(crime.id, "C2", "Paid", registrar, facts=AVI, avi="Till roll of that day")
    assert made.decider == "registrar"
    assert ending_of(crime) is not None
    with pytest.raises(NotAllowedError):
        deciding.reopen(crime.id, "x", force.one(Role.SERGEANT))
    deciding.reopen(crime.id, "The till roll was of another day", registrar)


@pytest.mark.parametrize(
    ("fact", "value"), [("additional", "no"), ("verifiable", "no"), ("shows_no_crime", "no"), ("coerced", "yes")]
)
def test_information_that_is_not_additional_verifiable_or_free_removes_nothing(
    force: Force, fact: str, value: str
) -> None:
    crime = recorded(force)
    telling(force, crime, "removal")
    with pytest.raises(RulesForbidError):
        deciding.cancel(crime.id, "C2", "x", force.one(Role.REGISTRAR), facts={**AVI, fact: value}, avi="x")


def test_whoever_had_a_part_in_the_investigation_does_not_remove_the_crime(force: Force) -> None:
    crime = recorded(force)
    registrar = force.one(Role.REGISTRAR)
    life.allocate(crime.id, registrar, "Mine", user_id=registrar.id)
    with pytest.raises(RulesForbidError, match="independent"):
        deciding.cancel(crime.id, "C4", "Typed twice", registrar, facts={"genuine_error": "yes"})
    with pytest.raises(NotAllowedError), writing(registrar):
        CrimeCancellation.objects.create(crime=crime, category="C4", reason="x", at=clock.now(), by=registrar)


def test_a_duplicate_names_a_live_crime_and_a_transfer_the_other_forces_number(force: Force) -> None:
    crime, other = recorded(force), recorded(force)
    registrar = force.one(Role.REGISTRAR)
    with pytest.raises(InvalidError):
        deciding.cancel(crime.id, "C3", "Twice", registrar)
    deciding.cancel(other.id, "C4", "Error", registrar, facts={"genuine_error": "yes"})
    with pytest.raises(RulesForbidError):
        deciding.cancel(crime.id, "C3", "Twice", registrar, other_id=other.id)
    telling(force, crime, "removal")
    with pytest.raises(RulesForbidError):
        deciding.cancel(crime.id, "C1", "Theirs", registrar)
    assert deciding.cancel(crime.id, "C1", "Theirs", registrar, other_reference="07/1/26").category == "C1"


def test_self_defence_removes_no_theft(force: Force) -> None:
    crime = recorded(force)
    telling(force, crime, "removal")
    with pytest.raises(RulesForbidError):
        deciding.cancel(crime.id, "C5", "x", force.one(Role.REGISTRAR))


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [("CR/412/2026", 412), (" cr-1-2026 ", 1), ("7/1999", 7), ("412/05072019", None), ("", None), ("CR/x/2026", None)],
)
def test_a_crime_number_is_read_as_people_write_it(typed: str, number: int | None) -> None:
    found = parse_reference(typed)
    assert (found[0] if found else None) == number


def test_a_rape_report_that_is_no_crime_is_an_n100_and_the_crime_upgrades_it(force: Force) -> None:
    officer = force.one(Role.RESPONSE)
    incident = force.incident(what="A friend says that she was raped", crime_reported=True)
    victim = pole.register_person("Ida Cole (made up)", officer, born="1990-01-01")
    pole.link(("person", victim.id), "victim", ("incident", incident.id), officer)
    answers = {"class": "19C", "a.all.reporter": "third_party", "a.all.victim_response": "untraced",
               "a.all.clear_grounds": "yes", "a.all.necessary": "no"}  # fmt: skip
    made = recording.record_crimes(incident.id, answers, officer)
    assert [r.code for r in made.reported] == ["N100/01"]
    assert not made.crimes
    again = recording.record_crimes(incident.id, answers, officer)
    assert not again.reported
    upgraded = recording.record_crimes(incident.id, {"class": "19C", "a.all.reporter": "victim"}, officer)
    assert upgraded.crimes[0].upgraded_from == ReportedIncident.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportedIncident.objects.update(code="N100/02")


def test_a_second_crime_of_an_incident_is_recorded_beside_one_that_owes_already(force: Force) -> None:
    incident, _ = shoplifting(force)
    officer = force.one(Role.RESPONSE)
    first = recording.record_crimes(incident.id, SHOPLIFTING, officer).crimes[0]
    second = recording.record_crimes(incident.id, {"class": "49", "a.all.reporter": "victim"}, officer).crimes[0]
    assert owed(first) == owed(second) != set()
    assert check_conservation().examples == []
