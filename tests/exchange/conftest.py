"""A program with a token, and a force to call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client

from iops.exchange.access import services
from iops.foundation.models import Membership, Team, User
from iops.foundation.roles import Role
from tests.control.dispatch.conftest import own_clock
from tests.force import Force
from tests.foundation.conftest import owner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

__all__ = ["own_clock", "owner"]


@pytest.fixture
def force() -> Force:
    return Force()


class Program:
    """A program that calls by a token; it refuses cookies, as programs do."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def call(self, method: str, place: str, given: object = None, **headers: str) -> tuple[int, Any]:
        """Call the API; the status and the JSON that came back."""
        body = given if isinstance(given, (str, bytes)) else json.dumps(given, default=str)
        response = self.client.generic(
            method,
            place if place.startswith("/") else f"/api/v1/{place}",
            b"" if given is None else body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )
        self.last = response
        told = response.headers.get("Content-Type", "").startswith("application/json")
        return response.status_code, json.loads(response.content) if told else response.content.decode()

    def get(self, place: str) -> tuple[int, Any]:
        """Ask."""
        return self.call("GET", place)

    def post(self, place: str, given: object = None) -> tuple[int, Any]:
        """Tell."""
        return self.call("POST", place, {} if given is None else given)


def system(name: str = "ambulance", role: Role | None = None, everywhere: str = "Everywhere (made up)") -> User:
    """The account of a system, with a role force-wide if its calls need one."""
    made = services.make_system(username=name, name=f"{name} (made up)", by=None, made_up=True)
    if role is not None:
        team, _ = Team.objects.get_or_create(name=everywhere)
        Membership.objects.create(user=made, team=team, role=role)
    return made


@pytest.fixture
def let_time_pass(owner: psycopg.Connection) -> Iterator[Callable[[], None]]:
    """End leases and pauses: the time of one transaction stands still, so the moments are put back instead."""
    owner.execute(
        "create function let_time_pass() returns void language sql security definer as $$ update exchange_delivery"
        " set next_at = next_at - interval '1 day', leased_until = leased_until - interval '1 day' $$"
    )

    def passes() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select let_time_pass()")

    yield passes
    owner.execute("drop function let_time_pass")


@pytest.fixture
def program(force: Force) -> Callable[..., Program]:
    """Make a program with these scopes, acting as this account (a new system's unless it is given)."""

    def make(*scopes: str, user: User | None = None, role: Role | None = None, **more: int) -> Program:
        user = user or system(f"system-{User.objects.count()}", role)
        by = force.one(Role.ADMINISTRATOR)
        _, secret = services.issue_token(username=user.username, name="test", scopes=scopes, by=by, **more)
        return Program(secret)

    return make
