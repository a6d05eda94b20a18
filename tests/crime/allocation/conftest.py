"""A force, and a clock that may be set."""

from __future__ import annotations

import pytest

from tests.crime.victims.conftest import own_clock
from tests.force import Force

__all__ = ["force", "own_clock"]


@pytest.fixture
def force() -> Force:
    return Force()
