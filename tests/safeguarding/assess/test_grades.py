"""Grades of risk: who gives them, what stands, and that none falls without somebody more senior."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError
from iops.foundation.roles import Role
from iops.obligations.services import writing
from iops.safeguarding import services as safeguarding
from iops.safeguarding.assess import services
from iops.safeguarding.assess.questionnaires import questionnaire
from iops.safeguarding.assess.services import ORDER, SeniorPersonError, effective
from iops.safeguarding.assess.told import Told
from iops.safeguarding.models import RiskAssessment, RiskDowngrade, RiskGrading
from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


def assessed(force: Force, grade: str = "high", **told: object) -> RiskAssessment:
    incident = force.incident(domestic=True)
    return safeguarding.assess_risk(incident.id, {}, grade, "Seen", force.one(Role.RESPONSE), **told)  # type: ignore[arg-type]


def concepts(assessment: RiskAssessment) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("select concept, answer from iops.risk_concepts(%s)", [assessment.id])
        return dict(cursor.fetchall())


def test_the_grade_that_stands_is_the_latest_and_history_stays(force: Force) -> None:
    made = assessed(force, "standard")
    services.grade_risk(made.id, "supervisor", "medium", "More to it", force.one(Role.SERGEANT))
    services.grade_risk(made.id, "specialist", "high", "Pattern", force.one(Role.SAFEGUARDING))
    assert effective(made.id) == "high"
    assert [g.grade for g in made.gradings.order_by("id")] == ["medium", "high"]
    assert RiskAssessment.objects.get(id=made.id).grade == "standard"


def test_one_person_alone_lowers_nothing(force: Force) -> None:
    made = assessed(force)
    with pytest.raises(SeniorPersonError):
        services.grade_risk(made.id, "supervisor", "medium", "Calm now", force.one(Role.INSPECTOR))
    assert effective(made.id) == "high"


def test_a_lower_grade_takes_effect_when_somebody_more_senior_confirms(force: Force) -> None:
    made = assessed(force)
    asked = services.propose_lower_risk(made.id, "supervisor", "medium", "He is in prison", force.one(Role.SERGEANT))
    assert effective(made.id) == "high"
    services.decide_lower_risk(asked.id, True, "", force.one(Role.INSPECTOR))
    assert effective(made.id) == "medium"
    with pytest.raises(ConflictError):
        services.decide_lower_risk(asked.id, False, "Late", force.one(Role.INSPECTOR))


@pytest.mark.parametrize("who", [Role.SERGEANT, Role.RESPONSE, Role.SAFEGUARDING])
def test_nobody_of_the_same_rank_or_below_decides(force: Force, who: Role) -> None:
    made = assessed(force)
    asked = services.propose_lower_risk(made.id, "supervisor", "medium", "Calm", force.one(Role.SERGEANT))
    with pytest.raises(NotAllowedError):
        services.decide_lower_risk(asked.id, True, "", force.one(who))
    assert effective(made.id) == "high"


def test_a_proposal_is_stale_when_the_risk_was_graded_anew(force: Force) -> None:
    made = assessed(force, "medium")
    asked = services.propose_lower_risk(made.id, "officer", "standard", "Calm", force.one(Role.RESPONSE))
    services.grade_risk(made.id, "specialist", "high", "Pattern", force.one(Role.SAFEGUARDING))
    with pytest.raises(ConflictError):
        services.decide_lower_risk(asked.id, True, "", force.one(Role.SERGEANT))
    assert effective(made.id) == "high"


def test_the_database_refuses_a_lower_grade_by_any_route(force: Force) -> None:
    made, by = assessed(force), force.one(Role.INSPECTOR)
    with pytest.raises(ConflictError, match="more senior"), transaction.atomic(), writing(by, reason="x"):
        RiskGrading.objects.create(
            assessment=made, graded_as="supervisor", grade="medium", rationale="x", at=clock.now(), by=by
        )


def test_the_database_refuses_a_confirmation_by_somebody_not_more_senior(force: Force) -> None:
    made, by = assessed(force), force.one(Role.SERGEANT)
    asked = services.propose_lower_risk(made.id, "supervisor", "medium", "Calm", by)
    other = force.one(Role.SAFEGUARDING)
    with pytest.raises(ConflictError, match="more senior"), transaction.atomic(), writing(other, reason="x"):
        RiskDowngrade.objects.filter(id=asked.id).update(confirmed=True, decided_at=clock.now(), decided_by=other)


def test_nobody_decides_in_the_name_of_somebody_else(force: Force) -> None:
    made, by = assessed(force), force.one(Role.SERGEANT)
    asked = services.propose_lower_risk(made.id, "supervisor", "medium", "Calm", by)
    with pytest.raises(ConflictError, match="themselves"), transaction.atomic(), writing(by, reason="x"):
        RiskDowngrade.objects.filter(id=asked.id).update(
            confirmed=True, decided_at=clock.now(), decided_by=force.one(Role.INSPECTOR)
        )


def test_what_an_inspector_proposes_another_inspector_decides(force: Force) -> None:
    made, first = assessed(force), force.one(Role.INSPECTOR)
    asked = services.propose_lower_risk(made.id, "supervisor", "medium", "In custody", first)
    with pytest.raises(NotAllowedError):
        services.decide_lower_risk(asked.id, True, "", force.one(Role.SERGEANT))
    services.decide_lower_risk(asked.id, True, "", force.another(Role.INSPECTOR))
    assert effective(made.id) == "medium"


def test_a_proposal_is_not_rewritten(force: Force) -> None:
    made, by = assessed(force), force.one(Role.SERGEANT)
    asked = services.propose_lower_risk(made.id, "supervisor", "medium", "Calm", by)
    with pytest.raises(ConflictError, match="not rewritten"), transaction.atomic(), writing(by, reason="x"):
        RiskDowngrade.objects.filter(id=asked.id).update(grade="standard")


def test_no_other_code_writes_a_grading_or_a_downgrade() -> None:
    source = Path(services.__file__).parents[2]
    writers = ("RiskGrading(", "RiskGrading.objects", "RiskDowngrade(", "RiskDowngrade.objects", "_riskgrading")
    found = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if "migrations" not in path.parts
        for text in [path.read_text(encoding="utf-8")]
        if any(word in text.replace("class RiskGrading(", "").replace("class RiskDowngrade(", "") for word in writers)
    }
    assert found == {"safeguarding/assess/services.py"}


def test_assessing_again_does_not_lower_the_incident(force: Force) -> None:
    made = assessed(force)
    safeguarding.assess_risk(made.incident_id, {}, "standard", "Calm", force.one(Role.RESPONSE))
    with connection.cursor() as cursor:
        cursor.execute("select iops.incident_risk(%s)", [made.incident_id])
        assert cursor.fetchone()[0] == "high"


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["grade", "propose", "confirm", "refuse"]),
            st.sampled_from([Role.RESPONSE, Role.SERGEANT, Role.INSPECTOR, Role.SAFEGUARDING]),
            st.sampled_from(["officer", "supervisor", "specialist"]),
            st.sampled_from(ORDER),
        ),
        max_size=12,
    )
)
@settings(max_examples=20)
def test_whatever_is_tried_a_grade_falls_only_by_a_confirmed_proposal(
    force: Force, steps: list[tuple[str, Role, str, str]]
) -> None:
    for role in (Role.CALL_HANDLER, Role.RESPONSE, Role.SERGEANT, Role.INSPECTOR, Role.SAFEGUARDING):
        force.one(role)
    with transaction.atomic():
        made = assessed(force, "medium")
        stands = effective(made.id)
        for verb, who, part, grade in steps:
            try:
                _do(made, verb, part, grade, force, who)
            except IopsError:
                assert effective(made.id) == stands
                continue
            now = effective(made.id)
            assert verb == "confirm" or ORDER.index(now) >= ORDER.index(stands)
            stands = now
        transaction.set_rollback(True)


def _do(made: RiskAssessment, verb: str, part: str, grade: str, force: Force, who: Role) -> None:
    by = force.one(who)
    if verb == "grade":
        services.grade_risk(made.id, part, grade, "Seen", by)
    elif verb == "propose":
        services.propose_lower_risk(made.id, part, grade, "Calm", by)
    elif waiting := made.downgrades.filter(decided_at=None).first():
        services.decide_lower_risk(waiting.id, verb == "confirm", "Note", by)


def test_many_ticks_below_high_need_a_judgement_in_writing(force: Force) -> None:
    ticked = {t.code: "yes" for t in questionnaire("long-1").topics[:14]}
    incident, by = force.incident(domestic=True), force.one(Role.RESPONSE)
    with pytest.raises(InvalidError, match="judgement"):
        safeguarding.assess_risk(incident.id, ticked, "medium", "Seen", by, "long-1")
    made = safeguarding.assess_risk(incident.id, ticked, "medium", "Seen", by, "long-1", Told(judgement="Because"))
    assert (made.ticks, made.grade) == (14, "medium")


def test_ticks_never_set_the_grade(force: Force) -> None:
    ticked = {t.code: "yes" for t in questionnaire("long-1").topics}
    by = force.one(Role.RESPONSE)
    made = safeguarding.assess_risk(
        force.incident(domestic=True).id, ticked, "standard", "Seen", by, "long-1", Told(judgement="Because")
    )
    assert effective(made.id) == "standard"


def test_concepts_read_every_form_and_never_take_silence_for_a_no(force: Force) -> None:
    by, incident = force.one(Role.RESPONSE), force.incident(domestic=True)
    said = {"strangle_suffocate_drown": "yes", "more_often": "no", "weapon": "no", "money": "refused"}
    told = Told("victim", "telephone", {"stalking-1": {"stalk_loiters": "yes"}}, {"weapon": "None seen"})
    found = concepts(safeguarding.assess_risk(incident.id, said, "high", "Seen", by, "long-1", told))
    assert (found["strangulation"], found["weapon"], found["money"]) == ("yes", "no", "refused")
    assert (found["stalking"], found["escalation"], found["fear"]) == ("yes", "not_asked", "not_asked")
    often = safeguarding.assess_risk(
        incident.id, {"weapon": "never", "sexual": "occasionally"}, "medium", "Seen", by, "frequency-1"
    )
    assert (concepts(often)["weapon"], concepts(often)["sexual_violence"]) == ("no", "yes")


@pytest.mark.parametrize(
    "told",
    [
        Told(answered_by="a ghost"),
        Told(medium="smoke"),
        Told(supplements={"long-1": {}}),
        Told(supplements={"stalking-1": {"weapon": "yes"}}),
        Told(notes={"no such topic": "x"}),
    ],
)
def test_what_is_told_beside_is_checked(force: Force, told: Told) -> None:
    with pytest.raises(InvalidError):
        safeguarding.assess_risk(
            force.incident(domestic=True).id, {}, "high", "Seen", force.one(Role.RESPONSE), "long-1", told
        )
