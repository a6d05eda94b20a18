"""The API of POLE."""

from __future__ import annotations

from ninja import Router

from iops.pole.entry.api import router as entry
from iops.pole.search.api import router as search

router = Router()
for part in (search, entry):
    router.add_router("", part)
