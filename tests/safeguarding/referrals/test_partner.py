"""The partner's own page: what its link can do, and what nobody can do with it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from iops.foundation import clock
from iops.safeguarding.models import PartnerLink, ReferralStep
from iops.safeguarding.referrals import links, partner, services
from iops.safeguarding.referrals.states import state_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.safeguarding.models import Referral
    from tests.safeguarding.referrals.conftest import Desk


@pytest.fixture(autouse=True)
def _nobody_has_missed() -> Iterator[None]:
    partner.misses = partner.Misses()
    yield
    partner.misses = partner.Misses()


def place(referral: Referral) -> str:
    return links.address(referral).removeprefix("https://iops.example")


def press(referral: Referral, answer: str, name: str = "Jo Bell, duty manager", reason: str = "") -> int:
    return Client().post(place(referral), {"answer": answer, "name": name, "reason": reason}).status_code


def steps(referral: Referral) -> list[str]:
    return list(ReferralStep.objects.filter(referral=referral).order_by("id").values_list("state", flat=True))


def test_to_open_the_page_is_no_receipt_however_often(desk: Desk) -> None:
    referral = desk.sent()
    for _ in range(3):
        page = Client().get(place(referral))
        assert page.status_code == 200
        assert Client().head(place(referral)).status_code == 200
    assert b"Ann Brown" in page.content
    assert steps(referral) == ["drafted", "sent"]
    assert PartnerLink.objects.get().used_at is None


def test_the_page_is_kept_nowhere_and_found_nowhere(desk: Desk) -> None:
    page = Client().get(place(desk.sent()))
    assert page.headers["Cache-Control"].startswith("no-store, private")
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert b"<script" not in page.content


def test_a_partner_says_that_it_has_it_once_however_often_it_presses(desk: Desk) -> None:
    referral = desk.sent()
    assert press(referral, "received") == 302
    assert press(referral, "received") == 302
    assert steps(referral) == ["drafted", "sent", "received"]
    said = ReferralStep.objects.get(referral=referral, state="received")
    assert (said.by, said.said_by) == (None, "Jo Bell, duty manager")


def test_a_partner_accepts_and_the_link_is_used_up(desk: Desk) -> None:
    referral, where = desk.sent(), ""
    where = place(referral)
    assert press(referral, "accepted") == 200
    assert steps(referral) == ["drafted", "sent", "received", "accepted"]
    page = Client().get(where)
    assert page.status_code == 404
    assert b"Ann Brown" not in page.content
    assert Client().post(where, {"answer": "rejected", "name": "Jo", "reason": "No"}).status_code == 404
    assert state_of(referral.id) == "accepted"


def test_a_partner_rejects_with_a_reason(desk: Desk) -> None:
    referral = desk.sent()
    assert press(referral, "rejected") == 422
    assert steps(referral) == ["drafted", "sent"]
    assert press(referral, "rejected", reason="Lives elsewhere") == 200
    assert ReferralStep.objects.get(referral=referral, state="rejected").reason == "Lives elsewhere"


@pytest.mark.parametrize(
    "given",
    [{}, {"answer": "done"}, {"answer": "revoked"}, {"answer": "accepted"}, {"answer": "accepted", "name": "x" * 201}],
)
def test_an_answer_that_is_none_changes_nothing(desk: Desk, given: dict[str, str]) -> None:
    referral = desk.sent()
    assert Client().post(place(referral), given).status_code == 422
    assert steps(referral) == ["drafted", "sent"]


def test_a_revoked_referral_is_shown_to_nobody(desk: Desk) -> None:
    referral = desk.sent()
    where = place(referral)
    services.revoke(referral.id, "Wrong person", desk.officer)
    assert Client().get(where).status_code == 404
    assert Client().post(where, {"answer": "accepted", "name": "Jo"}).status_code == 404


def test_a_link_ends(desk: Desk) -> None:
    referral = desk.sent()
    PartnerLink.objects.update(made_at=clock.now() - timedelta(days=15), expires_at=clock.now() - timedelta(days=1))
    assert Client().get(place(referral)).status_code == 404


@pytest.mark.parametrize("token", ["x", "0" * 64, "a" * 5000, "..-", "%27--", "DROP"])
def test_a_token_that_is_none_is_told_no_more_than_an_ended_one(desk: Desk, token: str) -> None:
    desk.sent()
    assert Client().get(f"/partner/{token}/").status_code == 404


def test_only_the_hash_of_the_token_is_in_the_database(desk: Desk) -> None:
    referral = desk.sent()
    token = place(referral).split("/")[2]
    stored = PartnerLink.objects.get()
    assert token not in (stored.token_hash, stored.nonce)
    assert Client().get(f"/partner/{stored.token_hash}/").status_code == 404
    assert Client().get(f"/partner/{stored.nonce}/").status_code == 404


def test_whoever_guesses_is_slowed_down_and_others_are_not(desk: Desk) -> None:
    referral = desk.sent()
    guesser = Client(REMOTE_ADDR="192.0.2.7")
    answers = [guesser.get(f"/partner/guess{n}/").status_code for n in range(32)]
    assert answers[:30] == [404] * 30
    assert answers[30:] == [429, 429]
    assert guesser.get(place(referral)).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.8").get(place(referral)).status_code == 200


def test_an_answer_without_the_token_of_the_page_is_refused(desk: Desk) -> None:
    referral = desk.sent()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(place(referral), {"answer": "accepted", "name": "Jo"}).status_code == 403
    assert steps(referral) == ["drafted", "sent"]


def test_what_was_barred_after_sending_is_not_on_the_page(desk: Desk) -> None:
    referral = desk.sent()
    assert b"12 Oak Road" in Client().get(place(referral)).content
    services.bar(desk.incident.id, "content", "12 Oak Road", "She hides there", desk.officer)
    assert b"Oak" not in Client().get(place(referral)).content


def test_a_recipient_who_was_barred_after_sending_sees_nothing(desk: Desk) -> None:
    referral = desk.sent(attention="Karen Miles")
    services.bar(desk.incident.id, "recipient", "Karen Miles", "His sister", desk.officer)
    page = Client().get(place(referral))
    assert page.status_code == 403
    assert b"Ann Brown" not in page.content


def test_hostile_words_are_shown_as_words(desk: Desk) -> None:
    referral = desk.sent(summary="<script>alert(1)</script>{{ 7 * 7 }}")
    page = Client().get(place(referral)).content
    assert b"<script" not in page
    assert b"{{ 7 * 7 }}" in page


def test_a_restricted_incident_is_answered_by_its_partner_all_the_same(desk: Desk) -> None:
    from iops.control import services as control

    referral = desk.sent()
    where = place(referral)
    control.restrict(desk.incident.id, [desk.officer.id], [], "A colleague", desk.sergeant)
    assert Client().post(where, {"answer": "received", "name": "Jo"}).status_code == 302
    assert steps(referral)[-1] == "received"
