"""Every verb of units and dispatch, in one place."""

from iops.control.dispatch.deploying import (
    acknowledge,
    assign,
    assign_unit,
    at_scene,
    clear,
    divert,
    en_route,
    record_arrival,
    self_assign,
    set_state,
    stand_down,
)
from iops.control.dispatch.duties import (
    book_off,
    book_on,
    join_crew,
    leave_crew,
    register_unit,
    report_position,
    set_active,
)
from iops.control.dispatch.safety import answer_emergency, answer_welfare_check, press_emergency, set_welfare_check
from iops.control.dispatch.warnings import read_markers, show_markers

__all__ = [
    "acknowledge",
    "answer_emergency",
    "answer_welfare_check",
    "assign",
    "assign_unit",
    "at_scene",
    "book_off",
    "book_on",
    "clear",
    "divert",
    "en_route",
    "join_crew",
    "leave_crew",
    "press_emergency",
    "read_markers",
    "record_arrival",
    "register_unit",
    "report_position",
    "self_assign",
    "set_active",
    "set_state",
    "set_welfare_check",
    "show_markers",
    "stand_down",
]
