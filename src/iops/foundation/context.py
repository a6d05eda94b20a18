"""Who acts, in which request, and why: known to the database for the length of one transaction.

History, row-level security and the consultation log all read these settings. They are set with `set_config(..., true)`,
so that they end with the transaction and can never leak to the next user of a pooled connection.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Acting:
    """The author of the running transaction: account id (None for the system itself), request and reason."""

    user_id: int | None = None
    request_id: str = ""
    reason: str = ""


SYSTEM = Acting()
TELL = (
    "select set_config('iops.user_id', %s, true), set_config('iops.request_id', %s, true),"
    " set_config('iops.reason', %s, true)"
)
TELL_AND_WRITE = f"{TELL}, pg_logical_emit_message(true, 'iops', '')"
_current: ContextVar[Acting] = ContextVar("iops_acting", default=SYSTEM)


def current() -> Acting:
    """Who acts now, as the database was told."""
    return _current.get()


@contextmanager
def acting(
    *, user_id: int | None = None, request_id: str | None = None, reason: str | None = None, confirms: bool = False
) -> Iterator[Acting]:
    """Run one transaction in somebody's name; nested use narrows the name or the reason and sets it back after.

    `confirms` is for `confirming`: the transaction writes to the log whatever else it does.
    """
    before = current()
    now = replace(
        before,
        user_id=before.user_id if user_id is None else user_id,
        request_id=before.request_id if request_id is None else request_id,
        reason=before.reason if reason is None else reason,
    )
    nested = connection.in_atomic_block
    with transaction.atomic():
        _tell(now, TELL_AND_WRITE if confirms else TELL)
        token = _current.set(now)
        try:
            yield now
            # A transaction that is to be rolled back takes no more statements; its settings go back by themselves.
            if nested and not connection.needs_rollback:
                _tell(before)
        finally:
            _current.reset(token)


@contextmanager
def confirming(*, user_id: int, request_id: str) -> Iterator[Acting]:
    """Run the transaction that answers a commit of this session which did not wait for the disk.

    When it ends without an error, whatever the session committed before is durable too (and on the standby, where
    commits wait for one): the log is written in order, and this transaction always writes to it and waits (ADR 0020).
    """
    with acting(user_id=user_id, request_id=request_id, confirms=True) as who:
        yield who


def verb(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service wholly in the name of its argument `by`: what it reads, it reads as that person.

    Whoever calls it (a page, the API, a command, a test) need not have said who acts. A person who may not see a record
    gets NotFoundError for it, as if it did not exist.
    """
    named = signature(service)

    @wraps(service)
    def in_their_name(*args: P.args, **kwargs: P.kwargs) -> R:
        by = named.bind(*args, **kwargs).arguments["by"]
        if connection.in_atomic_block and current().user_id == by.id:
            return service(*args, **kwargs)
        with acting(user_id=by.id):
            return service(*args, **kwargs)

    return in_their_name


def _tell(who: Acting, statement: str = TELL) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, ["" if who.user_id is None else str(who.user_id), who.request_id, who.reason])
