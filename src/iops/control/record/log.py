"""The log of an incident: lines are added, a mistake is corrected by another line, and nothing is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from iops.control.dispatch.common import moment
from iops.control.finding import find
from iops.control.models import LineKind, LogEntry
from iops.foundation.context import verb
from iops.foundation.errors import NotFoundError
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from iops.foundation.models import User


@verb
def add_log_entry(incident_id: int, text_: str, by: User, *, at: datetime | None = None) -> LogEntry:
    """Add one line to the log. A closed incident still takes lines: what is learnt later is not turned away.

    `at` is when it happened, if that was not now; it may not lie ahead. When it was recorded the database says.
    """
    incident = find(incident_id)
    with writing(by, reason="log entry"):
        return LogEntry.objects.create(incident=incident, at=moment(at), author=by, text=text(text_, "Log entry"))


@verb
def correct_log_entry(entry_id: int, text_: str, by: User, *, at: datetime | None = None) -> LogEntry:
    """Say what a line should have said, in a new line that points to it; both are shown, the first as corrected.

    Anybody who sees the log may correct any line, those of the system too. The event keeps its time unless `at` tells
    another. Raises NotFoundError for a line that is not there for this person.
    """
    first = LogEntry.objects.filter(id=entry_id).first()
    if first is None:
        raise NotFoundError("There is no such line on the log.")
    with writing(by, reason="log corrected"):
        return LogEntry.objects.create(
            incident_id=first.incident_id,
            at=first.at if at is None else moment(at),
            author=by,
            text=text(text_, "Log entry"),
            corrects=first,
        )


class Kinds(StrEnum):
    """Which lines of a log are shown."""

    ALL = "all"
    TYPED = "typed"
    SYSTEM = "system"


class Order(StrEnum):
    """By when things happened, or by when the system was told."""

    EVENT = "event"
    RECORDED = "recorded"


@dataclass(frozen=True)
class LogView:
    """How somebody wants to read a log."""

    kinds: Kinds = Kinds.ALL
    order: Order = Order.EVENT


@dataclass(frozen=True)
class Line:
    """One line with the lines that correct it, and how far it was told after it happened.

    `told_late` is whether it was recorded a minute or more after the event.
    """

    entry: LogEntry
    corrected_by: tuple[LogEntry, ...]

    @property
    def system(self) -> bool:
        """Whether the system wrote it."""
        return self.entry.kind == LineKind.SYSTEM

    @property
    def told_late(self) -> bool:
        """Whether it was recorded a minute or more after it happened."""
        recorded = self.entry.recorded_at
        return recorded is not None and (recorded - self.entry.at).total_seconds() >= 60  # noqa: PLR2004 - a minute


@dataclass(frozen=True)
class Log:
    """The lines of a log as somebody reads it, the latest first, and how many there are of each kind."""

    view: LogView
    lines: tuple[Line, ...]
    counts: Mapping[Kinds, int]


def wanted(asked: Mapping[str, str]) -> LogView:
    """What an address asks for (`log=typed&order=recorded`); what it does not know counts as not asked."""
    kinds, order = asked.get("log"), asked.get("order")
    return LogView(
        Kinds(kinds) if kinds in set(Kinds) else Kinds.ALL, Order(order) if order in set(Order) else Order.EVENT
    )


def read(entries: Iterable[LogEntry], view: LogView) -> Log:
    """A log as somebody wants to read it. A corrected line keeps its place and is never hidden."""
    every = sorted(entries, key=lambda e: _place(e, view.order), reverse=True)
    corrections: dict[int, list[LogEntry]] = {}
    for entry in reversed(every):
        if entry.corrects_id is not None:
            corrections.setdefault(entry.corrects_id, []).append(entry)
    counts = {kinds: sum(_is(e, kinds) for e in every) for kinds in Kinds}
    lines = tuple(Line(e, tuple(corrections.get(e.id, ()))) for e in every if _is(e, view.kinds))
    return Log(view, lines, counts)


def _is(entry: LogEntry, kinds: Kinds) -> bool:
    return kinds == Kinds.ALL or entry.kind == kinds.value


def _place(entry: LogEntry, order: Order) -> tuple[datetime, int]:
    """Where a line stands: by its event or its recording; lines of one moment as they were written."""
    by_record = order == Order.RECORDED and entry.recorded_at is not None
    return (entry.recorded_at if by_record and entry.recorded_at else entry.at), entry.id
