"""What the tests of suspects share: time that passes between one step and the next."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from itertools import count
from typing import TYPE_CHECKING

import pytest

from iops.foundation import clock
from tests.crime.victims.conftest import own_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["own_clock"]


@pytest.fixture
def tick(own_clock: None) -> Iterator[Callable[[], None]]:
    """Let a minute pass: within a test all is one transaction, and so one moment."""
    start, passed = clock.now(), count(1)
    with ExitStack() as held:

        def pass_a_minute() -> None:
            held.close()
            held.enter_context(clock.at(start + next(passed) * dt.timedelta(minutes=1)))

        yield pass_a_minute
