"""How a row and a unit look, drawn once for every browser, and the key they are ordered by."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.template import engines

from iops.control.dispatch.states import codes_on
from iops.foundation import clock

if TYPE_CHECKING:
    from iops.control.board.selectors import BoardRow
    from iops.control.dispatch.selectors import UnitRow

LAST = dt.datetime.max.replace(tzinfo=dt.UTC)


def key_of(row: BoardRow) -> str:
    """What incidents are ordered by, as text that sorts: nobody sent, grade, first due, oldest."""
    due = (row.due_at or LAST).astimezone(dt.UTC)
    return f"{row.resourced:d}{row.grade or 0}{due:%Y%m%d%H%M%S}{row.id:012}"


def row_html(row: BoardRow, now: dt.datetime) -> str:
    """One incident as it stands on the board; late or not is judged at `now`."""
    return str(_parts().job(row, now, key_of)).strip()


def unit_html(unit: UnitRow) -> str:
    """One unit as it stands beside the board."""
    return str(_parts().unit(unit, state_title)).strip()


def state_title(unit: UnitRow) -> str:
    """The state of a unit in the words of the force's own list of codes."""
    return next((c.title for c in codes_on(clock.today()).codes if c.code == unit.code), unit.status.label)


def _parts() -> Any:
    return engines["jinja2"].env.get_template("control/board_parts.html").module  # type: ignore[attr-defined]
