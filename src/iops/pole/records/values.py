"""The values that stand on a person: each once, with every row that says so, present first, conflicts marked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iops.pole.models import (
    Birth,
    Confidence,
    Detail,
    DetailKind,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Source,
    Sourced,
)
from iops.pole.records.births import words as birth_words
from iops.web.words import day, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from iops.pole.records.labels import Named

SINGLE_DETAILS = frozenset(
    {DetailKind.SEX, DetailKind.GENDER, DetailKind.ETHNICITY_SELF, DetailKind.ETHNICITY_OFFICER, DetailKind.DIED}
)
"""Details of which a person has one at a time: two different ones contradict each other."""
SINGLE_NUMBERS = frozenset(
    {IdentifierKind.PNC, IdentifierKind.CRO, IdentifierKind.NHS, IdentifierKind.NINO, IdentifierKind.DRIVER}
)
"""Numbers of which a person has one."""
SUREST = {Confidence.CONFIRMED: 0, Confidence.LIKELY: 1, Confidence.UNCONFIRMED: 2}


@dataclass(frozen=True)
class Value:
    """One value as it is shown: what it says, under what heading, and every row that says the same for the same period.

    `today` is the local day of asking; `named` is the record at the other end of a link.
    """

    kind: str
    label: str
    text: str
    rows: tuple[Sourced, ...]
    today: dt.date
    conflicts: bool = False
    named: Named | None = None

    @property
    def present(self) -> bool:
        """Whether it holds today: its period, as far as it is known, has begun and has not ended."""
        row = self.rows[0]
        return (row.since is None or row.since <= self.today) and (row.until is None or row.until >= self.today)

    @property
    def period(self) -> str:
        """From when until when it held, in words; "" when neither is known."""
        row = self.rows[0]
        if row.since and row.until:
            return f"{day(row.since)} to {day(row.until)}"
        return f"since {day(row.since)}" if row.since else f"until {day(row.until)}" if row.until else ""

    @property
    def confidence(self) -> str:
        """How sure the surest row is, in words."""
        return Confidence(min((r.confidence for r in self.rows), key=lambda c: SUREST[Confidence(c)])).label

    @property
    def unverified(self) -> bool:
        """No row is more than unconfirmed."""
        return all(r.confidence == Confidence.UNCONFIRMED for r in self.rows)

    @property
    def withdrawn(self) -> bool:
        """It was found wrong."""
        return self.rows[0].withdrawn_at is not None

    @property
    def note(self) -> str:
        """What was noted with a link."""
        return str(getattr(self.rows[0], "note", ""))

    @property
    def provenance(self) -> tuple[str, ...]:
        """Where each row comes from: source, confidence, who recorded it and when."""
        return tuple(_provenance(r) for r in self.rows)

    @property
    def withdrawal(self) -> str:
        """Who withdrew it, when and why."""
        row = self.rows[0]
        who = row.withdrawn_by.name if row.withdrawn_by else "the system"
        return f"withdrawn by {who} at {moment(row.withdrawn_at)}: {row.withdrawn_reason}"


def _provenance(row: Sourced) -> str:
    which = f" ({row.source_detail})" if row.source_detail else ""
    who = row.recorded_by.name if row.recorded_by else "the system"
    sure = Confidence(row.confidence).label
    return f"From {Source(row.source).label}{which}, {sure}. Recorded by {who} at {moment(row.recorded_at)}"


@dataclass(frozen=True)
class Section:
    """Values of one sort: those that stand, the present ones first, and those that were withdrawn."""

    title: str
    values: tuple[Value, ...]

    @property
    def standing(self) -> tuple[Value, ...]:
        """Those that were not withdrawn."""
        return tuple(v for v in self.values if not v.withdrawn)

    @property
    def withdrawn(self) -> tuple[Value, ...]:
        """Those that were, with their reasons."""
        return tuple(v for v in self.values if v.withdrawn)


@dataclass(frozen=True)
class Quality:
    """How good the values are: how many stand, how many of them are unverified, how many contradict another."""

    values: int
    unverified: int
    conflicting: int


def quality(sections: Iterable[Section]) -> Quality:
    """The quality of all the values that stand in some sections."""
    found = [v for s in sections for v in s.standing]
    return Quality(len(found), sum(v.unverified for v in found), sum(v.conflicts for v in found))


def plain(text: str) -> str:
    """A text as it is compared: without capitals and without difference of blanks."""
    return " ".join(text.casefold().split())


def figures(text: str) -> str:
    """A number as it is compared: letters and figures alone."""
    return "".join(c for c in text.casefold() if c.isalnum())


def names(rows: Sequence[Name], today: dt.date) -> Section:
    """Names of every kind. Two different main names at one time are marked as conflicting."""
    made = [Value(n.kind, NameKind(n.kind).label, n.full, (n,), today) for n in rows]
    found = _marked(_once(made, plain), {NameKind.MAIN}, lambda a, b: plain(a.text) != plain(b.text))
    return Section("Names", tuple(sorted(found, key=lambda v: (not v.present, v.kind != NameKind.MAIN))))


def births(rows: Sequence[Birth], today: dt.date) -> Section:
    """Dates of birth and ages. Two that no one day satisfies are marked as conflicting."""
    made = [Value("birth", "", birth_words(b, today), (b,), today) for b in rows]
    return Section("Born", _marked(_once(made, plain), {"birth"}, _apart))


def details(rows: Sequence[Detail], today: dt.date) -> tuple[Section, ...]:
    """Details, a section each, in the order of their kinds; the two sorts of ethnicity stay apart."""
    made = [Value(d.kind, "", d.value, (d,), today) for d in rows]
    kinds: set[str] = {str(kind) for kind in SINGLE_DETAILS}
    marked = _marked(_once(made, plain), kinds, lambda a, b: plain(a.text) != plain(b.text))
    return tuple(
        Section(_heading(DetailKind(kind).label), tuple(v for v in marked if v.kind == kind))
        for kind in DetailKind.values
        if any(v.kind == kind for v in marked)
    )


def identifiers(rows: Sequence[Identifier], today: dt.date) -> Section:
    """Numbers given to a person. Two different ones of a scheme that gives one are marked as conflicting."""
    made = [Value(i.kind, IdentifierKind(i.kind).label, i.value, (i,), today) for i in rows]
    kinds: set[str] = {str(kind) for kind in SINGLE_NUMBERS}
    differ = _marked(_once(made, figures), kinds, lambda a, b: figures(a.text) != figures(b.text))
    return Section("Numbers", differ)


def _heading(label: str) -> str:
    return label[:1].upper() + label[1:]


def _once(made: Sequence[Value], compared: Callable[[str], str]) -> tuple[Value, ...]:
    """What is said more than once for one period is shown once, with every row that says it; present values first."""
    return once(made, lambda v: (v.kind, compared(v.text)))


def once(made: Sequence[Value], key: Callable[[Value], Hashable]) -> tuple[Value, ...]:
    """The values with those of one key, one period and one standing put together; present first, then the latest."""
    found: dict[Hashable, Value] = {}
    for value in sorted(made, key=lambda v: (v.rows[0].recorded_at, v.rows[0].id), reverse=True):
        row = value.rows[0]
        # Each withdrawal has its own reason, so withdrawn rows are not put together.
        which = (key(value), row.since, row.until, row.id if row.withdrawn_at else None)
        before = found.get(which)
        found[which] = value if before is None else replace(before, rows=before.rows + value.rows)
    return tuple(sorted(found.values(), key=_present_first))


def _present_first(value: Value) -> tuple[bool, int, int]:
    row = value.rows[0]
    began = row.since.toordinal() if row.since else 0
    return not value.present, -(row.until or dt.date.max).toordinal(), -began


def _marked(
    values: tuple[Value, ...], kinds: Iterable[str], differ: Callable[[Value, Value], bool]
) -> tuple[Value, ...]:
    """The values, with those marked that differ from another of their kind for a common time."""
    wanted = set(kinds)
    standing = [v for v in values if v.kind in wanted and not v.withdrawn]
    against = {
        id(a)
        for a in standing
        for b in standing
        if a is not b and a.kind == b.kind and _meet(a.rows[0], b.rows[0]) and differ(a, b)
    }
    return tuple(replace(v, conflicts=True) if id(v) in against else v for v in values)


def _meet(a: Sourced, b: Sourced) -> bool:
    first, last = dt.date.min, dt.date.max
    return (a.since or first) <= (b.until or last) and (b.since or first) <= (a.until or last)


def _apart(a: Value, b: Value) -> bool:
    """No day lies within both statements of birth."""
    one, other = a.rows[0], b.rows[0]
    return (
        isinstance(one, Birth)
        and isinstance(other, Birth)
        and (one.latest < other.earliest or other.latest < one.earliest)
    )
