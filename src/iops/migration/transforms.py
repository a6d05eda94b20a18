"""Turns the fields of one source row into the facts of one contact and its incident, as a mapping says.

A row that cannot be turned is rejected with a reason; nothing is cut, guessed or dropped to make it fit.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from iops.foundation.errors import InvalidError
from iops.migration.mapping import (
    Codes,
    DistrictField,
    GradeField,
    Mapping,
    Moment,
    Repeated,
    Skipped,
    TextField,
    YesNo,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from iops.migration.mapping import Lookup

LONGEST: Final = {"where": 300, "what": 20_000, "category": 80, "log": 20_000, "source_key": 120}
"""Characters that the facts hold; a longer text rejects the row rather than being cut."""
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LARGEST_LOOKUP: Final = 4 * 1024 * 1024

Row = tuple[str, ...]


class RejectedError(Exception):
    """A row cannot be taken; the message is the reason kept in the ledger, without the row's own content."""


class Staged(NamedTuple):
    """The facts of one row, ready to be opened as an incident; moments are UTC."""

    source_key: str
    reported_at: datetime
    where: str
    what: str
    category: str
    district_code: str
    district_name: str
    domestic: bool
    crime_reported: bool
    grade: int | None
    log: str


@dataclass(frozen=True)
class Transform:
    """A mapping made ready to work: `key` names a row, `facts` turns it (raises RejectedError)."""

    key: Callable[[Row, UUID], str]
    facts: Callable[[Row, UUID], Staged]


def row_hash(fields: Row) -> UUID:
    """The name of a whole row: the first 128 bits of SHA-256 over its fields, each with its length before it."""
    return _hash("".join(f"{len(field)}:{field}" for field in fields).encode())


def raw_hash(raw: bytes) -> UUID:
    """The name of a row that could not even be taken apart."""
    return _hash(b"raw:" + raw)


def _hash(content: bytes) -> UUID:
    return UUID(bytes=hashlib.sha256(content).digest()[:16])


def transform(mapping: Mapping, folder: Path, *, latest: datetime) -> Transform:
    """Make a mapping ready for an extract in `folder`, where its look-ups lie too.

    `latest` is the present moment: a report that lies after it is rejected. Raises InvalidError when a look-up cannot
    be read.
    """
    build = _Builder(mapping, {entry.name: read_lookup(entry, folder) for entry in mapping.lookups})
    fields = mapping.fields
    key, moment, district = build.key(), build.moment(fields.reported_at, latest), build.district(fields.district)
    where, what = build.text("where", fields.where), build.text("what", fields.what)
    category, log = build.text("category", fields.category), build.text("log", fields.log)
    domestic = build.yes_no("domestic", fields.domestic)
    crime, grade = build.yes_no("crime_reported", fields.crime_reported), build.grade(fields.grade)

    def facts(row: Row, whole: UUID) -> Staged:
        code, name = district(row)
        return Staged(
            key(row, whole), moment(row), where(row), what(row), category(row), code, name,
            domestic(row), crime(row), grade(row), log(row),
        )  # fmt: skip

    return Transform(key, facts)


def read_lookup(lookup: Lookup, folder: Path) -> dict[str, str]:
    """The codes of a look-up file and their meanings. Raises InvalidError when it is not there or not as declared."""
    path = folder / lookup.file
    mend = f"Put {lookup.file} beside the extract; it needs the columns {lookup.key!r} and {lookup.value!r}."
    if not path.is_file() or path.stat().st_size > LARGEST_LOOKUP:
        raise InvalidError(f"The look-up file {lookup.file} is not there, or is too large.", mend=mend)
    try:
        text = path.read_text(encoding=lookup.encoding).removeprefix("\ufeff")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        return {row[lookup.key].strip(): (row[lookup.value] or "").strip() for row in rows}
    except (UnicodeDecodeError, csv.Error, KeyError) as error:
        raise InvalidError(f"The look-up file {lookup.file} cannot be read: {error}", mend=mend) from error


class _Builder:
    """Makes one small function a field, so that the mapping is looked at once and not once a row."""

    def __init__(self, mapping: Mapping, lookups: dict[str, dict[str, str]]) -> None:
        self.mapping = mapping
        self.lookups = lookups
        self.at = {name: number for number, name in enumerate(mapping.layout.columns)}

    def key(self) -> Callable[[Row, UUID], str]:
        if self.mapping.key is None:
            return lambda _, whole: whole.hex
        at, column = self.at[self.mapping.key], self.mapping.key

        def key(row: Row, _: UUID) -> str:
            value = row[at].strip()
            if not value:
                raise RejectedError(f"the key {column} is empty")
            return _fits("source_key", value)

        return key

    def moment(self, spec: Moment, latest: datetime) -> Callable[[Row], datetime]:
        at = self.at[spec.column]

        @lru_cache(maxsize=100_000)
        def read(value: str) -> datetime:
            moment = wall_time(value, spec)
            if moment > latest:
                raise RejectedError(f"{spec.column} lies ahead")
            if moment < EARLIEST:
                raise RejectedError(f"{spec.column} lies before {EARLIEST.year}")
            return moment

        return lambda row: read(row[at].strip())

    def text(self, what: str, spec: TextField | None) -> Callable[[Row], str]:
        if spec is None:
            return lambda _: ""
        pieces = [
            (self.at[p.column], p.blank, p.before, self.lookups[p.lookup] if p.lookup else None) for p in spec.parts
        ]

        def text(row: Row) -> str:
            said: list[str] = []
            for at, blank, before, meanings in pieces:
                value = row[at].strip()
                if value and value not in blank:
                    said.append(before + (meanings.get(value) or value if meanings is not None else value))
            if said:
                return _fits(what, spec.before + spec.by.join(said))
            if spec.empty is None:
                raise RejectedError(f"{what} is empty")
            return spec.empty

        return text

    def district(self, spec: DistrictField) -> Callable[[Row], tuple[str, str]]:
        at = self.at[spec.column]

        def district(row: Row) -> tuple[str, str]:
            value = row[at].strip()
            found = spec.pattern.fullmatch(value)
            code = (found.group(1) if found.re.groups else value) if found else spec.unknown
            if code is None:
                raise RejectedError(
                    f"{spec.column} is empty" if not value else f"{spec.column} names no known district"
                )
            if len(spec.prefix + code) > 12:  # noqa: PLR2004 - the code of a district
                raise RejectedError(f"{spec.column} is too long for the code of a district")
            return spec.prefix + code, spec.name.format(code)

        return district

    def yes_no(self, what: str, spec: YesNo) -> Callable[[Row], bool]:
        if spec.always is not None:
            always = spec.always
            return lambda _: always
        at, yes, no = self.at[spec.column], spec.yes, spec.no

        def answer(row: Row) -> bool:
            value = row[at].strip()
            if yes is not None and value in yes:
                return True
            if no is not None and value in no:
                return False
            if yes is not None and no is not None:
                raise RejectedError(f"{spec.column} says neither yes nor no to {what}")
            return yes is None

        return answer

    def grade(self, spec: GradeField | None) -> Callable[[Row], int | None]:
        if spec is None:
            return lambda _: None
        lists: Sequence[tuple[int, Codes]] = [(self.at[c.column], c) for c in spec.first]

        def grade(row: Row) -> int | None:
            for at, known in lists:
                found = known.codes.get(row[at].strip())
                if found is not None:
                    return found
            if spec.reject_unknown:
                raise RejectedError(f"{spec.first[-1].column} gives no grade")
            return spec.unknown

        return grade


def wall_time(value: str, spec: Moment) -> datetime:
    """The UTC moment of a wall time of the source. Raises RejectedError for what no clock there ever showed."""
    try:
        wall = datetime.strptime(value, spec.format)  # noqa: DTZ007 - the zone is the mapping's
        first = wall.replace(tzinfo=spec.zone, fold=0)
        moment = first.replace(fold=int(spec.repeated is Repeated.SECOND)).astimezone(UTC)
        if first.astimezone(UTC).astimezone(spec.zone).replace(tzinfo=None) == wall:
            return moment
    except (ValueError, OverflowError):
        raise RejectedError(f"{spec.column} is not a time as the mapping describes it") from None
    if spec.skipped is Skipped.REJECT:
        raise RejectedError(f"{spec.column} is a time that the clock change skipped")
    return first.astimezone(UTC)


def _fits(what: str, text: str) -> str:
    if len(text) > LONGEST[what]:
        raise RejectedError(f"{what} is longer than {LONGEST[what]:,} characters")
    return text
