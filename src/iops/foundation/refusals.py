"""What the database refuses, in named errors: our own functions' refusals and the wall of row-level security."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import DatabaseError

from iops.foundation.errors import (
    BlockedError,
    ConflictError,
    InvalidError,
    IopsError,
    NotAllowedError,
    NotFoundError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS: dict[str, type[IopsError]] = {"IO403": NotAllowedError, "IO404": NotFoundError, "IO409": ConflictError}


def refusal(error: DatabaseError) -> IopsError | None:
    """The named error behind a refusal by the database; None for anything that it did not refuse on purpose.

    A row that row-level security keeps somebody from writing belongs to a record that is not there for them.
    """
    diag = getattr(error.__cause__, "diag", None)
    state = str(getattr(diag, "sqlstate", None) or "")
    if diag is None or not state:
        return None
    message, mend = str(diag.message_primary), str(diag.message_hint or "")
    if state == "42501" and "row-level security" in message:
        return NotFoundError("There is no such record.", mend="Check the number and the day.")
    if state == "IO423":
        return BlockedError(message, mend=mend, details={"obligations": json.loads(diag.message_detail or "[]")})
    if state.startswith("IO"):
        details: dict[str, object] = {"field": diag.column_name} if diag.column_name else {}
        return KINDS.get(state, InvalidError)(message, mend=mend, details=details)
    return None


@contextmanager
def named_refusals() -> Iterator[None]:
    """Raise what the database refuses on purpose inside as the named error it is; anything else as it comes."""
    try:
        yield
    except DatabaseError as error:
        named = refusal(error)
        if named is None:
            raise
        raise named from error
