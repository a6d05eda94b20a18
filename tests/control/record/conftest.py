"""What tests of the record share: a force, a clock that may be set, and conservation after each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iops.obligations.conservation import check_conservation
from tests.control.dispatch.conftest import own_clock
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["own_clock"]


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture(autouse=True)
def _the_table_is_the_view_after_each_test(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "force" in request.fixturenames:
        run = check_conservation()
        assert (run.missing, run.surplus) == (0, 0), run.examples
