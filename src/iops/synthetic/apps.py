"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class SyntheticConfig(AppConfig):
    """The synthetic area."""

    name = "iops.synthetic"
    label = "synthetic"
