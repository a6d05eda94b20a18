"""The pages of other systems: who may open them, what they show, and that a refusal keeps what was typed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from iops.control import services as control
from iops.control.models import Incident
from iops.control.selectors import address
from iops.exchange.models import InboundMessage, Subscription
from iops.exchange.webhooks import services as webhooks
from iops.foundation.models import Token, User
from iops.foundation.roles import Role
from tests.exchange.conftest import Program, system
from tests.exchange.test_inbound import hand_over, incident_of, message
from tests.exchange.test_webhooks import NO, URL, Subscriber, send_all, subscribe
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.force import Force

pytestmark = pytest.mark.django_db
PAGES = ("/partners/", "/partners/webhooks/", "/partners/tokens/")


class Browser:
    """Somebody at the pages."""

    def __init__(self, force: Force, role: Role) -> None:
        self.client = Client(raise_request_exception=False)
        self.client.force_login(force.one(role))

    def get(self, place: str) -> tuple[int, str]:
        response = self.client.get(place)
        return response.status_code, response.content.decode()

    def post(self, place: str, **typed: Any) -> tuple[int, str]:
        response = self.client.post(place, typed)
        return response.status_code, response.content.decode()


@pytest.fixture
def administrator(force: Force) -> Browser:
    return Browser(force, Role.ADMINISTRATOR)


@pytest.fixture
def dispatcher(force: Force) -> Browser:
    return Browser(force, Role.DISPATCHER)


@pytest.fixture
def ambulance(force: Force, program: Callable[..., Program]) -> Program:
    return program("inbound", user=system("ambulance"))


def test_administrators_see_all_and_the_control_room_what_partners_sent(
    administrator: Browser, dispatcher: Browser, force: Force
) -> None:
    assert [administrator.get(page)[0] for page in PAGES] == [200, 200, 200]
    assert [dispatcher.get(page)[0] for page in PAGES] == [200, 403, 403]
    officer = Browser(force, Role.RESPONSE)
    assert [officer.get(page)[0] for page in PAGES] == [403, 403, 403]
    assert "Partners</a>" not in re.sub(r"\s+", " ", officer.get("/")[1])


class TestTokens:
    def test_an_administrator_makes_an_account_issues_a_token_and_revokes_it(self, administrator: Browser) -> None:
        assert administrator.post("/partners/tokens/systems/", username="nwas", name="Ambulance (made up)")[0] == 302
        told = {"username": "nwas", "name": "CAD", "scopes": ["inbound"], "days": "30", "per_minute": "60"}
        status, page = administrator.post("/partners/tokens/", **told)
        assert status == 201
        secret = re.search(r"iops_[\w-]{43}", page)
        assert secret is not None
        assert Program(secret[0]).get("inbound/incidents") == (200, [])
        assert secret[0] not in administrator.get("/partners/tokens/")[1]
        with as_user(User.objects.get(username="nwas")):
            token = Token.objects.get()
        assert administrator.post(f"/partners/tokens/{token.id}/revoke/", reason="")[0] == 422
        assert administrator.post(f"/partners/tokens/{token.id}/revoke/", reason="seen in a log")[0] == 302
        assert "Revoked: seen in a log" in administrator.get("/partners/tokens/")[1]
        assert Program(secret[0]).get("inbound/incidents")[0] == 401

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [({"username": "nobody"}, "There is no account"), ({"scopes": []}, "choose at least one"),
         ({"days": "many"}, "write a whole number"), ({"days": "0"}, "greater than or equal to 1"),
         ({"name": ""}, "is empty")],
    )  # fmt: skip
    def test_a_form_that_is_refused_keeps_what_was_typed(
        self, administrator: Browser, wrong: dict[str, Any], words: str
    ) -> None:
        system("nwas")
        told = {"username": "nwas", "name": "Typed before", "scopes": ["inbound"], "days": "30", "per_minute": "60"}
        status, page = administrator.post("/partners/tokens/", **(told | wrong))
        assert status in {404, 422}
        assert words in page
        assert "Typed before" in page or "name" in wrong
        assert not Token.objects.exists()

    def test_an_account_that_is_there_already_is_refused(self, administrator: Browser) -> None:
        system("nwas")
        status, page = administrator.post("/partners/tokens/systems/", username="nwas", name="Again")
        assert (status, "This sign-in name is in use" in page) == (409, True)


class TestWebhooks:
    def test_an_administrator_subscribes_a_system_pauses_it_and_ends_it(self, administrator: Browser) -> None:
        system("partner")
        told = {"username": "partner", "name": "Hook", "url": "", "events": ["incident.opened"]}
        status, page = administrator.post("/partners/webhooks/", **told)
        assert status == 201
        assert "iopswh_" in page
        assert "iopswh_" not in administrator.get("/partners/webhooks/")[1]
        with as_user(User.objects.get(username="partner")):
            place = f"/partners/webhooks/{Subscription.objects.get().id}/"
        assert administrator.post(f"{place}pause/")[0] == 302
        assert "Paused" in administrator.get(place)[1]
        assert administrator.post(f"{place}go-on/")[0] == 302
        assert "iopswh_" in administrator.post(f"{place}secret/")[1]
        assert administrator.post(f"{place}nonsense/")[0] == 404
        assert administrator.post(f"{place}end/", reason="")[0] == 422
        assert administrator.post(f"{place}end/", reason="contract ended")[0] == 302
        assert "Ended" in administrator.get(place)[1]

    def test_an_address_that_is_refused_comes_back_with_the_reason(self, administrator: Browser) -> None:
        system("partner")
        told = {"username": "partner", "name": "Hook", "url": "https://127.0.0.1/", "events": ["incident.opened"]}
        status, page = administrator.post("/partners/webhooks/", **told)
        assert (status, "private network" in page) == (422, True)
        assert administrator.post("/partners/webhooks/", **(told | {"username": "nobody"}))[0] == 404

    def test_dead_letters_are_seen_and_sent_again(self, administrator: Browser, force: Force, settings: Any) -> None:
        settings.IOPS_WEBHOOK_DAYS = 0
        made = subscribe(force, "incident.opened", url=URL)
        incident = force.incident()
        subscriber = Subscriber(answers=[NO])
        send_all(subscriber)
        place = f"/partners/webhooks/{made.id}/"
        page = administrator.get(place)[1]
        assert incident.reference in page
        assert "answered 503" in page
        number = re.search(r'name="id" value="(\d+)"', page)
        assert number is not None
        assert administrator.post(f"{place}send-again/", id=[number[1], "x", "-1", "9" * 40])[0] == 302
        send_all(subscriber)
        assert len(subscriber.got) == 2
        assert "No dead letters" in administrator.get(place)[1]

    def test_a_subscription_that_is_not_there_is_a_page_that_says_so(self, administrator: Browser) -> None:
        assert administrator.get("/partners/webhooks/99999/")[0] == 404
        assert webhooks is not None


class TestMessages:
    def test_somebody_corrects_a_message_on_the_page(self, ambulance: Program, dispatcher: Browser) -> None:
        kept = hand_over(ambulance, what="<script>alert(1)</script>", casualties={"count": "two"})[1]["details"]
        page = dispatcher.get("/partners/")[1]
        assert "casualties.count" in page
        assert "<script>alert(1)" not in page
        place = f"/partners/messages/{kept['message_id']}"
        status, page = dispatcher.post(f"{place}/correct/", body="{}")
        assert (status, "what is missing" in page) == (422, True)
        assert dispatcher.post(f"{place}/correct/", body=json.dumps(message()))[0] == 302
        assert Incident.objects.get().contact.channel == "partner"
        assert "Nothing waits" in dispatcher.get("/partners/")[1]

    def test_somebody_says_how_a_message_was_dealt_with(self, ambulance: Program, dispatcher: Browser) -> None:
        kept = hand_over(ambulance, what="")[1]["details"]["message_id"]
        assert dispatcher.post(f"/partners/messages/{kept}/settle/", note="")[0] == 422
        assert dispatcher.post(f"/partners/messages/{kept}/settle/", note="They rang")[0] == 302
        assert dispatcher.post(f"/partners/messages/{kept}/settle/", note="They rang")[0] == 409
        assert dispatcher.post(f"/partners/messages/{kept}/burn/")[0] == 404

    def test_an_administrator_sees_and_does_not_act(self, ambulance: Program, administrator: Browser) -> None:
        kept = hand_over(ambulance, what="")[1]["details"]["message_id"]
        assert "Correct message" not in administrator.get("/partners/")[1]
        assert administrator.post(f"/partners/messages/{kept}/settle/", note="They rang")[0] == 403

    def test_a_held_message_of_a_restricted_incident_is_applied_by_who_may_see_it(
        self, ambulance: Program, force: Force, dispatcher: Browser
    ) -> None:
        incident = incident_of(hand_over(ambulance)[1])
        control.restrict(incident.id, [], [], "A colleague is involved", force.one(Role.SERGEANT))
        hand_over(ambulance, message="m-2", what="A secret")
        assert "A secret" not in dispatcher.get("/partners/")[1]
        sergeant = Browser(force, Role.SERGEANT)
        assert "restricted" in sergeant.get("/partners/")[1]
        with as_user(force.one(Role.SERGEANT)):
            held = InboundMessage.objects.get(message="m-2")
        assert sergeant.post(f"/partners/messages/{held.id}/apply/")[0] == 302

    def test_the_page_of_an_incident_names_its_partner_and_takes_a_word_for_them(
        self, ambulance: Program, force: Force, dispatcher: Browser
    ) -> None:
        incident = incident_of(hand_over(ambulance)[1])
        assert "AMB-77" in dispatcher.get(address(incident))[1]
        assert dispatcher.post(f"{address(incident)}tell-partner/", text="Two units sent")[0] == 302
        assert "To ambulance (made up): Two units sent" in dispatcher.get(address(incident))[1]
        assert "Tell the partner" not in dispatcher.get(address(force.incident()))[1]
