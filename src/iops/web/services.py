"""The one verb of the frame: save a form once, however often it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.errors import ConflictError
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
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key)])
        saved = SavedForm.objects.filter(key=key).first()
        if saved is None:
            record_id = make()
            SavedForm.objects.create(key=key, user_id=by.id, kind=kind, record_id=record_id, at=clock.now())
            return record_id, True
        if (saved.user_id, saved.kind) != (by.id, kind):
            raise ConflictError("This form has been used before.", mend="Open the page again and type it in there.")
        return saved.record_id, False
