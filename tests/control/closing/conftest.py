"""What tests of closing share."""

from tests.control.classing.conftest import _the_table_is_the_view_after_each_test, scene

__all__ = ["_the_table_is_the_view_after_each_test", "scene"]
