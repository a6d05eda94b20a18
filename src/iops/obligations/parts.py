"""Parts of the assurance page that other areas bring: the engine of obligations knows no area."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A part of the page with a page of its own: its heading, and the name of the address it is loaded from."""

    title: str
    page: str


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """An area brings its part (called once, when the area is made ready)."""
    _parts[part.page] = part


def registered() -> tuple[Part, ...]:
    """All parts, in the order in which the areas brought them."""
    return tuple(_parts.values())
