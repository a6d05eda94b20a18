"""What areas keep going beside the worker's jobs: a thread each, started again when it fails."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

Work = Callable[[Event], None]
"""Works until the event is set."""

_kept: dict[str, Work] = {}


def register(name: str, work: Work) -> None:
    """An area has the worker keep this going (called once, when the area is made ready)."""
    _kept[name] = work


def registered() -> dict[str, Work]:
    """Everything that areas have kept going, by name."""
    return dict(_kept)
