"""What changed on the board between two looks, for every browser at once.

The board is read anew some times a second and compared with what it was. Nothing has to remember to tell: whatever
route wrote, also by hand in the database, is seen, and so is a clock that ran out. Restricted incidents are never among
what is read here (it acts as nobody): whoever may see one has it by their own reading of the page.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from iops.control.board.drawing import key_of, row_html, unit_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from iops.control.board.selectors import Board, BoardRow
    from iops.control.dispatch.selectors import UnitRow

TURNS = 25
"""Looks in which the warnings of every incident are counted anew: about four seconds."""
KEPT = 600
"""Changes that a browser that was away can still be told one by one; beyond it gets the whole board."""


@dataclass(frozen=True)
class Drawn:
    """One row or unit as browsers have it: its district, the key of its order, its HTML, and for a unit its state."""

    district: int
    key: str
    html: str
    state: str = ""


@dataclass(frozen=True)
class Change:
    """What is new since the look before: rows and units that changed, and those that are gone."""

    number: int
    at: str
    rows: dict[int, Drawn]
    gone: frozenset[int]
    units: dict[int, Drawn]
    off: frozenset[int]
    alarm: bool


@dataclass
class Picture:
    """The board as it was last drawn, and the latest changes."""

    epoch: str
    number: int = 0
    rows: dict[int, Drawn] = field(default_factory=dict)
    units: dict[int, Drawn] = field(default_factory=dict)
    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=KEPT))
    _told: dict[int, tuple[BoardRow, bool]] = field(default_factory=dict)
    _stood: dict[int, UnitRow] = field(default_factory=dict)
    _alarms: frozenset[tuple[str, int]] = frozenset()
    warnings: dict[int, int] = field(default_factory=dict)
    _turn: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    """One thread looks while another tells: what is kept changes between two tellings, never during one."""

    def counted(self, board: Board, count: Callable[[Sequence[int]], Mapping[int, int]]) -> Board:
        """The board with its warnings counted: at once for what is new, for all others a few at each look.

        Counting goes through every person and place of an incident, too dear to do for all of them at each look.
        """
        ids = [row.id for row in board.rows]
        self._turn = (self._turn + 1) % TURNS
        due = {i for i in ids if i not in self.warnings} | {i for i in ids if i % TURNS == self._turn}
        self.warnings = {i: self.warnings.get(i, 0) for i in ids} | dict(count(sorted(due)))
        rows = tuple(
            row if row.warnings == self.warnings[row.id] else replace(row, warnings=self.warnings[row.id])
            for row in board.rows
        )
        return replace(board, rows=rows)

    def look(self, board: Board) -> Change | None:
        """Take in the board as it is now; what changed, None when nothing did. Only what changed is drawn."""
        now = {row.id: (row, row.late(board.at)) for row in board.rows}
        rows = {
            i: Drawn(row.district_id, key_of(row), row_html(row, board.at))
            for i, (row, late) in now.items()
            if self._told.get(i) != (row, late)
        }
        stand = {unit.id: unit for unit in board.units}
        units = {
            i: Drawn(u.district_id, u.callsign, unit_html(u), str(u.status))
            for i, u in stand.items()
            if _shown(self._stood.get(i)) != _shown(u)
        }
        gone, off = frozenset(self._told) - frozenset(now), frozenset(self._stood) - frozenset(stand)
        alarms = frozenset({("press", e.id) for e in board.emergencies} | {("check", w.id) for w in board.welfare})
        alarm, self._alarms = alarms != self._alarms, alarms
        self._told, self._stood = now, stand
        if not (rows or units or gone or off or alarm):
            return None
        return self.keep(Change(0, board.at.isoformat(), rows, gone, units, off, alarm))

    def keep(self, found: Change) -> Change:
        """Give a change its number and keep it, with what the board is after it."""
        with self._lock:
            change = replace(found, number=self.number + 1)
            self.rows = {i: drawn for i, drawn in (self.rows | change.rows).items() if i not in change.gone}
            self.units = {i: drawn for i, drawn in (self.units | change.units).items() if i not in change.off}
            self.changes.append(change)
            self.number = change.number
        return change

    def whole(self, districts: frozenset[int]) -> bytes:
        """The event that holds all of the board for some districts (none: of the whole force)."""
        told = {"rows": _listed(self.rows, districts), "units": _listed(self.units, districts)}
        return _event("whole", f"{self.epoch}-{self.number}", told)

    def since(self, last: str, districts: frozenset[int]) -> list[bytes]:
        """What a browser that last had `last` is to be told: the changes it missed, or the whole board."""
        with self._lock:
            return self._since(last, districts)

    def _since(self, last: str, districts: frozenset[int]) -> list[bytes]:
        epoch, _, number = last.rpartition("-")
        if epoch != self.epoch or not number.isdigit():
            return [self.whole(districts)]
        missed = [change for change in self.changes if change.number > int(number)]
        if self.number - int(number) != len(missed):
            return [self.whole(districts)]
        return [self.event(change, districts) for change in missed]

    def event(self, change: Change, districts: frozenset[int]) -> bytes:
        """One change as an event for browsers that show these districts. What left them is gone from their board."""
        told: dict[str, Any] = {
            "at": change.at,
            "rows": _listed(change.rows, districts),
            "gone": sorted(change.gone | _elsewhere(change.rows, districts)),
            "units": _listed(change.units, districts),
            "off": sorted(change.off | _elsewhere(change.units, districts)),
        }
        if change.alarm:
            told["alarm"] = True
        return _event("change", f"{self.epoch}-{change.number}", told)


def _shown(unit: UnitRow | None) -> tuple[object, ...] | None:
    """What of a unit is drawn: it moves all the time, and is not drawn anew for that."""
    if unit is None:
        return None
    return (unit.callsign, unit.kind, unit.district_id, unit.status, unit.code, unit.state_since, unit.incident)


def _listed(drawn: dict[int, Drawn], districts: frozenset[int]) -> list[tuple[int, str, str, str]]:
    return [(i, d.key, d.html, d.state) for i, d in drawn.items() if not districts or d.district in districts]


def _elsewhere(drawn: dict[int, Drawn], districts: frozenset[int]) -> frozenset[int]:
    return frozenset(i for i, d in drawn.items() if districts and d.district not in districts)


def _event(name: str, number: str, told: object) -> bytes:
    return f"event: {name}\nid: {number}\ndata: {json.dumps(told, separators=(',', ':'))}\n\n".encode()


def chosen(asked: Iterable[str]) -> frozenset[int]:
    """The districts of an address; what is no number is left out."""
    return frozenset(int(d) for d in asked if d.isascii() and d.isdigit() and len(d) < 10)  # noqa: PLR2004
