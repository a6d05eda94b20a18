"""The clock of the system, which is the database's: everything that asks the time asks here or `iops.now()`.

Where the force's clock is adjustable (training and tests; `foundation_clock.adjustable`, which only the owner of the
database sets), it can be set for one session (`at`) or for everybody (`set_clock`). Ledgers keep the true time all the
same.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from django.db import connection
from django.utils import timezone
from psycopg.pq import TransactionStatus

from iops.foundation.errors import ConflictError, InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime


class ClockError(ConflictError):
    """The clock of this force is the true one and cannot be set."""

    code = "clock-not-adjustable"


def now() -> datetime:
    """The moment of the running transaction, or the moment the clock is set to; aware, UTC."""
    return cast("datetime", _ask("select iops.now()"))


def today() -> date:
    """Today in Europe/London."""
    return cast("date", _ask("select iops.local_date(iops.now())"))


def machine() -> datetime:
    """The clock of this machine, without asking the database: for sessions and locks alone, never for a fact."""
    return timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Set the clock of this session alone; set it back after.

    Raises ClockError: the clock is not adjustable. Raises InvalidError: `moment` has no time zone.
    """
    _must_be_adjustable()
    before = _ask("select current_setting('iops.clock', true)")
    _tell(_written(moment))
    try:
        yield
    finally:
        # A transaction that has failed takes no more statements, and rolling it back sets the clock back as well.
        open_one = connection.connection
        if open_one is not None and open_one.info.transaction_status != TransactionStatus.INERROR:
            _tell(str(before or ""))


def set_clock(moment: datetime) -> None:
    """Set the clock of the whole force until it is released. Runs as the owner of the database.

    Raises ClockError: the clock is not adjustable. Raises InvalidError: `moment` has no time zone.
    """
    _must_be_adjustable()
    with connection.cursor() as cursor:
        cursor.execute("update foundation_clock set set_to = %s where adjustable", [_written(moment)])


def release_clock() -> None:
    """Let the clock of the whole force run true again. Runs as the owner of the database."""
    with connection.cursor() as cursor:
        cursor.execute("update foundation_clock set set_to = null")


def _must_be_adjustable() -> None:
    if not _ask("select exists (select from foundation_clock where adjustable)"):
        raise ClockError(
            "The clock of this force cannot be set.", mend="Only the database of a training force is made adjustable."
        )


def _written(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise InvalidError("A moment without a time zone could be any of two dozen.", mend="Give the time zone.")
    return moment.isoformat()


def _ask(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def _tell(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('iops.clock', %s, false)", [value])
