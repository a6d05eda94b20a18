"""Short and pet forms of given names, from the package `nicknames` (Apache-2.0)."""

from __future__ import annotations

from functools import cache

from nicknames import NickNamer


@cache
def _namer() -> NickNamer:
    return NickNamer()


@cache
def nicknames(given: str) -> tuple[str, ...]:
    """The short forms of a given name in a fixed order, capitalised; none for most names."""
    short = _namer().nicknames_of(given)
    return tuple(sorted(name.capitalize() for name in short if name != given.lower()))


@cache
def long_forms(given: str) -> tuple[str, ...]:
    """The full names that a short form may stand for, in a fixed order, capitalised."""
    return tuple(sorted(name.capitalize() for name in _namer().canonicals_of(given) if name != given.lower()))
