"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Programmes that work through a backlog."""

    name = "iops.review"
    label = "review"
