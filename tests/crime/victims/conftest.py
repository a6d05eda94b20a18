"""What the tests of victims' rights share: a clock that may be set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from iops.foundation import clock
from tests.conftest import as_owner, worker_database
from tests.crime.victims.scene import when

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


@pytest.fixture
def own_clock() -> Iterator[None]:
    """A force whose clock may be set, for the length of one test."""
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
        owner.execute("insert into foundation_clock (id, adjustable) values (1, true)")
        yield
        owner.execute("delete from foundation_clock")


@pytest.fixture
def on(own_clock: None) -> Callable[[str], AbstractContextManager[None]]:
    """Set the clock to a wall time in London: `with on("2026-12-24 16:00"): ...`."""
    return lambda words: clock.at(when(words))
