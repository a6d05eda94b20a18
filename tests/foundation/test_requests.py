"""What every request passes through: a number, one transaction in somebody's name, refusals in plain words, headers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.foundation.accounts import services
from iops.foundation.identifiers import uuid7
from iops.foundation.middleware import METHODS
from iops.foundation.models import District, Membership, Team, User
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.foundation.pages")]

OPEN = {"sign-in", "partner"}
"""Every page that people may open who have not signed in. A page is added here on purpose or not at all."""


@pytest.fixture
def amy() -> User:
    user = services.create_user(username="a.clark", name="Amy Clark (made up)", password=None, by=None)
    team = Team.objects.create(name="Everywhere (made up)")
    Membership.objects.create(user=user, team=team, role=Role.RESPONSE)
    return user


@pytest.fixture
def browser(amy: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(amy)
    return client


class TestTheTransaction:
    def test_the_database_knows_who_acts_in_which_request(self, amy: User, browser: Client) -> None:
        response = browser.get("/told/")
        told = response.json()
        assert told == {"user": str(amy.id), "request": response.headers["X-Request-Id"], "python": amy.id}

    @pytest.mark.parametrize("how", ["named", "unexpected"])
    def test_what_fails_is_taken_back_whole(self, browser: Client, how: str) -> None:
        response = browser.get("/fail/", {"how": how})
        assert response.status_code == (409 if how == "named" else 500)
        assert not District.objects.filter(code="HALF").exists()

    def test_a_page_that_fails_while_it_is_made_is_taken_back_too(self, browser: Client) -> None:
        assert browser.get("/late/").status_code == 500
        assert not District.objects.filter(code="LATE").exists()

    @pytest.mark.parametrize(("status", "kept"), [(200, True), (409, False), (422, False), (500, False)])
    def test_a_refused_call_of_the_api_leaves_nothing_behind(self, browser: Client, status: int, kept: bool) -> None:
        assert browser.get("/api/refused/", {"status": status}).status_code == status
        assert District.objects.filter(code="API").exists() is kept

    def test_nobody_acts_after_a_request(self, browser: Client) -> None:
        from iops.foundation.context import current

        browser.get("/told/")
        assert current().user_id is None

    def test_a_view_that_keeps_its_own_transactions_gets_none(self, browser: Client) -> None:
        assert browser.get("/outside/").json() == {"in_transaction": False, "user": None}


class TestRefusals:
    def test_a_named_refusal_is_a_page_in_its_own_words(self, browser: Client) -> None:
        page = browser.get("/fail/", {"how": "named"}).content.decode()
        assert "This cannot close yet." in page
        assert "Do what is owed." in page

    def test_or_json_for_a_program(self, browser: Client) -> None:
        response = browser.get("/fail/", {"how": "named"}, headers={"Accept": "application/json"})
        told = response.json()
        assert (response.status_code, told["code"]) == (409, "blocked")
        assert told["details"] == {"obligations": []}
        assert told["request_id"] == response.headers["X-Request-Id"]

    @pytest.mark.parametrize("accept", ["text/html", "application/json"])
    def test_the_unexpected_is_told_by_its_number_and_nothing_else(self, browser: Client, accept: str) -> None:
        response = browser.get("/fail/", headers={"Accept": accept})
        body = response.content.decode()
        assert response.status_code == 500
        assert response.headers["X-Request-Id"] in body
        for leak in ("Traceback", "ValueError", "Jane Personal", "write_then_fail", ".py"):
            assert leak not in body

    def test_an_unknown_page_is_404(self, browser: Client) -> None:
        assert browser.get("/no/such/page/").status_code == 404

    def test_a_role_is_asked_for_by_name(self, browser: Client) -> None:
        response = browser.get("/administrators/")
        assert response.status_code == 403
        assert "administrator" in response.content.decode()

    def test_who_holds_the_role_is_let_in(self, amy: User, browser: Client) -> None:
        Membership.objects.create(user=amy, team=Team.objects.get(), role=Role.ADMINISTRATOR)
        assert browser.get("/administrators/").content == b"in"


class TestClosedByDefault:
    @pytest.mark.parametrize("path", ["/told/", "/administrators/", "/account/", "/incidents/", "/"])
    def test_who_has_not_signed_in_is_sent_to_sign_in(self, path: str) -> None:
        response = Client().get(path)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/sign-in/?next=")

    def test_a_program_is_told_so(self) -> None:
        response = Client().get("/told/", headers={"Accept": "application/json"})
        assert (response.status_code, response.json()["code"]) == (401, "not-signed-in")

    def test_a_part_of_a_page_sends_the_whole_page_there(self) -> None:
        response = Client().get("/told/", headers={"HX-Request": "true"})
        assert response.status_code == 401
        assert response.headers["HX-Redirect"].startswith("/sign-in/")

    def test_only_the_listed_pages_are_open(self) -> None:
        found = {
            pattern.name
            for pattern in every_pattern(get_resolver("iops.project.urls"))
            if not getattr(pattern.callback, "login_required", True)
        }
        assert found == OPEN


def every_pattern(part: URLPattern | URLResolver) -> Iterator[URLPattern]:
    if isinstance(part, URLPattern):
        yield part
        return
    for inner in part.url_patterns:
        yield from every_pattern(inner)


class TestWhatCannotBeStored:
    @pytest.mark.parametrize(
        "path", ["/told/?q=a%00b", "/told/?a%00b=q", "/incidents/%00/", "/%00"], ids=["value", "name", "path", "root"]
    )
    def test_a_nul_in_an_address_is_refused(self, browser: Client, path: str) -> None:
        response = browser.get(path)
        assert response.status_code == 400
        assert "cannot be stored" in response.content.decode()

    def test_a_nul_in_a_field_is_refused(self, browser: Client) -> None:
        assert browser.post("/echo/", {"text": "a\x00b"}).status_code == 400
        assert browser.post("/echo/", {"te\x00xt": "ab"}).status_code == 400

    def test_a_nul_in_a_cookie_is_refused_before_a_session_is_looked_for(self) -> None:
        client = Client(raise_request_exception=False)
        client.cookies["iops-session"] = "a\x00b"
        assert client.get("/told/").status_code in {302, 400}

    @pytest.mark.parametrize(
        "body",
        [
            rb'{"text": "a\u0000b"}',
            rb'{"a\u0000b": 1}',
            rb'{"deep": [[{"x": ["\u0000"]}]]}',
            rb'{"x": "\ud800"}',
            b'{"x": "\x00"}',
        ],
    )
    def test_a_nul_or_half_a_character_in_json_is_refused(self, browser: Client, body: bytes) -> None:
        response = browser.post("/echo/", body, content_type="application/json")
        assert response.status_code == 400

    @pytest.mark.parametrize("body", [rb'{"text": "a\\u0000b"}', rb'{"text": "\u00e9 \ud83d\ude92"}', b"{}", b""])
    def test_other_json_is_let_through(self, browser: Client, body: bytes) -> None:
        assert browser.post("/echo/", body, content_type="application/json").status_code == 200

    @given(text=st.text(max_size=200))
    @settings(max_examples=60)
    def test_text_is_either_refused_or_arrives_whole(self, text: str) -> None:
        response = Client(raise_request_exception=False).post("/echo/", {"text": text})
        if "\x00" in text:
            assert response.status_code == 400
        else:
            assert (response.status_code, response.content.decode()) == (200, text)

    def test_too_much_is_refused(self, browser: Client) -> None:
        assert browser.post("/echo/", {"text": "x" * 3_000_000}).status_code == 413
        assert browser.post("/echo/", {f"f{n}": "" for n in range(501)}).status_code == 413

    @pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=\x01", "text/\x7f"])
    def test_a_malformed_body_is_no_error_of_ours(self, browser: Client, content_type: str) -> None:
        assert browser.post("/echo/", b"--x\r\nbroken", content_type=content_type).status_code < 500


class TestHeaders:
    @pytest.mark.parametrize("path", ["/told/", "/no/such/page/", "/sign-in/", "/fail/", "/told/?q=%00"])
    def test_every_answer_has_them(self, browser: Client, path: str) -> None:
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert "no-store" in headers["Cache-Control"]
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"

    def test_a_request_is_numbered_by_us_and_not_by_its_sender(self, browser: Client) -> None:
        response = browser.get("/told/", headers={"X-Request-Id": "mine; drop table"})
        assert uuid.UUID(response.headers["X-Request-Id"]).version == 7
        assert response.json()["request"] == response.headers["X-Request-Id"]

    def test_numbers_are_different_and_sort_by_time(self) -> None:
        numbers = [uuid7() for _ in range(2000)]
        assert len(set(numbers)) == 2000
        assert [n.int >> 80 for n in numbers] == sorted(n.int >> 80 for n in numbers)
        assert {n.variant for n in numbers} == {uuid.RFC_4122}

    def test_an_unknown_method_is_not_repeated_anywhere(self, browser: Client) -> None:
        response = browser.generic("JANE", "/told/")
        assert response.status_code in {200, 405}
        assert "JANE" not in METHODS
