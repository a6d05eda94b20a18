"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    """The obligations area."""

    name = "iops.obligations"
    label = "obligations"
