"""Session, account and roles in one query, and nothing of them kept for the next request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iops.foundation.accounts import services
from iops.foundation.models import District, Membership, Team, User
from iops.foundation.models.sessions import SignInSession
from iops.foundation.roles import Role
from iops.foundation.sessions import SessionStore

if TYPE_CHECKING:
    from django.contrib.sessions.base_session import AbstractBaseSession

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.foundation.pages")]


@pytest.fixture
def team() -> Team:
    return Team.objects.create(name="North (made up)", district=District.objects.create(code="N", name="North"))


@pytest.fixture
def amy(team: Team) -> User:
    user = services.create_user(username="a.clark", name="Amy Clark (made up)", password=None, by=None)
    Membership.objects.create(user=user, team=team, role=Role.RESPONSE)
    return user


@pytest.fixture
def browser(amy: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(amy)
    return client


def session_of(client: Client) -> SessionStore:
    return SessionStore(client.cookies["iops-session"].value)


def row() -> AbstractBaseSession:
    return SignInSession.objects.get()


def test_one_query_finds_session_account_and_roles(amy: User, team: Team, browser: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        account = session_of(browser).account()
        assert account == amy
        assert account is not None
        assert account.roles == {Role.RESPONSE}
        assert list(account.district_ids or ()) == [team.district_id]
    assert len(asked) == 1


def test_it_is_the_account_field_by_field_that_the_table_holds(amy: User, browser: Client) -> None:
    account, stored = session_of(browser).account(), User.objects.get(id=amy.id)
    assert account is not None
    for field in User._meta.concrete_fields:
        assert getattr(account, field.attname) == getattr(stored, field.attname), field.name


def test_a_page_that_asks_for_a_role_takes_no_further_query_for_it(browser: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/administrators/").status_code == 403
    assert sum("foundation_membership" in query["sql"] for query in asked.captured_queries) == 1


def test_who_holds_no_role_holds_none() -> None:
    stranger = services.create_user(username="b.new", name="Ben New (made up)", password=None, by=None)
    client = Client()
    client.force_login(stranger)
    account = session_of(client).account()
    assert account is not None
    assert (account.roles, account.district_ids) == (frozenset(), frozenset())


def test_a_leaver_is_cut_off_at_the_next_request(amy: User, browser: Client) -> None:
    assert browser.get("/told/").status_code == 200
    User.objects.filter(id=amy.id).update(is_active=False)
    assert browser.get("/told/").status_code == 302
    assert browser.get("/told/", headers={"Accept": "application/json"}).status_code == 401


def test_a_role_given_counts_from_the_next_request(amy: User, team: Team, browser: Client) -> None:
    assert browser.get("/administrators/").status_code == 403
    Membership.objects.create(user=amy, team=team, role=Role.ADMINISTRATOR)
    assert browser.get("/administrators/").status_code == 200


def test_another_password_ends_the_session(amy: User, browser: Client) -> None:
    User.objects.filter(id=amy.id).update(password="another")
    assert browser.get("/told/").status_code == 302


def test_a_session_whose_row_names_somebody_else_is_theirs_whom_it_was_signed_for(amy: User, browser: Client) -> None:
    """The signed text in the session decides, never the column beside it."""
    other = services.create_user(username="c.other", name="Carl Other (made up)", password=None, by=None)
    SignInSession.objects.update(user=other)
    assert browser.get("/told/").json()["user"] == str(amy.id)


def test_a_session_that_was_tampered_with_is_nobodys(browser: Client) -> None:
    SignInSession.objects.update(session_data=row().session_data[:-4] + "AAAA")
    assert browser.get("/told/").status_code == 302


def test_a_session_that_has_ended_is_nobodys(browser: Client) -> None:
    from iops.foundation.sessions import wall_clock

    SignInSession.objects.update(expire_date=wall_clock())
    assert browser.get("/told/").status_code == 302


@pytest.mark.parametrize("key", ["", "x" * 5000, "' or true --", "\udcff".encode("utf-8", "replace").decode()])
def test_a_key_that_is_none_is_nobodys(key: str) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["iops-session"] = key
    assert client.get("/told/").status_code in {302, 400}
