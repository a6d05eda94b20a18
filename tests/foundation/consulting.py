"""For tests of selectors: what was looked at must stand in the log."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from iops.foundation.models import Consultation
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iops.foundation.models import User


@contextmanager
def assert_consulted(kind: str, ids: Iterable[int], viewer: User) -> Iterator[list[Consultation]]:
    """What runs inside leaves exactly one line: this viewer, kind and ids. The line is in the list afterwards."""
    before = _last(viewer)
    looks: list[Consultation] = []
    yield looks
    with as_user(viewer):
        looks += Consultation.objects.filter(id__gt=before, user=viewer).order_by("id")
    assert [(look.kind, look.record_ids) for look in looks] == [(kind, sorted(set(ids)))]
    assert looks[0].shown == len(looks[0].record_ids)


def _last(viewer: User) -> int:
    with as_user(viewer):
        last = Consultation.objects.filter(user=viewer).order_by("-id").first()
    return last.id if last else 0
