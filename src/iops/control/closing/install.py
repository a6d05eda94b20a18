"""What the database holds of closing: which closures are drawn for a check, and that none is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.closing import strata

if TYPE_CHECKING:
    from collections.abc import Iterator


def statements() -> Iterator[str]:
    """The kinds of closure, the draw, and the triggers."""
    yield from strata.statements()
