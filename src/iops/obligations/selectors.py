"""The questions asked of obligations."""

from __future__ import annotations

from iops.obligations.models import Obligation


def blocking(record_kind: str, record_id: int, transition: str = "close") -> list[Obligation]:
    """The open obligations that hold a record back from a transition, the most pressing first."""
    return list(
        Obligation.objects.filter(
            record_kind=record_kind,
            record_id=record_id,
            met_at=None,
            waived_at=None,
            rule__blocks__contains=[transition],
        )
        .select_related("rule")
        .order_by("due_at")
    )
