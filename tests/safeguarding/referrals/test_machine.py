"""The machine of states against the database: whatever is tried in whatever order, both say the same."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.foundation.errors import IopsError
from iops.obligations.conservation import check_conservation
from iops.safeguarding.models import Delivery, Disclosure, PartnerLink, ReferralState, ReferralStep
from iops.safeguarding.referrals import links, outbox, partner, services
from iops.safeguarding.referrals.sharing import sharing
from iops.safeguarding.referrals.states import ENDED, state_of
from tests.at_once import at_once
from tests.safeguarding.referrals.conftest import Desk

if TYPE_CHECKING:
    from iops.safeguarding.models import Referral

ACTS = ("send", "received", "accepted", "rejected", "done", "revoke", "partner received", "partner accepted", "deliver")
NEXT = {"send": "sent", "revoke": "revoked"}


def token(referral: Referral) -> str:
    found = links.address(referral)
    return found.split("/")[-2] if found else "none"


def do(desk: Desk, referral: Referral, act: str) -> None:
    """One act as somebody would do it; IopsError when it is refused."""
    if act == "send":
        services.send(referral.id, desk.officer)
    elif act == "revoke":
        services.revoke(referral.id, "Wrong person", desk.officer)
    elif act == "deliver":
        outbox.deliver_due()
    elif act.startswith("partner "):
        partner.answer(token(referral), act.removeprefix("partner "), "Jo Bell")
    else:
        services.note(referral.id, act, "Jo Bell", desk.officer, reason="Because")


def expected(state: str, act: str) -> str:
    """What the machine says follows on an act: the same state when it is refused."""
    if act == "deliver":
        return state
    if act.startswith("partner "):
        wanted = act.removeprefix("partner ")
        return wanted if state in {"sent", "received"} else state
    wanted = NEXT.get(act, act)
    return wanted if wanted in sharing().follows[state] else state


@settings(max_examples=20)
@given(acts=st.lists(st.sampled_from(ACTS), max_size=10))
def test_whatever_is_tried_the_database_stands_where_the_machine_says(desk: Desk, acts: list[str]) -> None:
    desk.told()  # what every example needs is made once, outside of what is rolled back
    assert desk.incident.id
    with transaction.atomic():
        referral, state = desk.draft(), "drafted"
        for act in acts:
            with suppress(IopsError), transaction.atomic():
                do(desk, referral, act)
            state = expected(state, act)
            assert state_of(referral.id) == state
        _hold_together(referral, state)
        transaction.set_rollback(True)


def _hold_together(referral: Referral, state: str) -> None:
    """What must hold of a referral in any state."""
    reached = list(ReferralStep.objects.filter(referral=referral).order_by("id").values_list("state", flat=True))
    assert len(reached) == len(set(reached))
    assert all(b in sharing().follows[a] for a, b in pairwise(reached))
    assert Disclosure.objects.filter(referral=referral).exists() == ("sent" in reached)
    if state == "revoked":
        assert not PartnerLink.objects.filter(referral=referral, revoked_at=None).exists()
        waiting = Delivery.objects.filter(disclosure__referral=referral, delivered_at=None, stopped_at=None)
        assert not waiting.exists()
    run = check_conservation()
    assert (run.missing, run.surplus) == (0, 0), run.examples


def test_every_open_state_can_be_revoked_and_no_ended_one_goes_on() -> None:
    for state, after in sharing().follows.items():
        assert (after == frozenset()) == (state in ENDED)
        assert (ReferralState.REVOKED in after) == (state not in ENDED)


@pytest.fixture
def shared(transactional_db: None) -> Desk:
    return Desk()


def test_a_partner_accepts_while_an_officer_revokes(shared: Desk) -> None:
    desk, officer = shared, shared.officer
    for kind in ("children_services", "health", "school"):
        referral = desk.sent(kind)
        word = token(referral)
        said = at_once(
            lambda word=word: partner.answer(word, "accepted", "Jo Bell"),  # type: ignore[misc]
            lambda i=referral.id: services.revoke(i, "Wrong person", officer),  # type: ignore[misc]
        )
        reached = list(ReferralStep.objects.filter(referral=referral).order_by("id").values_list("state", flat=True))
        assert said[1] == "done", said
        assert reached[-1] == "revoked"
        assert ("accepted" in reached) == (said[0] == "done")
    two = desk.draft("idva")
    said = at_once(*[lambda: services.send(two.id, officer)] * 2)
    assert sorted(said) == ["ConflictError", "done"]
    assert Delivery.objects.filter(disclosure__referral=two).count() == 1
    arrived: list[int] = []
    at_once(*[lambda: arrived.append(outbox.deliver_due())] * 2)
    assert sum(arrived) == 1
    assert Delivery.objects.filter(delivered_at__isnull=False).count() == 1
