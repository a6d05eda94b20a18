"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class MigrationConfig(AppConfig):
    """The migration area."""

    name = "iops.migration"
    label = "migration"
