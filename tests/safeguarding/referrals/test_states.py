"""The one state machine of referrals: what may follow what, who says so, and what is owed meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction

from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from iops.safeguarding import services as safeguarding
from iops.safeguarding.models import Referral, ReferralStep, RejectionDecision
from iops.safeguarding.referrals import services as referrals
from iops.safeguarding.referrals.states import state_of

if TYPE_CHECKING:
    from tests.safeguarding.referrals.conftest import Desk


def duties(desk: Desk) -> dict[str, str]:
    """What stands on the incident of the desk under the rules of referrals."""
    rows = Obligation.objects.filter(record_kind="incident", record_id=desk.incident.id)
    ours = [r for r in rows if "referral" in r.rule_id]
    return {r.rule_id: "met" if r.met_at else "waived" if r.waived_at else "open" for r in ours}


def test_a_referral_goes_from_draft_to_done(desk: Desk) -> None:
    referral = desk.sent()
    referrals.note(referral.id, "received", "Front desk", desk.officer)
    referrals.note(referral.id, "accepted", "Team manager", desk.officer)
    referrals.note(referral.id, "done", "Team manager", desk.officer)
    steps = ReferralStep.objects.filter(referral=referral).order_by("id")
    assert [s.state for s in steps] == ["drafted", "sent", "received", "accepted", "done"]
    assert {s.by_id for s in steps} == {desk.officer.id}


@pytest.mark.parametrize("state", ["accepted", "rejected", "done"])
def test_a_partner_decides_only_on_what_it_has_received(desk: Desk, state: str) -> None:
    referral = desk.sent()
    with pytest.raises(ConflictError, match="sent and cannot turn"):
        referrals.note(referral.id, state, "Team manager", desk.officer, reason="No threshold")
    assert state_of(referral.id) == "sent"


def test_a_referral_is_sent_once(desk: Desk) -> None:
    referral = desk.sent()
    with pytest.raises(ConflictError):
        referrals.send(referral.id, desk.officer)


@pytest.mark.parametrize("after", ["drafted", "sent", "received", "accepted"])
def test_an_open_referral_is_revoked_with_a_reason(desk: Desk, after: str) -> None:
    referral = desk.draft()
    if after != "drafted":
        referrals.send(referral.id, desk.officer)
    for state in ("received", "accepted")[: {"received": 1, "accepted": 2}.get(after, 0)]:
        referrals.note(referral.id, state, "Front desk", desk.officer)
    with pytest.raises(InvalidError):
        referrals.revoke(referral.id, " ", desk.officer)
    referrals.revoke(referral.id, "Wrong person", desk.officer)
    assert state_of(referral.id) == "revoked"
    with pytest.raises(ConflictError):
        referrals.revoke(referral.id, "Again", desk.officer)


def test_a_rejection_says_why_and_somebody_decides_what_follows(desk: Desk) -> None:
    referral = desk.sent()
    referrals.note(referral.id, "received", "Front desk", desk.officer)
    with pytest.raises(InvalidError):
        referrals.note(referral.id, "rejected", "Manager", desk.officer)
    referrals.note(referral.id, "rejected", "Manager", desk.officer, reason="Below the threshold")
    assert duties(desk)["referral-rejected"] == "open"
    with pytest.raises(NotAllowedError):
        referrals.decide_rejection(referral.id, "nothing", "They said so", desk.officer)
    referrals.decide_rejection(referral.id, "escalate", "The child is at risk", desk.officer)
    assert duties(desk)["referral-rejected"] == "met"
    with pytest.raises(ConflictError):
        referrals.decide_rejection(referral.id, "escalate", "Again", desk.officer)
    assert RejectionDecision.objects.filter(referral=referral).count() == 1


def test_a_rejected_referral_is_replaced_by_one_to_another_agency(desk: Desk) -> None:
    first = desk.sent()
    with pytest.raises(ConflictError, match="Only a rejected"):
        desk.draft("health", after_rejection_id=first.id)
    referrals.note(first.id, "received", "Desk", desk.officer)
    referrals.note(first.id, "rejected", "Desk", desk.officer, reason="Not ours")
    assert desk.draft("health", after_rejection_id=first.id).after_rejection_id == first.id


def test_sent_is_not_received(desk: Desk) -> None:
    referral = desk.draft()
    assert duties(desk) == {"referral-send": "open"}
    referrals.send(referral.id, desk.officer)
    assert duties(desk) == {"referral-send": "met", "referral-received": "open"}
    referrals.note(referral.id, "received", "Desk", desk.officer)
    assert duties(desk)["referral-received"] == "met"
    assert duties(desk)["referral-partner-decision"] == "open"
    assert check_conservation().missing == check_conservation().surplus == 0


def test_an_immediate_referral_has_the_shorter_clocks(desk: Desk) -> None:
    desk.sent(urgency="immediate")
    assert duties(desk) == {"referral-send-now": "met", "referral-received-now": "open"}


def test_a_revoked_referral_owes_no_receipt(desk: Desk) -> None:
    referral = desk.sent()
    referrals.revoke(referral.id, "Wrong person", desk.officer)
    assert duties(desk) == {"referral-send": "met"}


@pytest.mark.parametrize(
    ("decision", "rule"), [("refer_now", "child-referral-now"), ("refer_routine", "child-referral-routine")]
)
def test_a_decision_to_refer_a_child_is_open_until_a_referral_is_sent(desk: Desk, decision: str, rule: str) -> None:
    child = desk.child()
    safeguarding.decide_on_child(child.id, decision, "Frightened", desk.officer)
    assert duties(desk)[rule] == "open"
    referral = desk.draft(person=child.person)
    assert duties(desk)[rule] == "open"
    referrals.send(referral.id, desk.officer)
    assert duties(desk)[rule] == "met"
    assert Referral.objects.get(id=referral.id).child_id == child.id


def test_a_referral_of_another_person_does_not_meet_the_childs(desk: Desk) -> None:
    child = desk.child()
    safeguarding.decide_on_child(child.id, "refer_now", "Frightened", desk.officer)
    desk.sent()
    assert duties(desk)["child-referral-now"] == "open"


@pytest.mark.parametrize("kind", ["marac", "idva"])
def test_a_high_risk_reaches_a_specialist_service_or_an_inspector_says_why_not(desk: Desk, kind: str) -> None:
    safeguarding.assess_risk(desk.incident.id, {}, "high", "He has a key", desk.officer)
    assert duties(desk)["high-risk-referral"] == "open"
    desk.sent("health")
    assert duties(desk)["high-risk-referral"] == "open"
    desk.sent(kind)
    assert duties(desk)["high-risk-referral"] == "met"


def test_a_standard_risk_owes_no_specialist_referral(desk: Desk) -> None:
    safeguarding.assess_risk(desk.incident.id, {}, "standard", "First report", desk.officer)
    assert duties(desk) == {}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"strand": "gossip"}, "strand"),
        ({"urgency": "soon"}, "urgency"),
        ({"basis": "curiosity"}, "basis"),
        ({"basis": ""}, "basis"),
        ({"grounds": " "}, "grounds"),
        ({"summary": ""}, "Summary"),
        ({"summary": "a\x00b"}, "Summary"),
        ({"summary": "x" * 20_001}, "Summary"),
        ({"attention": "x" * 201}, "attention"),
        ({"added": {"history": " "}}, "why"),
        ({"added": {"everything": "because"}}, "added"),
        ({"child_id": 2**62}, "child"),
    ],
)
def test_a_draft_with_too_little_or_too_much_is_refused(desk: Desk, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        desk.draft(**changed)
    assert refused.value.details["field"] == field
    assert not Referral.objects.exists()


def test_consent_needs_no_grounds(desk: Desk) -> None:
    assert desk.draft(basis="consent", grounds="").basis == "consent"


def test_whoever_refers_nobody_in_their_role_is_refused(desk: Desk) -> None:
    referral = desk.draft()
    for act in (
        lambda: referrals.draft(desk.incident.id, desk.told("health"), desk.stranger),
        lambda: referrals.send(referral.id, desk.stranger),
        lambda: referrals.revoke(referral.id, "No", desk.stranger),
        lambda: referrals.note(referral.id, "received", "Me", desk.stranger),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_what_is_not_there_cannot_be_moved(desk: Desk) -> None:
    for act in (referrals.send, lambda i, by: referrals.revoke(i, "No", by)):
        with pytest.raises(NotFoundError):
            act(2**62, desk.officer)


def test_the_same_person_is_not_referred_twice_to_one_agency(desk: Desk) -> None:
    first = desk.draft()
    with pytest.raises(ConflictError):
        desk.draft()
    referrals.revoke(first.id, "Begun again", desk.officer)
    assert desk.draft().id != first.id


@pytest.mark.parametrize("state", ["sent", "received", "accepted", "done", "drafted"])
def test_the_database_refuses_a_step_that_does_not_follow_whoever_writes(desk: Desk, state: str) -> None:
    referral = desk.draft()
    with pytest.raises(DatabaseError), transaction.atomic():
        ReferralStep.objects.create(
            referral=referral, incident=desk.incident, state=state, at=clock.now(), reason="by hand"
        )


def test_the_database_refuses_to_change_or_remove_a_step(desk: Desk) -> None:
    desk.draft()
    for statement in (
        "update safeguarding_referralstep set state = 'done'",
        "delete from safeguarding_referralstep",
        "update safeguarding_referral set summary = 'other'",
        "delete from safeguarding_referral",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_database_refuses_a_step_that_names_another_incident(desk: Desk) -> None:
    referral = desk.draft()
    other = desk.force.incident()
    with pytest.raises(DatabaseError, match="another incident"), transaction.atomic():
        ReferralStep.objects.create(
            referral=referral, incident=other, state="revoked", at=clock.now(), reason="by hand"
        )


def test_the_counts_are_by_day_district_agency_and_state(desk: Desk) -> None:
    referral = desk.sent()
    desk.draft("health")
    with connection.cursor() as cursor:
        cursor.execute("select * from iops.referral_counts(%s, %s)", [clock.today(), clock.today()])
        rows = cursor.fetchall()
    district, today = desk.force.district.id, clock.today()
    children, health = desk.agency().id, desk.agency("health").id
    assert sorted(rows, key=str) == sorted(
        [
            (today, district, "children_services", children, "drafted", 1),
            (today, district, "children_services", children, "sent", 1),
            (today, district, "health", health, "drafted", 1),
        ],
        key=str,
    )
    assert referral.district_id == district
    with connection.cursor() as cursor:
        yesterday = today - dt.timedelta(days=1)
        cursor.execute("select * from iops.referral_counts(%s, %s)", [yesterday, yesterday])
        assert cursor.fetchall() == []
