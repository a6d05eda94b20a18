"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class SafeguardingConfig(AppConfig):
    """The safeguarding area."""

    name = "iops.safeguarding"
    label = "safeguarding"

    def ready(self) -> None:
        """Put this area's actions and panel on the page of an incident."""
        from iops.safeguarding import actions

        actions.ready()
