"""Transfers: ours until the receiver accepts; clocks run on; no duty is got rid of by passing the job on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from iops.control import services as control
from iops.control.models import Transfer
from iops.control.record import selectors, transfers
from iops.foundation import clock
from iops.foundation.errors import BlockedError, ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import District, Membership, Team, User
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.obligations.services import waive
from iops.safeguarding import services as safeguarding
from tests.force import owed

if TYPE_CHECKING:
    from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def south(force: Force) -> District:
    return District.objects.create(code="S", name="South (made up)")


def dispatcher_of(district: District) -> User:
    """A dispatcher who works in one district only."""
    user = User.objects.create(username=f"d-{district.code}", name=f"Dispatcher of {district.name}")
    team = Team.objects.create(name=f"Desk of {district.name}", district=district)
    Membership.objects.create(user=user, team=team, role=Role.DISPATCHER)
    return user


# --- to another district ----------------------------------------------------------------------------------------------


def test_the_incident_and_its_duties_stay_until_the_receiver_accepts(force: Force, south: District) -> None:
    incident, by = force.incident(), force.one(Role.DISPATCHER)
    offer = transfers.offer_to_district(incident.id, south.id, "Over the river", by)
    incident.refresh_from_db()
    assert incident.district == force.district
    assert owed(incident) == {"grade-incident": "open", "transfer-accept": "open"}
    assert Obligation.objects.get(rule="grade-incident").district == force.district
    assert Obligation.objects.get(rule="transfer-accept").district == south
    transfers.accept_transfer(offer.id, dispatcher_of(south))
    incident.refresh_from_db()
    assert incident.district == south
    assert owed(incident) == {"grade-incident": "open", "transfer-accept": "met"}
    assert set(Obligation.objects.values_list("district_id", flat=True)) == {south.id}


@pytest.mark.usefixtures("own_clock")
def test_no_clock_starts_again(force: Force, south: District) -> None:
    begin, by = clock.now(), force.one(Role.DISPATCHER)
    incident = force.incident()
    control.grade(incident.id, 2, "", by)

    def clocks() -> dict[str, tuple[dt.datetime, dt.datetime]]:
        found = Obligation.objects.exclude(rule="transfer-accept")
        return {o.rule_id: (o.arose_at, o.due_at) for o in found}

    before = clocks()
    with clock.at(begin + dt.timedelta(minutes=30)):
        offer = transfers.offer_to_district(incident.id, south.id, "Over the river", by)
        transfers.accept_transfer(offer.id, dispatcher_of(south))
    assert clocks() == before


def test_a_refusal_needs_a_reason_and_leaves_all_as_it_was(force: Force, south: District) -> None:
    incident, receiver = force.incident(), dispatcher_of(south)
    offer = transfers.offer_to_district(incident.id, south.id, "Over the river", force.one(Role.DISPATCHER))
    with pytest.raises(InvalidError):
        transfers.refuse_transfer(offer.id, " ", receiver)
    transfers.refuse_transfer(offer.id, "North of the river", receiver)
    incident.refresh_from_db()
    assert incident.district == force.district
    assert owed(incident)["transfer-accept"] == "met"
    assert incident.log.order_by("-id")[0].text == "Transfer refused by South (made up): North of the river"


def test_the_receiver_answers_and_nobody_else(force: Force, south: District) -> None:
    incident, by = force.incident(), force.one(Role.DISPATCHER)
    offer = transfers.offer_to_district(incident.id, south.id, "Over the river", by)
    for who in (by, dispatcher_of(force.district), force.one(Role.ANALYST)):
        with pytest.raises(NotAllowedError):
            transfers.accept_transfer(offer.id, who)
        with pytest.raises(NotAllowedError):
            transfers.refuse_transfer(offer.id, "Not mine", who)
    with pytest.raises(NotAllowedError):
        transfers.offer_to_district(incident.id, south.id, "x", force.one(Role.ANALYST))


def test_an_offer_is_open_once_and_answered_once(force: Force, south: District) -> None:
    incident, by, receiver = force.incident(), force.one(Role.DISPATCHER), dispatcher_of(south)
    offer = transfers.offer_to_district(incident.id, south.id, "Over the river", by)
    with pytest.raises(ConflictError):
        transfers.offer_to_force(incident.id, "Borderland", "Over the border", by)
    with pytest.raises(DatabaseError, match="transfer_one_open"), transaction.atomic():
        Transfer.objects.create(
            incident=incident, from_district=force.district, to_force="B", reason="x", offered_at=clock.now()
        )
    transfers.accept_transfer(offer.id, receiver)
    for again in (transfers.accept_transfer, lambda i, u: transfers.refuse_transfer(i, "x", u)):
        with pytest.raises(ConflictError):
            again(offer.id, receiver)
    with pytest.raises(ConflictError):
        transfers.withdraw_transfer(offer.id, "x", by)


def test_an_offer_is_withdrawn_with_a_reason(force: Force, south: District) -> None:
    incident, by = force.incident(), force.one(Role.DISPATCHER)
    offer = transfers.offer_to_district(incident.id, south.id, "Over the river", by)
    transfers.withdraw_transfer(offer.id, "Wrong street", by)
    assert owed(incident)["transfer-accept"] == "met"
    with pytest.raises(ConflictError):
        transfers.accept_transfer(offer.id, dispatcher_of(south))
    assert [t.id for t in selectors.ties(incident.id, by).transfers] == [offer.id]


def test_what_cannot_be_offered_is_refused(force: Force) -> None:
    incident, by = force.incident(), force.one(Role.DISPATCHER)
    for district, reason in ((force.district.id, "x"), (999_999, "x")):
        with pytest.raises(InvalidError):
            transfers.offer_to_district(incident.id, district, reason, by)
    for name in ("", " ", "x" * 121, "a\x00"):
        with pytest.raises(InvalidError):
            transfers.offer_to_force(incident.id, name, "x", by)
    with pytest.raises(InvalidError):
        transfers.offer_to_force(incident.id, "Borderland", " ", by)
    with pytest.raises(NotFoundError):
        transfers.offer_to_force(999_999, "Borderland", "x", by)
    with pytest.raises(NotFoundError):
        transfers.accept_transfer(999_999, by)


# --- to another force -------------------------------------------------------------------------------------------------


def test_another_force_says_who_accepts_it_and_under_which_number(force: Force) -> None:
    incident, by = force.incident(), force.one(Role.DISPATCHER)
    offer = transfers.offer_to_force(incident.id, "Borderland Police", "Over the border", by)
    assert owed(incident)["transfer-acknowledge"] == "open"
    for name, reference in (("", "B1"), ("PC Border", ""), ("PC Border", "B" * 61)):
        with pytest.raises(InvalidError):
            transfers.accept_transfer(offer.id, by, accepted_name=name, reference=reference)
    assert owed(incident)["transfer-acknowledge"] == "open"
    transfers.accept_transfer(offer.id, by, accepted_name="PC Border", reference="B1/2026")
    incident.refresh_from_db()
    assert owed(incident)["transfer-acknowledge"] == "met"
    assert (incident.district, incident.closed_at) == (force.district, None)
    assert incident.log.order_by("-id")[0].text == (
        "Transfer accepted by PC Border of Borderland Police, their reference B1/2026."
    )


def test_while_another_force_has_not_answered_it_does_not_close(force: Force) -> None:
    incident, by = force.incident(), force.one(Role.DISPATCHER)
    offer = transfers.offer_to_force(incident.id, "Borderland Police", "Over the border", by)
    with pytest.raises(BlockedError):
        control.close(incident.id, "Passed on", by)
    transfers.accept_transfer(offer.id, by, accepted_name="PC Border", reference="B1")
    control.close(incident.id, "Passed on", by)
    incident.refresh_from_db()
    assert incident.closed_at is not None


def test_a_child_is_not_got_rid_of_by_a_transfer(force: Force) -> None:
    incident, by = force.incident(), force.one(Role.DISPATCHER)
    child = safeguarding.link_child(incident.id, "Child (made up)", None, force.one(Role.RESPONSE))
    offer = transfers.offer_to_force(incident.id, "Borderland Police", "Over the border", by)
    transfers.accept_transfer(offer.id, by, accepted_name="PC Border", reference="B1")
    assert owed(incident)["child-decision"] == "open"
    with pytest.raises(BlockedError):
        control.close(incident.id, "Passed on", by)
    safeguarding.decide_on_child(child.id, "refer_now", "", force.one(Role.SAFEGUARDING))
    assert owed(incident)["child-referral-now"] == "open"
    with pytest.raises(BlockedError, match="still owed"):
        control.close(incident.id, "Passed on", by)
    waive(
        subject="incident_child",
        subject_id=child.id,
        rule="child-referral-now",
        reason="Borderland has referred the child, their reference B1",
        by=force.one(Role.INSPECTOR),
    )
    with pytest.raises(BlockedError, match="still owed"):
        control.close(incident.id, "Passed on", by)
    known = safeguarding.AboutChild(school_known="known", school="Border Primary (made up)")
    safeguarding.tell_of_child(child.id, known, force.one(Role.RESPONSE), dt.date(2018, 3, 4))
    control.close(incident.id, "Passed on", by)


def test_what_would_not_hold_another_incident_back_holds_a_transferred_one_back(force: Force) -> None:
    """A slower grade waits for a sergeant: not a blocking duty, and still not got rid of."""
    incident, by = force.incident(domestic=True), force.one(Role.DISPATCHER)
    control.grade(incident.id, 1, "", by)
    from iops.control.grading.services import decide_proposal, propose_slower

    proposal = propose_slower(incident.id, 2, "All calm", by)
    waive(
        subject="incident",
        subject_id=incident.id,
        rule="crime-recording-decision",
        reason="Recorded by Borderland",
        by=force.one(Role.REGISTRAR),
    )
    waive(
        subject="incident",
        subject_id=incident.id,
        rule="da-record",
        reason="Borderland has recorded the victim",
        by=force.one(Role.INSPECTOR),
    )
    waive(
        subject="incident",
        subject_id=incident.id,
        rule="da-risk-assessment-unattended",
        reason="Borderland sees the victim",
        by=force.one(Role.INSPECTOR),
    )
    offer = transfers.offer_to_force(incident.id, "Borderland Police", "Over the border", by)
    transfers.accept_transfer(offer.id, by, accepted_name="PC Border", reference="B1")
    with pytest.raises(BlockedError, match="transferred to another force"):
        control.close(incident.id, "Passed on", by)
    decide_proposal(proposal.id, False, "Stays", force.one(Role.SERGEANT))
    control.close(incident.id, "Passed on", by)


def test_an_offer_that_was_refused_holds_nothing_more_back_than_before(force: Force) -> None:
    incident, by = force.incident(), force.one(Role.DISPATCHER)
    offer = transfers.offer_to_force(incident.id, "Borderland Police", "Over the border", by)
    transfers.refuse_transfer(offer.id, "Your side", by, accepted_name="PC Border")
    control.close(incident.id, "Dealt with", by)
    incident.refresh_from_db()
    assert incident.closed_at is not None
