"""The API of POLE."""

from __future__ import annotations

from ninja import Router

from iops.pole.search.api import router as search

router = Router()
router.add_router("", search)
