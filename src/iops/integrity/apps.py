"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    """The desk of the crime registrar."""

    name = "iops.integrity"
    label = "integrity"

    def ready(self) -> None:
        """Say how a drawn closure is named on worklists."""
        from iops.integrity.audit import labels
        from iops.obligations import records

        records.register("audit_item", records.RecordKind("audited closure", labels.labels, lambda _: None))
