"""What tests of the ledgers need: a force, and a session of the database's owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.conftest import as_owner, worker_database
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as session:
        yield session


@pytest.fixture
def force() -> Force:
    return Force()
