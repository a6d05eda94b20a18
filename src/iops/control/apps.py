"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class ControlConfig(AppConfig):
    """The control area."""

    name = "iops.control"
    label = "control"
