"""The API of POLE."""

from __future__ import annotations

from ninja import Router

from iops.pole.entry.api import router as entry
from iops.pole.identity.api import router as identity
from iops.pole.search.api import router as search

router = Router()
for part in (search, entry, identity):
    router.add_router("", part)
