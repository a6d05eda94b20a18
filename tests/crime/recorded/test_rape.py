"""A rape report: N100 first, the crime that follows, and back only by an accredited registrar before investigation."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from iops.crime.models import Crime, CrimeCancellation, DesignationKind, ReportedIncident
from iops.crime.recorded import deciding, life, rape, recording
from iops.crime.recorded.deciding import RulesForbidError
from iops.crime.recorded.finding import ending_of
from iops.crime.recorded.selectors import address
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.services import writing
from iops.pole import services as pole
from tests.crime.recorded.scene import recorded
from tests.force import Force

if TYPE_CHECKING:
    from django.test import Client

    from iops.foundation.models import User

pytestmark = pytest.mark.django_db
WHY = "The log shows that the words were of an assault without a sexual act"


@pytest.fixture
def force() -> Force:
    return Force()


def rape_crime(force: Force) -> Crime:
    """A recorded crime of rape, told by the victim."""
    officer = force.one(Role.RESPONSE)
    incident = force.incident(what="She says that she was raped", crime_reported=True)
    victim = pole.register_person("Ida Cole (made up)", officer, born="1990-01-01")
    pole.link(("person", victim.id), "victim", ("incident", incident.id), officer)
    return recording.record_crimes(incident.id, {"class": "19C", "a.all.reporter": "victim"}, officer).crimes[0]


def accredited(force: Force) -> User:
    """A registrar who is on the College of Policing register."""
    registrar = force.one(Role.REGISTRAR)
    day = clock.today() - dt.timedelta(days=1)
    deciding.designate(registrar.id, DesignationKind.ACCREDITED_REGISTRAR, day, "On the register", registrar)
    return registrar


def turned(crime: Crime, by: User, code: str = "N100/01") -> CrimeCancellation:
    return rape.turn_into_report(crime.id, code, "error_in_first_class", WHY, by)


def written(crime: Crime, reported: ReportedIncident | None, by: User) -> CrimeCancellation:
    """The turn written into the table, past the verb."""
    with writing(by):
        said = {"category": "N100", "reason": WHY, "at": clock.now(), "by": by}
        return CrimeCancellation.objects.create(crime=crime, reported=reported, **said)


def test_an_accredited_registrar_turns_a_rape_crime_into_an_n100_and_it_is_no_crime_then(force: Force) -> None:
    crime, registrar = rape_crime(force), accredited(force)
    made = turned(crime, registrar)
    assert made.reported is not None
    assert (made.reported.code, made.reported.incident) == ("N100/01", crime.incident)
    assert (made.decider, made.facts["investigated"]) == ("accredited_registrar", "no")
    ending = ending_of(crime)
    assert ending is not None
    assert "N100" in ending.words
    assert check_conservation().examples == []


@pytest.mark.parametrize("role", [Role.RESPONSE, Role.DETECTIVE, Role.SERGEANT, Role.INSPECTOR, Role.REGISTRAR])
def test_nobody_else_may_not_even_a_registrar_who_is_not_accredited(force: Force, role: Role) -> None:
    crime, by = rape_crime(force), force.one(role)
    with pytest.raises(RulesForbidError, match="accredited registrar"):
        turned(crime, by)
    report = ReportedIncident.objects.create(
        incident=crime.incident, decision=crime.decision, code="N100/01", at=clock.now(), by=by
    )
    with pytest.raises(IopsError, match=r"accredited|not for"):
        written(crime, report, by)
    assert ending_of(crime) is None


def test_a_designated_decision_maker_removes_crimes_but_turns_no_rape_into_a_report(force: Force) -> None:
    crime, other = rape_crime(force), force.one(Role.DETECTIVE)
    deciding.designate(other.id, DesignationKind.DECISION_MAKER, clock.today(), "Trained", force.one(Role.REGISTRAR))
    with pytest.raises(RulesForbidError, match="accredited registrar"):
        turned(crime, other)


def test_after_the_first_result_of_an_enquiry_it_is_too_late(force: Force) -> None:
    crime, registrar, officer = rape_crime(force), accredited(force), force.one(Role.DETECTIVE)
    life.allocate(crime.id, force.one(Role.SERGEANT), "Trained for it", user_id=officer.id)
    action = life.plan_action(crime.id, "See the footage of the bar", officer)
    assert not rape.investigated(crime)
    life.complete_action(action.id, "Seen; both leave at one", officer, crime_id=crime.id)
    with pytest.raises(RulesForbidError, match="can only be cancelled"):
        turned(crime, registrar)
    report = ReportedIncident.objects.create(
        incident=crime.incident, decision=crime.decision, code="N100/01", at=clock.now(), by=registrar
    )
    with pytest.raises(ConflictError, match="can only be cancelled"):
        written(crime, report, registrar)


@pytest.mark.parametrize(("code", "ground", "reason"), [
    ("N300/01", "error_in_first_class", WHY), ("", "error_in_first_class", WHY), ("N100/99", "new_information", WHY),
    ("N100/01", "error_in_first_class", "  "), ("N100/01", "lesser_or_different_charge", WHY), ("N100/01", "x", WHY),
])  # fmt: skip
def test_another_code_or_ground_or_no_reason_is_refused_and_nothing_is_written(
    force: Force, code: str, ground: str, reason: str
) -> None:
    crime, registrar = rape_crime(force), accredited(force)
    with pytest.raises(IopsError):
        rape.turn_into_report(crime.id, code, ground, reason, registrar)
    assert not ReportedIncident.objects.exists()
    assert not CrimeCancellation.objects.exists()


def test_only_rape_is_turned(force: Force) -> None:
    crime, registrar = recorded(force), accredited(force)
    with pytest.raises(ConflictError, match="Only a rape crime"):
        turned(crime, registrar)
    report = ReportedIncident.objects.create(
        incident=crime.incident, decision=crime.decision, code="N100/01", at=clock.now(), by=registrar
    )
    with pytest.raises(ConflictError, match="Only a rape crime"):
        written(crime, report, registrar)


def test_the_record_is_an_n100_of_the_same_incident(force: Force) -> None:
    crime, registrar, other = rape_crime(force), accredited(force), rape_crime(force)
    for at, code in ((other, "N100/01"), (crime, "N300/01")):
        report = ReportedIncident.objects.create(
            incident=at.incident, decision=at.decision, code=code, at=clock.now(), by=registrar
        )
        with pytest.raises(ConflictError, match="another incident, or no N100"):
            written(crime, report, registrar)
    with pytest.raises(DatabaseError), transaction.atomic():
        CrimeCancellation.objects.create(
            crime=crime, category="C4", reason=WHY, at=clock.now(), by=registrar, reported=report
        )


def test_c1_to_c5_is_not_the_way_to_an_n100(force: Force) -> None:
    crime, registrar = rape_crime(force), accredited(force)
    with pytest.raises(InvalidError, match="not a category"):
        deciding.cancel(crime.id, "N100", WHY, registrar)


def test_opened_again_and_turned_again_it_stays_one_record(force: Force) -> None:
    crime, registrar = rape_crime(force), accredited(force)
    first = turned(crime, registrar)
    deciding.reopen(crime.id, "She says more now", registrar)
    assert ending_of(crime) is None
    second = turned(crime, registrar)
    assert first.reported == second.reported
    assert ReportedIncident.objects.count() == 1


def test_a_crime_that_came_from_an_n100_goes_back_to_that_record(force: Force) -> None:
    officer = force.one(Role.RESPONSE)
    incident = force.incident(what="A friend says that she was raped", crime_reported=True)
    victim = pole.register_person("Ida Cole (made up)", officer, born="1990-01-01")
    pole.link(("person", victim.id), "victim", ("incident", incident.id), officer)
    answers = {"class": "19C", "a.all.reporter": "third_party", "a.all.victim_response": "untraced",
               "a.all.clear_grounds": "yes", "a.all.necessary": "no"}  # fmt: skip
    report = recording.record_crimes(incident.id, answers, officer).reported[0]
    crime = recording.record_crimes(incident.id, {"class": "19C", "a.all.reporter": "victim"}, officer).crimes[0]
    assert turned(crime, accredited(force)).reported == report


def test_the_page_offers_it_of_rape_alone_and_says_why_it_is_refused(client: Client, force: Force) -> None:
    crime, theft = rape_crime(force), recorded(force)
    client.force_login(force.one(Role.REGISTRAR))
    assert "reported incident of rape" not in client.get(address(theft)).content.decode()
    assert "reported incident of rape (accredited" in client.get(address(crime)).content.decode()
    typed = {"code": "N100/02", "ground": "new_information", "reason": "Footage <b>shows</b> otherwise"}
    answer = client.post(f"{address(crime)}rape-report/", typed)
    assert answer.status_code in (409, 422)
    assert "accredited registrar" in answer.content.decode()
    assert "Footage &lt;b&gt;shows" in answer.content.decode()
    client.force_login(accredited(force))
    assert client.post(f"{address(crime)}rape-report/", typed).status_code == 302
    assert "turned into a reported incident of rape" in client.get(address(crime)).content.decode().lower()
