"""What the tests of outcomes need of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.conftest import as_owner, worker_database

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def own_clock() -> Iterator[None]:
    """A force whose clock may be set, for the length of one test."""
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
        owner.execute("insert into foundation_clock (id, adjustable) values (1, true)")
        yield
        owner.execute("delete from foundation_clock")
