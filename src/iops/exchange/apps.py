"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The exchange area."""

    name = "iops.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Put partners on the page of their incidents; have the worker keep the sender going."""
        from iops.exchange import actions
        from iops.exchange.webhooks.sending import send_forever
        from iops.foundation import keepers

        actions.ready()
        keepers.register("webhooks", send_forever)
