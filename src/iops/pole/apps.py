"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class PoleConfig(AppConfig):
    """The pole area."""

    name = "iops.pole"
    label = "pole"
