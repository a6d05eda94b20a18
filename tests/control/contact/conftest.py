"""What the tests of contacts share: a force, its call handler, and conservation after each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.foundation.models import User


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def handler(force: Force) -> User:
    return force.one(Role.CALL_HANDLER)


@pytest.fixture
def other(force: Force) -> User:
    return force.one(Role.DISPATCHER)


@pytest.fixture(autouse=True)
def the_table_is_the_view_after_each_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Conservation: after whatever a test did, the obligations are exactly those that the rules ask for."""
    yield
    if "force" in request.fixturenames:
        run = check_conservation()
        assert (run.missing, run.surplus) == (0, 0), run.examples
