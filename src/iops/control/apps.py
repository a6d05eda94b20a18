"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class ControlConfig(AppConfig):
    """The control area."""

    name = "iops.control"
    label = "control"

    def ready(self) -> None:
        """Tell the frame what this area puts on screen, and how its records are named."""
        from iops.control import actions, selectors
        from iops.obligations import records

        records.register("incident", records.RecordKind("incident", selectors.labels, selectors.find_id))
        actions.ready()
