"""Short words for tests of access: become somebody at the database, and see what is there for them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from iops.foundation.context import acting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

    from iops.foundation.models import User


@contextmanager
def as_user(user: User | None) -> Iterator[None]:
    """Act as somebody, or as the system itself, whoever acted before."""
    with acting(user_id=user.id if user else 0):
        yield


def visible(model: type[Model]) -> set[object]:
    """The keys of the rows of a table that are there for whoever acts."""
    return set(model._base_manager.values_list("pk", flat=True))
