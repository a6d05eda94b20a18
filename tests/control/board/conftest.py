"""The room of the tests of dispatch, for the board."""

from tests.control.dispatch.conftest import Room, room

__all__ = ["Room", "room"]
