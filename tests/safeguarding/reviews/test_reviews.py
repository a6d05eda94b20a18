"""A supervisor's structured review: who reviews whom, what becomes feedback, and who sees and acknowledges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.safeguarding import services as safeguarding
from iops.safeguarding.models import FirstLineReview, ReviewFeedback
from iops.safeguarding.reviews import selectors, services
from iops.safeguarding.reviews.points import current
from tests.force import Force
from tests.foundation.acting_as import as_user, visible
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


@dataclass
class Case:
    """A domestic incident, the officer who assessed it, and their sergeant."""

    force: Force
    incident: Incident
    officer: User
    sergeant: User

    def answers(self, *failed: str) -> dict[str, str]:
        return {p.code: "no" if p.code in failed else "yes" for p in current(clock.today()).points}

    def review(self, *failed: str, **changed: object) -> FirstLineReview:
        told: dict[str, object] = {
            "incident_id": self.incident.id,
            "officer_id": self.officer.id,
            "answers": self.answers(*failed),
            "notes": dict.fromkeys(failed, "Speak to them apart"),
            "by": self.sergeant,
        }
        return services.review_handling(**(told | changed))  # type: ignore[arg-type]

    def given(self) -> list[ReviewFeedback]:
        with as_user(self.sergeant):
            return list(ReviewFeedback.objects.order_by("id"))

    def feedback(self) -> ReviewFeedback:
        self.review("apart")
        return self.given()[0]


@pytest.fixture
def case() -> Case:
    force = Force()
    incident = force.incident(domestic=True)
    officer = force.one(Role.RESPONSE)
    safeguarding.assess_risk(incident.id, {}, "standard", "Seen", officer)
    return Case(force, incident, officer, force.one(Role.SERGEANT))


def test_every_failed_point_and_no_other_becomes_feedback_to_the_officer(case: Case) -> None:
    made = case.review("apart", "control", notes={"apart": "Apart next time", "control": "Ask", "safer": "Well done"})
    assert {f.point: (f.words, f.officer_id, f.by_id) for f in case.given()} == {
        "apart": ("Apart next time", case.officer.id, case.sergeant.id),
        "control": ("Ask", case.officer.id, case.sergeant.id),
    }
    assert made.notes["safer"] == "Well done"


def test_a_point_that_does_not_apply_is_no_failure(case: Case) -> None:
    answers = case.answers() | {"young_victim": "not_applicable"}
    case.review(answers=answers)
    shown = selectors.on_incident(case.incident.id, case.sergeant).reviews[0]
    assert (shown.passed, shown.failed, shown.not_applicable) == (len(answers) - 1, 0, 1)
    assert not case.given()


def test_a_no_without_words_is_refused_and_leaves_nothing(case: Case) -> None:
    with pytest.raises(InvalidError) as refused:
        case.review("apart", notes={"apart": "   "})
    assert refused.value.details["field"] == "note_apart"
    with as_user(case.sergeant):
        assert not visible(FirstLineReview)


@pytest.mark.parametrize(
    "changed",
    [
        {"answers": {}},
        {"answers": {"safer": "yes"}},
        {"notes": {"gossip": "x"}},
        {"notes": {"safer": "x" * 20_001}},
        {"notes": {"safer": "a\x00b"}},
        {"note": "a\x00b"},
        {"officer_id": 0},
        {"officer_id": -1},
        {"incident_id": 999_999},
    ],
)
def test_what_is_wrong_is_refused(case: Case, changed: dict[str, object]) -> None:
    with pytest.raises(IopsError):
        case.review(**changed)
    with as_user(case.sergeant):
        assert not visible(FirstLineReview)


@pytest.mark.parametrize("wrong", [{"safer": "maybe"}, {"safer": ""}, {"gossip": "yes"}])
def test_an_answer_or_a_point_that_the_form_does_not_know_is_refused(case: Case, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidError):
        case.review(answers=case.answers() | wrong)


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.SERGEANT, Role.INSPECTOR}])
def test_nobody_below_sergeant_reviews(case: Case, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        case.review(by=case.force.another(role))


def test_nobody_reviews_their_own_work(case: Case) -> None:
    safeguarding.assess_risk(case.incident.id, {}, "standard", "Seen", case.sergeant)
    with pytest.raises(NotAllowedError, match="their own"):
        case.review(officer_id=case.sergeant.id)


def test_only_who_dealt_with_the_incident_is_reviewed(case: Case) -> None:
    bystander = case.force.another(Role.RESPONSE)
    with pytest.raises(InvalidError, match="did not deal"):
        case.review(officer_id=bystander.id)
    safeguarding.link_child(case.incident.id, "Sam (made up)", None, bystander)
    assert case.review(officer_id=bystander.id).officer_id == bystander.id
    assert {o.id for o in selectors.officers_of(case.incident.id)} == {case.officer.id, bystander.id}


def test_the_officer_acknowledges_once_with_a_reply(case: Case) -> None:
    feedback = case.feedback()
    read = services.acknowledge(feedback.id, " Will do ", case.officer)
    assert read.acknowledged_at is not None
    assert read.reply == "Will do"
    with pytest.raises(ConflictError, match="already"):
        services.acknowledge(feedback.id, "Again", case.officer)
    assert [f.reply for f in case.given()] == ["Will do"]


def test_nobody_acknowledges_for_somebody_else(case: Case) -> None:
    feedback = case.feedback()
    with pytest.raises(NotAllowedError):
        services.acknowledge(feedback.id, "", case.sergeant)
    with pytest.raises(NotFoundError):
        services.acknowledge(999_999, "", case.officer)


def test_feedback_is_there_for_the_officer_who_reviewed_and_supervisors_alone(case: Case) -> None:
    feedback = case.feedback()
    for who in (case.officer, case.sergeant, case.force.one(Role.INSPECTOR)):
        with as_user(who):
            assert visible(ReviewFeedback) == {feedback.id}
    for other in (case.force.another(Role.RESPONSE), case.force.one(Role.ANALYST), None):
        with as_user(other):
            assert not visible(ReviewFeedback)
            assert not visible(FirstLineReview)


def test_feedback_on_a_restricted_incident_is_as_secret_as_the_incident(case: Case) -> None:
    case.feedback()
    inspector = case.force.one(Role.INSPECTOR)
    with as_user(case.sergeant):
        control.restrict(case.incident.id, [], [], "Officer involved", case.sergeant)
    with as_user(inspector):
        assert not visible(ReviewFeedback)


def test_what_waits_comes_first_and_each_look_is_logged(case: Case) -> None:
    case.review("apart", "control")
    first = case.given()[0]
    services.acknowledge(first.id, "", case.officer)
    with assert_consulted("incident", [case.incident.id], case.officer):
        shown = selectors.feedback_for(case.officer)
    assert [told.feedback.acknowledged_at is None for told in shown.rows] == [True, False]
    assert shown.rows[1].asks.startswith("Were the people")
    waiting = selectors.not_read(case.sergeant)
    assert [told.feedback.id for told in waiting.rows] == [shown.rows[0].feedback.id]
    assert not selectors.not_read(case.officer).rows


REWRITES = {
    "words": "update safeguarding_reviewfeedback set words = 'nicer'",
    "addressee": "update safeguarding_reviewfeedback set officer_id = by_id, by_id = officer_id",
    "for another": "update safeguarding_reviewfeedback set acknowledged_at = iops.now()",
    "gone": "delete from safeguarding_reviewfeedback",
    "review": "update safeguarding_firstlinereview set note = 'nicer'",
    "on a passed point": "insert into safeguarding_reviewfeedback"
    " (review_id, incident_id, officer_id, by_id, point, words, given_at, reply)"
    " select review_id, incident_id, officer_id, by_id, 'safer', 'x', iops.now(), '' from safeguarding_reviewfeedback",
}


@pytest.mark.parametrize("statement", REWRITES.values(), ids=REWRITES)
def test_the_database_refuses_to_rewrite_a_review_or_its_feedback(case: Case, statement: str) -> None:
    case.feedback()
    with (
        as_user(case.sergeant),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@given(data=st.data())
@settings(max_examples=20)
def test_whatever_the_answers_feedback_is_given_for_exactly_the_failed_points(case: Case, data: st.DataObject) -> None:
    codes = [p.code for p in current(clock.today()).points]
    answers = {code: data.draw(st.sampled_from(["yes", "no", "not_applicable"])) for code in codes}
    with transaction.atomic():
        failed = {code for code, answer in answers.items() if answer == "no"}
        case.review(answers=answers, notes=dict.fromkeys(failed, "x"))
        assert {f.point for f in case.given()} == failed
        shown = selectors.on_incident(case.incident.id, case.officer).reviews[0]
        assert shown.passed + shown.failed + shown.not_applicable == len(codes)
        transaction.set_rollback(True)
