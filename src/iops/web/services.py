"""The one verb of the frame: save a form once, however often it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.refusals import named_refusals
from iops.web.models import SavedForm

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from iops.foundation.models import User


def save_once(key: UUID, kind: str, by: User, make: Callable[[], int]) -> tuple[int, bool]:
    """Run `make` for the first sending of the form `key` and return its record's id; later sendings get the same id.

    The second value says whether the record was made now. Two sendings at once wait for each other. Raises
    ConflictError when the key belongs to somebody else's form or to another kind of form.
    """
    with acting(user_id=by.id):
        with named_refusals(), connection.cursor() as cursor:
            cursor.execute("select iops.form_saved(%s, %s, %s)", [key, kind, by.id])
            saved: int | None = cursor.fetchone()[0]
        if saved is not None:
            return saved, False
        record_id = make()
        SavedForm.objects.create(key=key, user_id=by.id, kind=kind, record_id=record_id, at=clock.now())
        return record_id, True
