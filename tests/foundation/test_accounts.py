"""Accounts: made, changed and taken out of use by those who may, with the reason in history."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import identify_hasher

from iops.foundation.accounts import selectors, services
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import Membership, SignInSession, Team, User
from iops.foundation.roles import Role
from iops.foundation.sessions import SessionStore
from tests.force import Force

pytestmark = pytest.mark.django_db

GOOD = "marmalade-tramway-orbit"


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def administrator(force: Force) -> User:
    return force.one(Role.ADMINISTRATOR)


def make(username: str = "a.clark", password: str | None = GOOD, by: User | None = None) -> User:
    return services.create_user(username=username, name="Amy Clark (made up)", password=password, by=by)


def session_of(user: User) -> str:
    store = SessionStore()
    store["_auth_user_id"] = str(user.id)
    store.create()
    store.save()
    return str(store.session_key)


def test_an_account_is_made_with_an_argon2_hash(administrator: User) -> None:
    user = make(by=administrator)
    assert identify_hasher(user.password).algorithm == "argon2"
    assert user.check_password(GOOD)


def test_an_account_is_made_without_a_password_and_nobody_can_use_it() -> None:
    assert not make(password=None).has_usable_password()


def test_only_an_administrator_makes_accounts(force: Force) -> None:
    with pytest.raises(NotAllowedError):
        make(by=force.one(Role.INSPECTOR))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "has space",
        "a" * 61,
        "a" * 10_000,
        "аdmin",
        "adm\u0131n",
        "admin\u200b",
        "<script>alert(1)</script>",
        "x'; drop table foundation_user; --",
        "nul\x00byte",
        "-leading",
        "zwei\nzeilen",
    ],
)
def test_a_sign_in_name_that_could_be_mistaken_is_refused(name: str) -> None:
    with pytest.raises(InvalidError):
        make(username=name)


def test_capitals_do_not_make_another_account() -> None:
    make("a.clark")
    with pytest.raises(ConflictError):
        make(" A.CLARK ")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "eleven-char",
        "password1234",
        "123456789012345",
        "amy clark amy",
        "x" * 257,
        "with-a-nul-\x00-inside",
    ],
)
def test_a_weak_or_unstorable_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidError):
        make(password=password)


@pytest.mark.parametrize(
    "password", ["x7" * 128, "пароль из четырёх слов", "🚲🚲🚲🚲🚲🚲🚲🚲🚲🚲🚲🚲", "with spaces inside it"]
)
def test_a_long_password_in_any_script_is_taken(password: str) -> None:
    assert make(password=password).check_password(password)


@pytest.mark.parametrize("name", ["", "   ", "two\nlines", "x" * 121, "esc\x1b[31m"])
def test_a_name_is_one_line(name: str) -> None:
    with pytest.raises(InvalidError):
        services.create_user(username="a.clark", name=name, password=None, by=None)


def test_setting_a_password_ends_every_session_and_lifts_the_lock() -> None:
    user = make()
    User.objects.filter(id=user.id).update(failed_sign_ins=7)
    session_of(user)
    services.set_password(user=user, password=GOOD + "-again", by=None)
    user.refresh_from_db()
    assert (user.failed_sign_ins, user.locked_until) == (0, None)
    assert not SignInSession.objects.filter(user=user).exists()


def test_people_set_their_own_password_and_nobody_elses(force: Force) -> None:
    user, other = make(), force.one(Role.INSPECTOR)
    services.set_password(user=user, password=GOOD + "-again", by=user)
    with pytest.raises(NotAllowedError):
        services.set_password(user=user, password=GOOD + "-third", by=other)


def test_deactivating_ends_every_session_at_once(administrator: User) -> None:
    user = make()
    keys = [session_of(user) for _ in range(3)]
    services.deactivate(user=user, reason="left the force", by=administrator)
    assert not any(SessionStore().exists(key) for key in keys)
    user.refresh_from_db()
    assert not user.is_active


def test_deactivating_twice_is_a_conflict_and_reactivating_undoes_it() -> None:
    user = make()
    services.deactivate(user=user, reason="left the force", by=None)
    with pytest.raises(ConflictError):
        services.deactivate(user=user, reason="left the force", by=None)
    services.reactivate(user=user, reason="came back", by=None)
    with pytest.raises(ConflictError):
        services.reactivate(user=user, reason="came back", by=None)
    assert User.objects.get(id=user.id).is_active


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_taking_an_account_out_of_use_needs_a_reason(reason: str) -> None:
    user = make()
    with pytest.raises(InvalidError):
        services.deactivate(user=user, reason=reason, by=None)


def test_a_role_is_held_once_in_a_team_and_known_at_once(administrator: User) -> None:
    user, team = make(), Team.objects.create(name="Response A (made up)")
    assert user.roles == frozenset()
    services.add_membership(user=user, team=team, role=Role.RESPONSE, by=administrator)
    assert user.roles == {Role.RESPONSE}
    with pytest.raises(ConflictError):
        services.add_membership(user=user, team=team, role=Role.RESPONSE, by=administrator)
    assert Membership.objects.filter(user=user).count() == 1


def test_people_see_and_end_their_own_sessions_only() -> None:
    mine, other = make(), make("b.jones")
    kept, ended, foreign = session_of(mine), session_of(mine), session_of(other)
    shown = selectors.sessions_of(mine, kept)
    assert {s.id for s in shown} == {selectors.public_id(kept), selectors.public_id(ended)}
    assert [s.id for s in shown if s.this_one] == [selectors.public_id(kept)]
    services.end_session(user=mine, started_id=selectors.public_id(ended))
    with pytest.raises(NotFoundError):
        services.end_session(user=mine, started_id=selectors.public_id(foreign))
    assert SessionStore().exists(foreign)
    assert not SessionStore().exists(ended)


def test_the_name_of_a_session_does_not_give_its_key_away() -> None:
    key = session_of(make())
    assert selectors.public_id(key) not in key
    assert key not in selectors.public_id(key)
