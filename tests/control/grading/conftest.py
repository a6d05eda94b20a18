"""What tests of grading share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iops.obligations.conservation import check_conservation
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Iterator

QUIET = dict.fromkeys(("threat", "harm", "risk", "investigation", "vulnerability", "engagement"), ("none", ""))
"""A THRIVE assessment that finds nothing."""


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture(autouse=True)
def _the_table_is_the_view_after_each_test(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "force" in request.fixturenames:
        run = check_conservation()
        assert (run.missing, run.surplus) == (0, 0), run.examples
