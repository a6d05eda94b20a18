"""The entries of the rulebook: a rule, its dated editions, and what each says is owed.

Every class here is a value: made by the loader, never changed, the same for everybody who reads it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from iops.rulebook.clocks import london_instant

if TYPE_CHECKING:
    from iops.foundation.roles import Role
    from iops.rulebook.clocks import Span
    from iops.rulebook.conditions import Expression


class Transition(StrEnum):
    """A step of a record that a rule may block while its duty is open."""

    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Basis:
    """The ground a rule stands on. `unsure` says what about it could not be confirmed, and is shown with the rule."""

    instrument: str
    clause: str
    unsure: str | None = None

    def __str__(self) -> str:
        return f"{self.instrument}, {self.clause}"


@dataclass(frozen=True, slots=True)
class Clock:
    """When the time begins (an instant among the facts) and how long it is.

    Either `within`, a length of time, or `until`, another instant among the facts: the moment itself is then known, as
    the opening of a child's own school is.
    """

    starts: Expression
    within: Span | None = None
    until: Expression | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """What discharges the duty, and the instant it happened. Without an instant the duty is not met."""

    when: Expression
    at: Expression


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who else is told when the duty is still open that long after the clock started."""

    after: Span
    to: Role


@dataclass(frozen=True, slots=True)
class Edition:
    """What a rule says from one date on. `end` is the last day, None while it is open (both Europe/London dates)."""

    start: dt.date
    end: dt.date | None
    arises: Expression
    clock: Clock
    met: Met
    escalate: tuple[Escalation, ...] = ()
    note: str | None = None

    def covers(self, day: dt.date) -> bool:
        """Whether the edition is the law on that day."""
        return self.start <= day and (self.end is None or day <= self.end)

    @property
    def starts_at(self) -> dt.datetime:
        """The UTC instant of the London midnight at which the edition begins."""
        return london_instant(self.start)

    @property
    def ends_at(self) -> dt.datetime | None:
        """The UTC instant of the London midnight from which the edition no longer holds."""
        return london_instant(self.end + dt.timedelta(days=1)) if self.end else None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every fact the edition looks at, sorted."""
        ends = (self.clock.until,) if self.clock.until else ()
        parts = (self.arises, self.clock.starts, *ends, self.met.when, self.met.at)
        return tuple(sorted({name for part in parts for name in part.columns}))


@dataclass(frozen=True, slots=True)
class Rule:
    """A duty: who owes what, on which ground, and what it said when. `editions` are in the order of their dates."""

    code: str
    title: str
    subject: str
    basis: Basis
    owner: Role
    waivable_by: Role | None
    blocks: tuple[Transition, ...]
    editions: tuple[Edition, ...]
    file: str
    line: int

    def edition_on(self, day: dt.date) -> Edition | None:
        """What the rule says to a subject of that day; None before it began, after it ended, or in a declared gap."""
        return next((edition for edition in self.editions if edition.covers(day)), None)
