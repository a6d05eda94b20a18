"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class CrimeConfig(AppConfig):
    """The crime area."""

    name = "iops.crime"
    label = "crime"
