"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """The foundation area."""

    name = "iops.foundation"
    label = "foundation"
