"""A clock that may be set."""

from tests.crime.victims.conftest import own_clock

__all__ = ["own_clock"]
