"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class SafeguardingConfig(AppConfig):
    """The safeguarding area."""

    name = "iops.safeguarding"
    label = "safeguarding"
