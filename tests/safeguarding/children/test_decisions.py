"""Children on incidents: exactly one decision stands, and not to refer takes two people, by every route."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction
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

from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.obligations.services import writing
from iops.safeguarding import services
from iops.safeguarding.children.services import standing
from iops.safeguarding.models import ChildDecision, IncidentChild, NoReferralProposal
from tests.at_once import at_once
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def child(force: Force) -> IncidentChild:
    return linked(force)


def linked(force: Force) -> IncidentChild:
    incident = force.incident(domestic=True)
    return services.link_child(incident.id, "Child (made up)", None, force.one(Role.RESPONSE))


def proposed(child: IncidentChild, by: User, instead_of: int | None = None) -> NoReferralProposal:
    made = services.decide_on_child(child.id, "no_referral", "Not there, not theirs", by, instead_of)
    assert isinstance(made, NoReferralProposal)
    return made


def state(child: IncidentChild, rule_id: str = "child-decision") -> str:
    found = Obligation.objects.filter(subject="incident_child", subject_id=child.id, rule_id=rule_id).first()
    return "none" if found is None else "met" if found.met_at else "open"


def test_a_decision_stands_until_another_replaces_it_by_name(force: Force, child: IncidentChild) -> None:
    officer = force.one(Role.RESPONSE)
    first = services.decide_on_child(child.id, "early_help", "", officer)
    second = services.decide_on_child(child.id, "refer_now", "He was hit", officer, first.id)
    assert standing(child.id) == second
    assert list(child.decisions.order_by("id").values_list("decision", flat=True)) == ["early_help", "refer_now"]


def test_who_did_not_see_the_decision_that_stands_replaces_nothing(force: Force, child: IncidentChild) -> None:
    officer = force.one(Role.RESPONSE)
    first = services.decide_on_child(child.id, "refer_now", "", officer)
    services.decide_on_child(child.id, "refer_routine", "", officer, first.id)
    for seen in (None, first.id):
        with pytest.raises(ConflictError, match="somebody has decided meanwhile"):
            services.decide_on_child(child.id, "early_help", "", officer, seen)


def test_no_referral_does_not_count_until_a_second_person_confirms_it(force: Force, child: IncidentChild) -> None:
    made = proposed(child, force.one(Role.SERGEANT))
    assert (state(child), standing(child.id)) == ("open", None)
    services.answer_no_referral(made.id, True, "", force.one(Role.SAFEGUARDING))
    stands = standing(child.id)
    assert stands is not None
    assert (state(child), stands.decision, stands.reason) == ("met", "no_referral", "Not there, not theirs")


def test_a_refused_no_referral_leaves_the_child_without_a_decision(force: Force, child: IncidentChild) -> None:
    made = proposed(child, force.one(Role.RESPONSE))
    with pytest.raises(InvalidError, match="Note"):
        services.answer_no_referral(made.id, False, " ", force.one(Role.SERGEANT))
    services.answer_no_referral(made.id, False, "She was in the room", force.one(Role.SERGEANT))
    assert (state(child), standing(child.id)) == ("open", None)
    proposed(child, force.one(Role.RESPONSE))


def test_a_child_that_was_to_be_referred_is_let_go_by_two_people_only(force: Force, child: IncidentChild) -> None:
    officer = force.one(Role.RESPONSE)
    first = services.decide_on_child(child.id, "refer_now", "", officer)
    made = proposed(child, officer, first.id)
    assert state(child, "child-referral-now") == "open"
    services.answer_no_referral(made.id, True, "", force.one(Role.INSPECTOR))
    assert ChildDecision.objects.get(proposal=made).replaces == first


@pytest.mark.parametrize("who", [Role.RESPONSE, Role.CALL_HANDLER, Role.DETECTIVE])
def test_only_a_supervisor_or_safeguarding_confirms(force: Force, child: IncidentChild, who: Role) -> None:
    made = proposed(child, force.one(Role.SERGEANT))
    with pytest.raises(NotAllowedError):
        services.answer_no_referral(made.id, True, "", force.one(who))


def test_nobody_confirms_their_own(force: Force, child: IncidentChild) -> None:
    made = proposed(child, force.one(Role.SERGEANT))
    with pytest.raises(NotAllowedError, match="own"):
        services.answer_no_referral(made.id, True, "", force.one(Role.SERGEANT))


def test_it_is_proposed_once_at_a_time_and_needs_a_reason(force: Force, child: IncidentChild) -> None:
    with pytest.raises(InvalidError, match="Reason"):
        services.decide_on_child(child.id, "no_referral", " ", force.one(Role.SERGEANT))
    proposed(child, force.one(Role.RESPONSE))
    with pytest.raises(ConflictError, match="already"):
        services.decide_on_child(child.id, "no_referral", "x", force.one(Role.SERGEANT))


class TestDatabase:
    """What is refused whoever asks."""

    def test_two_first_decisions(self, force: Force, child: IncidentChild) -> None:
        by = force.one(Role.SAFEGUARDING)
        services.decide_on_child(child.id, "refer_now", "", by)
        with pytest.raises(Exception, match="child_decision_one_first"), transaction.atomic(), writing(by, reason="x"):
            ChildDecision.objects.create(child=child, decision="early_help", at=clock.now(), by=by)

    def test_two_decisions_instead_of_one(self, force: Force, child: IncidentChild) -> None:
        by = force.one(Role.SAFEGUARDING)
        first = services.decide_on_child(child.id, "refer_now", "", by)
        assert isinstance(first, ChildDecision)
        services.decide_on_child(child.id, "refer_routine", "", by, first.id)
        with pytest.raises(Exception, match="replaces_id"), transaction.atomic(), writing(by, reason="x"):
            ChildDecision.objects.create(child=child, decision="early_help", at=clock.now(), by=by, replaces=first)

    def test_a_decision_instead_of_one_on_another_child(self, force: Force, child: IncidentChild) -> None:
        by = force.one(Role.SAFEGUARDING)
        other = services.decide_on_child(linked(force).id, "refer_now", "", by)
        assert isinstance(other, ChildDecision)
        with pytest.raises(ConflictError, match="same child"), transaction.atomic(), writing(by, reason="x"):
            ChildDecision.objects.create(child=child, decision="early_help", at=clock.now(), by=by, replaces=other)

    def test_no_referral_without_a_confirmed_proposal(self, force: Force, child: IncidentChild) -> None:
        by = force.one(Role.INSPECTOR)
        made = proposed(child, by)
        for proposal in (None, made):
            with pytest.raises(ConflictError, match="second person"), transaction.atomic(), writing(by, reason="x"):
                ChildDecision.objects.create(
                    child=child, decision="no_referral", reason="x", at=clock.now(), by=by, proposal=proposal
                )

    def test_a_confirmation_in_the_name_of_somebody_else(self, force: Force, child: IncidentChild) -> None:
        by = force.one(Role.SERGEANT)
        made = proposed(child, by)
        with pytest.raises(ConflictError, match="themselves"), transaction.atomic(), writing(by, reason="x"):
            NoReferralProposal.objects.filter(id=made.id).update(
                confirmed=True, decided_at=clock.now(), decided_by=force.one(Role.INSPECTOR)
            )

    def test_a_proposal_rewritten(self, force: Force, child: IncidentChild) -> None:
        by = force.one(Role.SERGEANT)
        made = proposed(child, by)
        with pytest.raises(ConflictError, match="not rewritten"), transaction.atomic(), writing(by, reason="x"):
            NoReferralProposal.objects.filter(id=made.id).update(reason="Another")


class Decisions(RuleBasedStateMachine):
    """One child, decided on by anybody in any order; the model knows what must stand."""

    who = st.sampled_from([Role.RESPONSE, Role.SERGEANT, Role.SAFEGUARDING])

    @initialize()
    def begin(self) -> None:
        self.alone = transaction.atomic()
        self.alone.__enter__()
        self.force = Force()
        self.child = linked(self.force)
        self.chain: list[str] = []
        self.open: Role | None = None

    def teardown(self) -> None:
        if hasattr(self, "alone"):
            transaction.set_rollback(True)
            self.alone.__exit__(None, None, None)

    def tried(self, act: Callable[[], object]) -> bool:
        try:
            with transaction.atomic():
                act()
        except IopsError:
            return False
        return True

    @rule(who=who, decision=st.sampled_from(["refer_now", "refer_routine", "early_help"]), fresh=st.booleans())
    def decide(self, who: Role, decision: str, fresh: bool) -> None:
        stands = standing(self.child.id)
        seen = (stands.id if stands else None) if fresh else -1
        by = self.force.one(who)
        assert self.tried(lambda: services.decide_on_child(self.child.id, decision, "", by, seen)) is fresh
        if fresh:
            self.chain.append(decision)

    @rule(who=who)
    def propose(self, who: Role) -> None:
        stands = standing(self.child.id)
        by, seen = self.force.one(who), stands.id if stands else None
        done = self.tried(lambda: services.decide_on_child(self.child.id, "no_referral", "Why", by, seen))
        assert done is (self.open is None)
        self.open = who if done else self.open

    @precondition(lambda self: self.open is not None)
    @rule(who=who, confirmed=st.booleans())
    def answer(self, who: Role, confirmed: bool) -> None:
        made = NoReferralProposal.objects.get(child=self.child, decided_at=None)
        by = self.force.one(who)
        done = self.tried(lambda: services.answer_no_referral(made.id, confirmed, "Note", by))
        assert done is (who not in (self.open, Role.RESPONSE))
        if done:
            self.open = None
            self.chain += ["no_referral"] if confirmed else []

    @invariant()
    def one_decision_stands_and_none_is_lost(self) -> None:
        if hasattr(self, "child"):
            kept = list(ChildDecision.objects.filter(child=self.child).order_by("id"))
            assert [d.decision for d in kept] == self.chain
            assert [d.replaces_id for d in kept] == [None, *[d.id for d in kept]][: len(kept)]
            assert state(self.child) == ("met" if self.chain else "open")


def test_in_any_history_exactly_one_decision_stands() -> None:
    run_state_machine_as_test(
        Decisions,
        settings=settings(
            max_examples=12,
            stateful_step_count=10,
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_leave_one_decision() -> None:
    force = Force()
    child, other = linked(force), linked(force)
    sergeant, keeper = force.one(Role.SERGEANT), force.one(Role.SAFEGUARDING)
    said = at_once(
        lambda: services.decide_on_child(child.id, "refer_now", "", sergeant),
        lambda: services.decide_on_child(child.id, "early_help", "", keeper),
    )
    assert sorted(said) == ["ConflictError", "done"]
    assert child.decisions.count() == 1
    made = proposed(other, force.one(Role.RESPONSE))
    said = at_once(
        lambda: services.answer_no_referral(made.id, True, "", sergeant),
        lambda: services.answer_no_referral(made.id, False, "He was there", keeper),
    )
    assert sorted(said) == ["ConflictError", "done"]
    made.refresh_from_db()
    assert other.decisions.count() == int(bool(made.confirmed))
