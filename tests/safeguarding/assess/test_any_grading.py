"""Any history of gradings: what stands falls only by two people, and two supervisors never decide one proposal."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from iops.foundation.errors import IopsError
from iops.foundation.roles import Role
from iops.safeguarding import services as safeguarding
from iops.safeguarding.assess import services
from iops.safeguarding.assess.services import ORDER, effective
from iops.safeguarding.models import RiskAssessment, RiskDowngrade, RiskGrading
from tests.force import Force

if TYPE_CHECKING:
    from iops.foundation.models import User

GRADES = st.sampled_from(["standard", "medium", "high"])
RANK = {Role.RESPONSE: 0, Role.SAFEGUARDING: 0, Role.SERGEANT: 1, Role.INSPECTOR: 2}
PART = {
    Role.RESPONSE: "officer",
    Role.SAFEGUARDING: "specialist",
    Role.SERGEANT: "supervisor",
    Role.INSPECTOR: "supervisor",
}
WHO = st.sampled_from(sorted(RANK))


class Grades(RuleBasedStateMachine):
    """One assessment, graded by anybody in any order; the model knows what must stand."""

    @initialize(grade=GRADES)
    def begin(self, grade: str) -> None:
        self.alone = transaction.atomic()
        self.alone.__enter__()
        self.force = Force()
        self.first = grade
        self.stands = grade
        self.open: tuple[str, str, Role] | None = None
        incident = self.force.incident(domestic=True)
        self.made = safeguarding.assess_risk(incident.id, {}, grade, "Seen", self.force.one(Role.RESPONSE))
        self.given = 0

    def teardown(self) -> None:
        if hasattr(self, "alone"):
            transaction.set_rollback(True)
            self.alone.__exit__(None, None, None)

    def tried(self, act: object) -> bool:
        """Whether it was done; a refusal leaves nothing behind."""
        try:
            with transaction.atomic():
                act()  # type: ignore[operator]
        except IopsError:
            return False
        return True

    @rule(who=WHO, grade=GRADES)
    def grade(self, who: Role, grade: str) -> None:
        by = self.force.one(who)
        done = self.tried(lambda: services.grade_risk(self.made.id, PART[who], grade, "Why", by))
        assert done is (ORDER.index(grade) >= ORDER.index(self.stands))
        if done:
            self.stands, self.given = grade, self.given + 1

    @rule(who=WHO, grade=GRADES)
    def propose(self, who: Role, grade: str) -> None:
        by = self.force.one(who)
        done = self.tried(lambda: services.propose_lower_risk(self.made.id, PART[who], grade, "Why", by))
        assert done is (self.open is None and ORDER.index(grade) < ORDER.index(self.stands))
        if done:
            self.open = (self.stands, grade, who)

    @precondition(lambda self: self.open is not None)
    @rule(who=WHO, confirmed=st.booleans())
    def decide(self, who: Role, confirmed: bool) -> None:
        assert self.open is not None
        was, grade, proposer = self.open
        asked = RiskDowngrade.objects.get(assessment=self.made, decided_at=None)
        by = self.force.one(who)
        done = self.tried(lambda: services.decide_lower_risk(asked.id, confirmed, "Note", by))
        senior = by != asked.by and RANK[who] >= min(RANK[proposer] + 1, 2)
        assert done is (senior and (not confirmed or was == self.stands))
        if done:
            self.open = None
            self.stands, self.given = (grade, self.given + 1) if confirmed else (self.stands, self.given)

    @invariant()
    def what_stands_is_what_the_model_says_and_history_is_whole(self) -> None:
        if hasattr(self, "made"):
            assert effective(self.made.id) == self.stands
            assert RiskGrading.objects.filter(assessment=self.made).count() == self.given
            assert RiskAssessment.objects.get(id=self.made.id).grade == self.first


@pytest.mark.django_db
def test_no_history_of_gradings_lets_one_person_lower_a_risk() -> None:
    run_state_machine_as_test(
        Grades,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_decide_one_proposal_and_only_one_decision_stands() -> None:
    force = Force()
    made = safeguarding.assess_risk(force.incident(domestic=True).id, {}, "high", "Seen", force.one(Role.RESPONSE))
    asked = services.propose_lower_risk(made.id, "officer", "medium", "Calm", force.one(Role.RESPONSE))
    said: list[str] = []
    both = threading.Barrier(2)

    def decide(by: User, confirmed: bool) -> None:
        try:
            both.wait()
            services.decide_lower_risk(asked.id, confirmed, "Note", by)
            said.append("done")
        except IopsError as error:
            said.append(str(error))
        finally:
            connection.close()

    first = threading.Thread(target=decide, args=[force.one(Role.SERGEANT), True])
    second = threading.Thread(target=decide, args=[force.one(Role.INSPECTOR), False])
    for thread in (first, second):
        thread.start()
    for thread in (first, second):
        thread.join(timeout=20)
    assert sorted(said) == ["This proposal has been decided already.", "done"]
    decided = RiskDowngrade.objects.get(id=asked.id)
    assert effective(made.id) == ("medium" if decided.confirmed else "high")
    assert RiskGrading.objects.filter(assessment=made).count() == int(bool(decided.confirmed))
