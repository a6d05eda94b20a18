"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The exchange area."""

    name = "iops.exchange"
    label = "exchange"
