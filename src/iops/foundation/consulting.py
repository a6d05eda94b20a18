"""Writes that somebody looked at records (DPA 2018 section 62). To be swapped for `iops.foundation.consultation`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation import clock
from iops.foundation.context import current
from iops.foundation.models import Consultation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from iops.foundation.models import User


def consulted(kind: str, ids: Iterable[int], viewer: User, query: Mapping[str, object] | None = None) -> None:
    """Keep that `viewer` was shown the records `ids` of a kind, and what they had asked for."""
    shown = sorted(set(ids))
    Consultation.objects.create(
        at=clock.now(),
        user_id=viewer.id,
        request_id=current().request_id,
        kind=kind,
        record_ids=shown,
        shown=len(shown),
        query=dict(query or {}),
    )
