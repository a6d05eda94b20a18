"""What exchange installs besides its files: the triggers that write events, made from the list of their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.exchange.webhooks import sources

if TYPE_CHECKING:
    from collections.abc import Iterator


def statements() -> Iterator[str]:
    """The triggers of every source."""
    yield from sources.statements()
