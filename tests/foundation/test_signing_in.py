"""Signing in: one answer for every refusal, counted and locked, whatever is typed and however many try at once."""

from __future__ import annotations

import datetime as dt
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.shortcuts import resolve_url
from django.test import Client

from iops.foundation import sessions
from iops.foundation.accounts import passwords, services
from iops.foundation.accounts.signing_in import SignInRefusedError, lock_after, sign_in
from iops.foundation.models import Membership, SignInSession, Team, User
from iops.foundation.roles import Role
from tests.conftest import as_owner, worker_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpResponse

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.foundation.pages")]

GOOD = "marmalade-tramway-orbit"


@pytest.fixture
def amy() -> User:
    user = services.create_user(username="a.clark", name="Amy Clark (made up)", password=GOOD, by=None)
    team = Team.objects.create(name="Everywhere (made up)")
    Membership.objects.create(user=user, team=team, role=Role.RESPONSE)
    return user


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=False)


def post(browser: Client, username: str = "a.clark", password: str = GOOD, **more: str) -> HttpResponse:
    return browser.post("/sign-in/", {"username": username, "password": password, **more})  # type: ignore[return-value]


def refused(username: str, password: str) -> str:
    with pytest.raises(SignInRefusedError) as told:
        sign_in(username, password)
    return str(told.value)


class TestTheAnswer:
    """Nobody learns from a refusal which accounts there are, or which are locked."""

    def test_wrong_name_wrong_password_lock_and_deactivation_are_answered_alike(self, amy: User) -> None:
        answers = {refused("nobody", GOOD), refused("a.clark", "wrong")}
        User.objects.update(locked_until=sessions.wall_clock() + dt.timedelta(hours=1))
        answers.add(refused("a.clark", GOOD))
        User.objects.update(locked_until=None, is_active=False)
        answers.add(refused("a.clark", GOOD))
        assert len(answers) == 1

    @pytest.mark.parametrize("state", ["unknown", "wrong", "locked", "deactivated", "unusable", "huge"])
    def test_every_refusal_costs_one_hash(self, amy: User, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
        hashes: list[str] = []
        for name in ("make_password", "check_password"):
            real = getattr(passwords, name)
            monkeypatch.setattr(passwords, name, noting(real, hashes, name))
        changes: dict[str, dict[str, Any]] = {
            "locked": {"locked_until": sessions.wall_clock() + dt.timedelta(hours=1)},
            "deactivated": {"is_active": False},
            "unusable": {"password": "!unusable"},
        }
        if state in changes:
            User.objects.update(**changes[state])
        refused("nobody" if state == "unknown" else "a.clark", "x" * 10_000 if state == "huge" else "wrong")
        assert len(hashes) == 1

    def test_the_pages_of_all_refusals_are_the_same(self, amy: User, browser: Client) -> None:
        pages = []
        for name in ("a.clark", "a.blark"):
            response = post(browser, name, "wrong")
            assert response.status_code == 401
            pages.append(response.content.decode().replace(name, ""))
        assert without_token(pages[0]) == without_token(pages[1])


def noting(real: Callable[..., Any], kept: list[str], name: str) -> Callable[..., Any]:
    """The real function, which leaves a note that it was called."""

    def called(*args: Any) -> Any:
        kept.append(name)
        return real(*args)

    return called


def without_token(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


class TestTheLock:
    """Five failures lock for 15 minutes, each further one for twice as long, a day at most."""

    @pytest.mark.parametrize(
        ("failures", "minutes"),
        [(1, None), (4, None), (5, 15), (6, 30), (7, 60), (11, 960), (12, 1440), (10_000, 1440)],
    )
    def test_it_grows_to_a_day(self, failures: int, minutes: int | None) -> None:
        assert lock_after(failures) == (None if minutes is None else dt.timedelta(minutes=minutes))

    def test_the_right_password_does_not_open_a_locked_account(self, amy: User) -> None:
        for _ in range(5):
            refused("a.clark", "wrong")
        refused("a.clark", GOOD)
        amy.refresh_from_db()
        assert amy.failed_sign_ins == 5
        assert amy.locked_until is not None
        assert dt.timedelta(minutes=14) < amy.locked_until - sessions.wall_clock() <= dt.timedelta(minutes=15)

    def test_when_it_is_over_the_right_password_clears_the_count(self, amy: User) -> None:
        User.objects.update(failed_sign_ins=5, locked_until=sessions.wall_clock() - dt.timedelta(seconds=1))
        assert sign_in("a.clark", GOOD) == amy
        amy.refresh_from_db()
        assert (amy.failed_sign_ins, amy.locked_until) == (0, None)

    def test_when_it_is_over_one_more_failure_locks_for_longer(self, amy: User) -> None:
        User.objects.update(failed_sign_ins=5, locked_until=sessions.wall_clock() - dt.timedelta(seconds=1))
        refused("a.clark", "wrong")
        amy.refresh_from_db()
        assert amy.locked_until is not None
        assert amy.locked_until - sessions.wall_clock() > dt.timedelta(minutes=29)

    def test_attempts_while_locked_do_not_prolong_it(self, amy: User) -> None:
        until = sessions.wall_clock() + dt.timedelta(minutes=3)
        User.objects.update(failed_sign_ins=5, locked_until=until)
        refused("a.clark", "wrong")
        amy.refresh_from_db()
        assert (amy.failed_sign_ins, amy.locked_until) == (5, until)

    def test_an_administrator_lifts_it(self, amy: User) -> None:
        User.objects.update(failed_sign_ins=9, locked_until=sessions.wall_clock() + dt.timedelta(hours=9))
        services.unlock(user=amy, reason="called from the front desk, known by voice", by=None)
        assert sign_in("a.clark", GOOD) == amy

    def test_guesses_sent_at_once_are_not_looked_at_beyond_the_lock(
        self, amy: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_at: list[str] = []
        monkeypatch.setattr(passwords, "check_password", noting(check_password, looked_at, "looked at"))
        start = threading.Barrier(12)

        def guess() -> None:
            start.wait(timeout=20)
            try:
                sign_in("a.clark", "wrong")
            except SignInRefusedError:
                pass
            finally:
                connection.close()

        threads = [threading.Thread(target=guess) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert len(looked_at) == 5
        amy.refresh_from_db()
        assert amy.failed_sign_ins == 5

    def test_a_refusal_is_counted_though_the_request_fails(self, amy: User, browser: Client) -> None:
        post(browser, password="wrong")
        amy.refresh_from_db()
        assert amy.failed_sign_ins == 1

    def test_signing_in_inside_a_transaction_is_a_mistake_that_is_told(self, amy: User) -> None:
        with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
            sign_in("a.clark", GOOD)


@contextmanager
def owner() -> Iterator[psycopg.Cursor]:
    """A cursor of the owner, who may read history."""
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as session, session.cursor() as cursor:
        yield cursor


class TestHistory:
    """Each attempt stands in history with what it was."""

    def test_failures_and_sign_ins_have_their_reason(self, amy: User) -> None:
        refused("a.clark", "wrong")
        sign_in("a.clark", GOOD)
        with owner() as cursor:
            cursor.execute(
                "select reason, actor_id from foundation_history where table_name = 'foundation_user' and op = 'U'"
                " and row_id = %s order by id",
                [amy.id],
            )
            rows = cursor.fetchall()
        assert [actor for _, actor in rows] == [None, None, amy.id]
        assert "attempt 1" in rows[0][0]
        assert "attempt 2" in rows[1][0]
        assert rows[2][0] == "signed in"

    def test_no_hash_of_a_password_stands_in_history(self, amy: User) -> None:
        services.set_password(user=amy, password=GOOD + "-again", by=None)
        with owner() as cursor:
            cursor.execute(
                "select count(*), count(*) filter (where before::text like '%argon2%') from foundation_history"
            )
            rows, with_hash = cursor.fetchone() or (0, 0)
        assert rows > 0
        assert with_hash == 0


class TestTheDoor:
    """The page itself."""

    def test_signing_in_leads_to_the_first_page_and_names_the_device(self, amy: User, browser: Client) -> None:
        response = browser.post(
            "/sign-in/", {"username": " A.Clark ", "password": GOOD}, headers={"User-Agent": "Browser/1\x07"}
        )
        assert response.status_code == 302
        kept = SignInSession.objects.get(user=amy)
        assert kept.device == "Browser/1"

    def test_a_session_planted_before_signing_in_is_worth_nothing(self, amy: User, browser: Client) -> None:
        planted = sessions.SessionStore()
        planted["trap"] = "set"
        planted.create()
        key = str(planted.session_key)
        browser.cookies["iops-session"] = key
        post(browser)
        assert browser.cookies["iops-session"].value != key
        assert not sessions.SessionStore().exists(key)
        attacker = Client()
        attacker.cookies["iops-session"] = key
        assert attacker.get("/told/").status_code == 302

    def test_the_session_cookie_is_kept_from_scripts_and_other_sites(self, amy: User, browser: Client) -> None:
        cookie = post(browser).cookies["iops-session"]
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"
        assert cookie["max-age"] == ""

    def test_without_a_csrf_token_nobody_is_signed_in(self, amy: User) -> None:
        browser = Client(enforce_csrf_checks=True)
        assert post(browser).status_code == 403
        assert "iops-session" not in browser.cookies

    @pytest.mark.parametrize(
        "elsewhere",
        [
            "https://evil.example/",
            "//evil.example/",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "http:/evil.example",
            " //evil.example",
            "/\t/evil.example",
            "evil",
            "https:evil.example",
            "/\r\nSet-Cookie: x=y",
        ],
    )
    def test_nobody_is_sent_to_another_place_after_signing_in(self, amy: User, browser: Client, elsewhere: str) -> None:
        response = post(browser, next=elsewhere)
        assert response.status_code == 302
        assert response.headers["Location"] == resolve_url("worklist")

    def test_one_goes_on_to_where_one_was_going(self, amy: User, browser: Client) -> None:
        asked = browser.get("/told/?a=1")
        assert asked.headers["Location"].startswith("/sign-in/?next=/told/")
        assert post(browser, next="/told/?a=1").headers["Location"] == "/told/?a=1"

    @pytest.mark.parametrize(
        "name",
        [
            "x" * 10_000,
            "' or 1=1 --",
            "<script>alert(1)</script>",
            "аdmin",
            "a.clark\u200b",
            "ａ.clark",
            "a.\u212alark",
            "%s%n{{7*7}}",
            "../../etc/passwd",
        ],
    )
    def test_hostile_names_are_refused_like_any_other_and_shown_harmless(
        self, amy: User, browser: Client, name: str
    ) -> None:
        response = post(browser, name)
        assert response.status_code == 401
        assert "<script>alert" not in response.content.decode()

    def test_a_nul_is_refused_in_plain_words(self, amy: User, browser: Client) -> None:
        response = post(browser, "a.clark\x00")
        assert response.status_code == 400
        assert "cannot be stored" in response.content.decode()

    def test_empty_fields_are_asked_for_again(self, amy: User, browser: Client) -> None:
        assert post(browser, "", "").status_code == 422

    def test_the_typed_password_is_never_shown_again(self, amy: User, browser: Client) -> None:
        assert "a-typed-password" not in post(browser, password="a-typed-password").content.decode()


class TestSessions:
    """A session ends when it is unused for an hour, when it is twelve hours old, and when somebody ends it."""

    def test_it_ends_when_it_was_not_used(self, amy: User, browser: Client) -> None:
        post(browser)
        SignInSession.objects.update(expire_date=sessions.wall_clock() - dt.timedelta(seconds=1))
        assert browser.get("/told/").status_code == 302

    def test_use_prolongs_it_but_not_beyond_its_length(self, amy: User, browser: Client) -> None:
        post(browser)
        kept = SignInSession.objects.get(user=amy)
        age(kept, started=dt.timedelta(hours=11, minutes=30), seen=dt.timedelta(minutes=20))
        assert browser.get("/told/").status_code == 200
        later = SignInSession.objects.get(user=amy)
        assert later.seen_at > kept.seen_at
        assert later.expire_date - sessions.wall_clock() < dt.timedelta(minutes=31)

    def test_a_minute_of_use_is_written_once(self, amy: User, browser: Client) -> None:
        post(browser)
        before = SignInSession.objects.get(user=amy).seen_at
        browser.get("/told/")
        assert SignInSession.objects.get(user=amy).seen_at == before

    def test_signing_out_ends_it(self, amy: User, browser: Client) -> None:
        post(browser)
        browser.post("/sign-out/")
        assert not SignInSession.objects.exists()
        assert browser.get("/told/").status_code == 302

    def test_signing_out_is_not_done_by_a_link(self, amy: User, browser: Client) -> None:
        post(browser)
        assert browser.get("/sign-out/").status_code == 405

    def test_a_deactivated_account_is_out_at_once(self, amy: User, browser: Client) -> None:
        post(browser)
        services.deactivate(user=amy, reason="left the force", by=None)
        assert browser.get("/told/").status_code == 302

    def test_an_account_shut_behind_the_systems_back_is_out_too(self, amy: User, browser: Client) -> None:
        post(browser)
        User.objects.filter(id=amy.id).update(is_active=False)
        assert browser.get("/told/").status_code == 302

    def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(self, amy: User, browser: Client) -> None:
        other = Client()
        post(other)
        post(browser)
        response = browser.post("/account/password/", {"old": GOOD, "new": GOOD + "-again", "again": GOOD + "-again"})
        assert response.status_code == 302
        assert browser.get("/told/").status_code == 200
        assert other.get("/told/").status_code == 302

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"old": "wrong", "new": GOOD + "-x", "again": GOOD + "-x"}, 401),
            ({"old": GOOD, "new": GOOD + "-x", "again": GOOD + "-y"}, 422),
            ({"old": GOOD, "new": "short", "again": "short"}, 422),
            ({}, 422),
        ],
    )
    def test_a_password_that_cannot_be_changed_says_why(
        self, amy: User, browser: Client, fields: dict[str, str], status: int
    ) -> None:
        post(browser)
        assert browser.post("/account/password/", fields).status_code == status
        assert sign_in("a.clark", GOOD) == amy

    def test_the_account_page_lists_sessions_and_ends_one(self, amy: User, browser: Client) -> None:
        other = Client(headers={"User-Agent": "The other one"})
        post(other)
        post(browser)
        page = browser.get("/account/").content.decode()
        assert "The other one" in page
        action = page.split('action="/account/sessions/')[1].split('"')[0]
        assert browser.post(f"/account/sessions/{action}").status_code == 302
        assert other.get("/told/").status_code == 302
        assert browser.get("/told/").status_code == 200

    def test_all_others_are_ended_at_once(self, amy: User, browser: Client) -> None:
        others = [Client(), Client()]
        for other in others:
            post(other)
        post(browser)
        browser.post("/account/sessions/end-others/")
        assert [c.get("/told/").status_code for c in (*others, browser)] == [302, 302, 200]


def age(kept: SignInSession, *, started: dt.timedelta, seen: dt.timedelta) -> None:
    """Make a session older than it is."""
    now = sessions.wall_clock()
    store = sessions.SessionStore(kept.session_key)
    store[sessions.STARTED] = (now - started).isoformat()
    store[sessions.SEEN] = (now - seen).isoformat()
    store.save()
    kept.refresh_from_db()
