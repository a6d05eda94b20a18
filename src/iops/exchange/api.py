"""The API of exchange with other systems."""

from __future__ import annotations

from ninja import Router

from iops.exchange.access.api import router as access
from iops.exchange.inbound.api import router as inbound
from iops.exchange.webhooks.api import router as webhooks

router = Router()
for part in (access, webhooks, inbound):
    router.add_router("", part)
