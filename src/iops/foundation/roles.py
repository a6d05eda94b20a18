"""The roles that people hold in a force, and the ladder of supervision.

A role says what somebody does (which worklist is theirs, what they may do). `sergeant` and `inspector` are roles of
supervision: what a sergeant may waive, an inspector may waive too.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person does in the force; the value is used in rulebook entries, accounts and the API."""

    CALL_HANDLER = "call_handler"
    DISPATCHER = "dispatcher"
    RESPONSE = "response"
    SERGEANT = "sergeant"
    INSPECTOR = "inspector"
    SAFEGUARDING = "safeguarding"
    DETECTIVE = "detective"
    REGISTRAR = "registrar"
    REVIEWER = "reviewer"
    ANALYST = "analyst"
    PANEL = "panel"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role as people say it: "call handler"."""
        return self.value.replace("_", " ")


LADDER = (Role.SERGEANT, Role.INSPECTOR)
"""The line of supervision, junior first."""


def at_least(role: Role) -> frozenset[Role]:
    """The roles that may do what `role` may do: itself and, on the ladder, everyone more senior."""
    if role not in LADDER:
        return frozenset({role})
    return frozenset(LADDER[LADDER.index(role) :])
