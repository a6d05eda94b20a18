"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The exchange area."""

    name = "iops.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Have the worker keep the sender going."""
        from iops.exchange.webhooks.sending import send_forever
        from iops.foundation import keepers

        keepers.register("webhooks", send_forever)
