"""Screening: on an assessment, by whom, never what a rule names, in effect when a second person agrees."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from iops.crime.allocation import selectors, services
from iops.crime.models import Crime, CrimeFlag, Screening, SolvabilityAssessment
from iops.crime.recorded import life
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.pole import services as pole
from iops.safeguarding import services as safeguarding
from iops.safeguarding.vulnerability.services import Told, raise_record
from tests.crime.allocation.scene import GRAVE, crime, standing

if TYPE_CHECKING:
    from iops.foundation.models import User
    from tests.force import Force

pytestmark = pytest.mark.django_db


def duty(one: Crime, rule: str) -> Obligation | None:
    return Obligation.objects.filter(subject="crime", subject_id=one.id, rule_id=rule).first()


def screened_out(force: Force, one: Crime, by: User | None = None) -> Screening:
    """Assessed with nothing to go on, and decided to be screened out."""
    services.assess_solvability(one.id, {"camera": "no"}, force.one(Role.RESPONSE))
    return services.screen(one.id, "out", "Nothing to go on", by or force.one(Role.DETECTIVE))


def test_points_are_those_of_the_factors_answered_yes(force: Force) -> None:
    made = services.assess_solvability(
        crime(force).id, {"witness": "yes", "camera": "yes", "series": "no"}, force.one(Role.RESPONSE)
    )
    assert made.points == 6
    assert made.answers["vehicle"] == "unknown"


@pytest.mark.parametrize("answers", [{"luck": "yes"}, {"camera": "perhaps"}, {"": "yes"}, {"camera\x00": "yes"}])
def test_an_answer_that_is_none_is_refused(force: Force, answers: dict[str, str]) -> None:
    with pytest.raises(InvalidError, match="no answer"):
        services.assess_solvability(crime(force).id, answers, force.one(Role.RESPONSE))
    assert not SolvabilityAssessment.objects.exists()


def test_nothing_is_screened_before_it_was_assessed(force: Force) -> None:
    with pytest.raises(ConflictError, match="assessed"):
        services.screen(crime(force).id, "out", "x", force.one(Role.DETECTIVE))


def test_it_takes_effect_when_a_supervisor_agrees_and_the_victim_is_owed_the_news(force: Force) -> None:
    one = crime(force)
    screened_out(force, one)
    row, owed = standing(one), duty(one, "crime-screening-review")
    assert row is not None
    assert row.waits
    assert owed is not None
    assert owed.met_at is None
    assert owed.due_at == owed.arose_at + dt.timedelta(hours=48)
    services.review_screening(one.id, True, "Nothing to go on indeed", force.one(Role.SERGEANT))
    row, owed, allocation = standing(one), duty(one, "crime-screening-review"), duty(one, "crime-allocated")
    assert row is not None
    assert owed is not None
    assert allocation is not None
    assert not row.waits
    assert owed.met_at is not None
    assert allocation.met_at is not None
    news = one.victims.get().news.get(kind="screened_out")
    assert Obligation.objects.filter(subject="victim_news", subject_id=news.id, met_at=None).exists()


def test_not_agreed_it_waits_for_an_owner_and_no_news_is_owed(force: Force) -> None:
    one = crime(force)
    screened_out(force, one)
    services.review_screening(one.id, False, "The shop has a camera", force.one(Role.SERGEANT))
    row = standing(one)
    assert row is not None
    assert row.waits
    assert not one.victims.get().news.filter(kind="screened_out").exists()
    with pytest.raises(ConflictError, match="waits for an answer"):
        services.review_screening(one.id, True, "x", force.one(Role.SERGEANT))


def test_screened_in_again_it_waits_again(force: Force) -> None:
    one = crime(force)
    screened_out(force, one)
    services.review_screening(one.id, True, "x", force.one(Role.SERGEANT))
    services.screen(one.id, "in", "A witness came", force.one(Role.DETECTIVE))
    row, owed = standing(one), duty(one, "crime-allocated")
    assert row is not None
    assert row.waits
    assert owed is not None
    assert owed.met_at is None


def test_who_decided_does_not_answer_nor_anybody_who_is_no_supervisor(force: Force) -> None:
    sergeant, one = force.one(Role.SERGEANT), crime(force)
    screened_out(force, one, sergeant)
    for who in (sergeant, force.one(Role.DETECTIVE)):
        with pytest.raises(NotAllowedError, match="supervisor"):
            services.review_screening(one.id, True, "x", who)
    services.review_screening(one.id, True, "x", force.another(Role.SERGEANT))


def test_only_a_detective_or_a_supervisor_screens(force: Force) -> None:
    one = crime(force)
    services.assess_solvability(one.id, {}, force.one(Role.RESPONSE))
    for role in (Role.RESPONSE, Role.CALL_HANDLER, Role.REGISTRAR):
        with pytest.raises(NotAllowedError, match="detective"):
            services.screen(one.id, "out", "x", force.one(role))
    with pytest.raises(InvalidError, match="Reasons"):
        services.screen(one.id, "out", "  ", force.one(Role.DETECTIVE))
    with pytest.raises(InvalidError, match="screening decision"):
        services.screen(one.id, "sideways", "x", force.one(Role.DETECTIVE))


def _named(force: Force, one: Crime) -> None:
    officer = force.one(Role.RESPONSE)
    tom = pole.register_person("Tom Reed (made up)", officer, born="1991-01-01")
    pole.link(("person", tom.id), "suspect", ("crime", one.id), officer)


def _vulnerable(force: Force, one: Crime) -> None:
    victim = one.victims.get().person
    raise_record(
        one.incident_id, Told(victim.id, "adult_care", "medium", "Lives alone", "given"), force.one(Role.RESPONSE)
    )


def _high(force: Force, one: Crime) -> None:
    safeguarding.assess_risk(one.incident_id, {}, "high", "Fear", force.one(Role.RESPONSE))


def _child(force: Force, one: Crime) -> None:
    safeguarding.link_child(one.incident_id, "Lee Brown (made up)", dt.date(2019, 2, 3), force.one(Role.RESPONSE))


def _hate(force: Force, one: Crime) -> None:
    life.flag(one.id, "hate: disability", force.one(Role.RESPONSE))


BARS = {
    "a suspect is named": _named,
    "the victim is vulnerable": _vulnerable,
    "domestic abuse at high risk": _high,
    "a child is linked": _child,
    "a hate crime": _hate,
}


@pytest.mark.parametrize(("ground", "make"), BARS.items(), ids=BARS)
def test_what_a_rule_names_is_never_screened_out_by_whatever_route(force: Force, ground: str, make) -> None:  # type: ignore[no-untyped-def]
    one = crime(force)
    make(force, one)
    with pytest.raises(ConflictError, match=f"not screened out: .*{ground}"):
        screened_out(force, one)
    assessment = SolvabilityAssessment.objects.get(crime=one)
    with pytest.raises(DatabaseError, match=ground), transaction.atomic():
        Screening.objects.create(
            crime=one, assessment=assessment, decision="out", reason="x", at=clock.now(), by=force.one(Role.DETECTIVE)
        )
    assert services.screen(one.id, "in", "It is investigated", force.one(Role.DETECTIVE)).decision == "in"


@pytest.mark.parametrize(
    ("told", "ground"),
    [
        ({"answers": GRAVE}, "its class is a serious one"),
        ({"born": "2015-02-03"}, "the victim is a child"),
        ({"domestic": True}, "domestic abuse"),
    ],
)
def test_neither_is_a_serious_class_a_child_victim_or_domestic_abuse(
    force: Force, told: dict[str, object], ground: str
) -> None:
    one = crime(force, **told)  # type: ignore[arg-type]
    assert ground in selectors.of_crime(one).bar
    with pytest.raises(ConflictError, match=ground):
        screened_out(force, one)


def test_what_comes_to_be_known_later_brings_it_back(force: Force) -> None:
    one = crime(force)
    screened_out(force, one)
    _child(force, one)
    with pytest.raises(ConflictError, match="a child is linked"):
        services.review_screening(one.id, True, "x", force.one(Role.SERGEANT))
    other = crime(force)
    screened_out(force, other)
    services.review_screening(other.id, True, "x", force.one(Role.SERGEANT))
    _child(force, other)
    row, owed = standing(other), duty(other, "crime-allocated")
    assert row is not None
    assert row.waits
    assert owed is not None
    assert owed.met_at is None


def test_an_assessment_of_another_crime_is_none(force: Force) -> None:
    one, other = crime(force), crime(force)
    services.assess_solvability(other.id, {}, force.one(Role.RESPONSE))
    with pytest.raises(DatabaseError, match="its own crime"), transaction.atomic():
        Screening.objects.create(
            crime=one,
            assessment=SolvabilityAssessment.objects.get(),
            decision="in",
            reason="x",
            at=clock.now(),
            by=force.one(Role.DETECTIVE),
        )


def test_a_crime_at_high_risk_owes_a_supervisors_review_within_48_hours_of_its_allocation(force: Force) -> None:
    one = crime(force, domestic=True)
    _high(force, one)
    assert duty(one, "crime-review-high-risk") is None
    services.allocate(one.id, force.one(Role.SERGEANT), "Near", user_id=force.one(Role.RESPONSE).id)
    owed = duty(one, "crime-review-high-risk")
    assert owed is not None
    assert owed.due_at == one.owners.get().at + dt.timedelta(hours=48)
    life.review(one.id, "She is safe with her sister", force.one(Role.SERGEANT))
    owed = duty(one, "crime-review-high-risk")
    assert owed is not None
    assert owed.met_at is not None


def test_a_crime_at_no_high_risk_owes_none(force: Force) -> None:
    one = crime(force)
    services.allocate(one.id, force.one(Role.SERGEANT), "Near", user_id=force.one(Role.RESPONSE).id)
    assert duty(one, "crime-review-high-risk") is None


def test_a_flag_that_is_taken_off_opens_the_way_again(force: Force) -> None:
    one = crime(force)
    _hate(force, one)
    assert selectors.of_crime(one).bar
    life.remove_flag(CrimeFlag.objects.get().id, "Wrong crime", force.one(Role.RESPONSE))
    assert selectors.of_crime(one).bar == ""
