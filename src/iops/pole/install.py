"""What this area installs beside its files: the lists that spelling and matching need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.pole.matching import install as matching

if TYPE_CHECKING:
    from collections.abc import Iterator


def statements() -> Iterator[str]:
    """The lists of characters and of names."""
    yield from matching.statements()
