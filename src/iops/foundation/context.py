"""Who acts, in which request, and why: known to the database for the length of one transaction.

History, row-level security and the consultation log all read these settings. They are set with `set_config(..., true)`,
so that they end with the transaction and can never leak to the next user of a pooled connection.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Acting:
    """The author of the running transaction: account id (None for the system itself), request and reason."""

    user_id: int | None = None
    request_id: str = ""
    reason: str = ""


SYSTEM = Acting()
_current: ContextVar[Acting] = ContextVar("iops_acting", default=SYSTEM)


def current() -> Acting:
    """Who acts now, as the database was told."""
    return _current.get()


@contextmanager
def acting(*, user_id: int | None = None, request_id: str | None = None, reason: str | None = None) -> Iterator[Acting]:
    """Run one transaction in somebody's name; nested use narrows the name or the reason and sets it back after."""
    before = current()
    now = replace(
        before,
        user_id=before.user_id if user_id is None else user_id,
        request_id=before.request_id if request_id is None else request_id,
        reason=before.reason if reason is None else reason,
    )
    nested = connection.in_atomic_block
    with transaction.atomic():
        _tell(now)
        token = _current.set(now)
        try:
            yield now
            if nested:
                _tell(before)
        finally:
            _current.reset(token)


def _tell(who: Acting) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('iops.user_id', %s, true), set_config('iops.request_id', %s, true),"
            " set_config('iops.reason', %s, true)",
            ["" if who.user_id is None else str(who.user_id), who.request_id, who.reason],
        )
