"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class PoleConfig(AppConfig):
    """The pole area."""

    name = "iops.pole"
    label = "pole"

    def ready(self) -> None:
        """Tell worklists how people, places, things and warning markers are named."""
        from iops.pole.records import labels

        labels.ready()
