"""The clock of the system, which is the database's: everything that asks the time asks here or `iops.now()`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime


def now() -> datetime:
    """The moment of the running transaction, or the moment the clock is set to; aware, UTC."""
    return cast("datetime", _ask("select iops.now()"))


def today() -> date:
    """Today in Europe/London."""
    return cast("date", _ask("select iops.local_date(iops.now())"))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Set the clock of this session, where the force's clock is adjustable (training and tests); set it back after."""
    before = _ask("select current_setting('iops.clock', true)")
    _set(moment.isoformat())
    try:
        yield
    finally:
        _set(str(before or ""))


def _ask(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('iops.clock', %s, false)", [value])
