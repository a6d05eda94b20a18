"""The API of exchange with other systems."""

from __future__ import annotations

from ninja import Router

from iops.exchange.access.api import router as access

router = Router()
for part in (access,):
    router.add_router("", part)
