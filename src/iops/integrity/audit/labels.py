"""How a drawn closure is named on worklists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from iops.integrity.models import AuditItem
from iops.obligations.records import RecordLabel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """The labels of drawn closures by id, of those the viewer may see."""
    found = AuditItem.objects.select_related("incident").filter(id__in=ids)
    return {
        item.id: RecordLabel(
            f"Audit of {item.incident.reference}",
            reverse("audit-item", kwargs={"item_id": item.id}),
            item.incident.where,
        )
        for item in found
    }
