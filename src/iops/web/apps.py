"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The web area."""

    name = "iops.web"
    label = "web"
