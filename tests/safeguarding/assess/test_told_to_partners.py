"""What a partner is told of a risk: the grade that stands, how far it was answered, and what was said to be so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.safeguarding import services as safeguarding
from iops.safeguarding.assess import services
from iops.safeguarding.assess.questionnaires import questionnaire
from iops.safeguarding.assess.told import Told
from iops.safeguarding.referrals import services as referrals
from iops.safeguarding.referrals.content import render
from tests.force import Force

if TYPE_CHECKING:
    from iops.safeguarding.models import Referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def referral(force: Force) -> Referral:
    incident, officer = force.incident(domestic=True), force.one(Role.RESPONSE)
    agency = referrals.register_agency("IDVA (made up)", "idva", "folder", "idva", force.one(Role.SAFEGUARDING))
    victim = pole.register_person("Ann Brown (made up)", officer, born="1990-02-03")
    told = referrals.Draft(victim.id, agency.id, "da_adult", "routine", "She asks for help", "consent")
    return referrals.draft(incident.id, told, officer)


def risk(referral: Referral) -> tuple[str, ...]:
    (section,) = [s for s in json.loads(render(referral).content)["sections"] if s["title"] == "Risk"]
    return tuple(section["lines"])


def assess(force: Force, referral: Referral, grade: str, form: str, told: Told | None = None, **answers: str) -> int:
    of = referral.incident_id
    return safeguarding.assess_risk(of, answers, grade, "Seen", force.one(Role.RESPONSE), form, told).id


def test_a_partner_is_told_the_grade_that_stands_and_not_the_first(force: Force, referral: Referral) -> None:
    made = assess(force, referral, "standard", "long-1", very_frightened="yes", weapon="refused")
    services.grade_risk(made, "specialist", "high", "Pattern", force.one(Role.SAFEGUARDING))
    lines = risk(referral)
    assert lines[0] == "Grade: high"
    assert lines[1].endswith("1 of 27 topics answered")
    assert [line for line in lines if line.startswith("Yes: ")] == [lines[2]]


def test_a_higher_grade_of_an_earlier_assessment_stands(force: Force, referral: Referral) -> None:
    assess(force, referral, "high", "long-1")
    assess(force, referral, "standard", "short-1")
    assert risk(referral)[0] == "Grade: high"


def test_every_scale_and_every_opened_set_is_told_in_words(force: Force, referral: Referral) -> None:
    assess(force, referral, "high", "long-1", Told(supplements={"stalking-1": {"stalk_fear": "yes"}}))
    assert any("Is the victim very frightened of it?" in line for line in risk(referral))
    form = "frequency-1"
    first, second = questionnaire(form).topics[:2]
    assess(force, referral, "high", form, None, **{first.code: "all_the_time", second.code: "never"})
    lines = risk(referral)
    assert f"All the time: {first.asks}" in lines
    assert not any(second.asks in line for line in lines)


def test_what_a_partner_supplied_does_not_stand_for_what_the_police_asked(force: Force, referral: Referral) -> None:
    assess(force, referral, "standard", "partner-24-1", Told(medium="partner"))
    assert "of 24 topics" in risk(referral)[1]
    assess(force, referral, "medium", "long-1", Told(medium="in_person", answered_by="victim"))
    assess(force, referral, "standard", "partner-24-1", Told(medium="partner"))
    lines = risk(referral)
    assert lines[0] == "Grade: medium"
    assert "of 27 topics" in lines[1]


def test_without_an_assessment_it_says_so(referral: Referral) -> None:
    assert risk(referral) == ("The risk has not been assessed yet.",)
