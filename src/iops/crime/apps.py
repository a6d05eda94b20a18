"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class CrimeConfig(AppConfig):
    """The crime area."""

    name = "iops.crime"
    label = "crime"

    def ready(self) -> None:
        """Put this area's actions and panel on the page of an incident."""
        from iops.crime import actions

        actions.ready()
