"""Reads people from a CSV file of any make: a mapping says which column holds what, or the names of the columns do.

A row that cannot be read is kept with the reason, never skipped: whoever called writes it to a file of rejects.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from iops.foundation.errors import InvalidError
from iops.pole.matching.batch import Record
from iops.pole.matching.dates import real
from iops.pole.matching.keys import key, keys
from iops.pole.matching.known import known
from iops.pole.matching.spelling import fold, words
from iops.rulebook.strict_yaml import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

csv.field_size_limit(10_000_000)
MISSING_WORDS = frozenset({"", "na", "n a", "nan", "none", "null", "nil", "unknown", "not known", "not stated"})
_GUESSES: dict[str, frozenset[str]] = {
    "id": frozenset({"id", "rec id", "record id", "unique id", "recid", "person id", "uid", "nominal id", "key"}),
    "given": frozenset({"given name", "given names", "first name", "firstname", "forename", "forenames", "given",
                        "fname", "forename1", "givenname", "middle name", "middle names", "forename2", "middlename"}),
    "family": frozenset({"surname", "family name", "last name", "lastname", "family", "lname", "familyname"}),
    "name": frozenset({"name", "full name", "fullname", "person name"}),
    "born": frozenset({"dob", "date of birth", "birth date", "birthdate", "dateofbirth", "born", "birth year", "yob",
                       "year of birth"}),
    "sex": frozenset({"sex", "gender"}),
    "postcode": frozenset({"postcode", "post code", "postal code", "zip", "zipcode", "zip code", "postcode fake"}),
    "address": frozenset({"address", "address 1", "address 2", "address 3", "address1", "address2", "street", "suburb",
                          "street number", "street name", "city", "town", "state", "county", "house number"}),
    "phone": frozenset({"phone", "telephone", "mobile", "phone number", "telephone number", "tel"}),
    "email": frozenset({"email", "e mail", "email address", "mail"}),
    "identifiers": frozenset({"soc sec id", "ssn", "nino", "national insurance number", "nhs number", "passport number",
                              "passport", "pnc id", "pncid", "licence number", "driving licence"}),
}  # fmt: skip
_DATE_PARTS = re.compile(r"(\d{1,4})[^0-9a-z]+(\d{1,2}|[a-z]{3,9})[^0-9a-z]+(\d{1,4})")
_MONTHS = {
    name: at + 1
    for at, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
}
_ORDERS = frozenset({"dmy", "mdy", "ymd"})


class ColumnsError(InvalidError):
    """The mapping of columns does not fit the file, or nothing in the file can be compared."""

    code = "columns"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what: by field, the names of its columns in order."""

    of: Mapping[str, tuple[str, ...]]
    order: str = "dmy"
    """How written dates of only digits and signs are to be read when they are not year first."""

    def text(self, row: Mapping[str, str | None], name: str) -> str:
        """All that a row says in the columns of a field, with one blank between."""
        return " ".join(filter(None, (told(row.get(column)) for column in self.of.get(name, ()))))


@dataclass(slots=True)
class File:
    """People read from a file, with the rows that could not be read and what was odd about others."""

    records: list[Record]
    columns: Columns
    rejects: list[tuple[int, str, list[str]]] = field(default_factory=list)
    """Line of the file (1 is the heading), reason, and the row as it stood."""
    unread_dates: int = 0


def told(text: str | None) -> str:
    """What a cell says; nothing when it says in words that it says nothing."""
    text = (text or "").strip()
    return "" if fold(text) in MISSING_WORDS else text


def columns_from(path: Path | None, heading: Sequence[str], side: str = "") -> Columns:
    """The mapping in a YAML file (its part `left` or `right` for two files of different make), or a guess."""
    if path is None:
        return guess(heading)
    found, lines = read_file(path)
    part = found.get(side, found)
    if not isinstance(part, dict):
        raise lines.error((side,), f'"{side}" holds no columns', mend="Write `field: column` below it.")
    order = part.get("order", "dmy")
    of: dict[str, tuple[str, ...]] = {}
    for name, value in part.items():
        if name in {"order", "left", "right"}:
            continue
        columns = [value] if isinstance(value, str) else value
        if name not in _GUESSES:
            raise lines.error((name,), f'"{name}" is no field', mend=f"Use one of {', '.join(_GUESSES)}, order.")
        if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
            raise lines.error((name,), f'"{name}" names no columns', mend="Write one column, or [one, another].")
        for column in columns:
            if column not in heading:
                mend = f"The file has: {', '.join(heading)}."
                raise lines.error((name,), f'there is no column "{column}"', mend=mend)
        of[name] = tuple(columns)
    if order not in _ORDERS:
        raise lines.error(("order",), f'"{order}" is no order of a date', mend="Write dmy, mdy or ymd.")
    return _useful(Columns(of, str(order)), heading)


def guess(heading: Sequence[str]) -> Columns:
    """What the names of the columns say they hold."""
    of = {
        name: columns
        for name, usual in _GUESSES.items()
        if (columns := tuple(column for column in heading if fold(column) in usual))
    }
    return _useful(Columns(of), heading)


def _useful(columns: Columns, heading: Sequence[str]) -> Columns:
    if not set(columns.of) - {"id", "sex"}:
        mend = f"Say in a mapping file which of these columns hold names and dates: {', '.join(heading)}."
        raise ColumnsError("Nothing in this file is known to describe a person.", mend=mend)
    return columns


def read(path: Path, mapping: Path | None = None, side: str = "") -> File:
    """Everybody in a CSV file. Raises ColumnsError when its columns hold no people."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        rows = csv.reader(stream, skipinitialspace=True)
        heading = [cell.strip() for cell in next(rows, [])]
        found = File([], columns_from(mapping, heading, side))
        seen: set[str] = set()
        for number, cells in enumerate(rows, start=2):
            if not cells:
                continue
            reason = _take(found, number, heading, cells, seen)
            if reason:
                found.rejects.append((number, reason, cells))
    return found


def _take(found: File, number: int, heading: Sequence[str], cells: Sequence[str], seen: set[str]) -> str:
    """Add the record of one row, or say why not."""
    if len(cells) != len(heading):
        return f"{len(cells)} cells where the heading has {len(heading)}"
    row = dict(zip(heading, cells, strict=True))
    name = found.columns.text(row, "id") or f"row {number}"
    if name in seen:
        return f'the id "{name}" was there before'
    seen.add(name)
    record, dated = record_of(name, row, found.columns)
    found.unread_dates += not dated
    if not record.keys:
        return "it says nothing that could be compared"
    found.records.append(record)
    return ""


def record_of(name: str, row: Mapping[str, str | None], columns: Columns) -> tuple[Record, bool]:
    """One row made ready, and whether its date of birth could be read (or is not there)."""
    given, family = columns.text(row, "given"), columns.text(row, "family")
    names = [(given, family)] if given or family else [(columns.text(row, "name"), "")]
    born, written = read_date(columns.text(row, "born"), columns.order)
    postcodes = [columns.text(row, "postcode")]
    phones = _each(row, columns, "phone")
    emails = _each(row, columns, "email")
    person = known(
        names,
        born,
        columns.text(row, "sex"),
        postcodes,
        [columns.text(row, "address")],
        phones,
        emails,
        [(column, told(row.get(column))) for column in columns.of.get("identifiers", ())],
        written,
    )
    extra = [
        *_doors(columns.text(row, "address")),
        *(f"b|{day}" for day in written),
        *(f"i|{kind}|{number}" for kind, number in person.identifiers),
    ]
    made = {*keys(names, born, postcodes, phones, emails), *map(key, extra)}
    return Record(name, person, tuple(sorted(made))), bool(born or written or not columns.text(row, "born"))


def _doors(address: str) -> Iterator[str]:
    """Number and street, as far as the first word of each: 14 church."""
    found = words(address)
    yield from (f"a|{number}|{street}" for number, street in pairwise(found) if number[0].isdigit())


def _each(row: Mapping[str, str | None], columns: Columns, name: str) -> list[str]:
    return [text for column in columns.of.get(name, ()) if (text := told(row.get(column)))]


def read_date(text: str, order: str = "dmy") -> tuple[list[tuple[dt.date, dt.date]], list[str]]:
    """A date of birth: the range of days it may be, or its eight digits when no calendar has it. Both empty: unread."""
    digits = _eight_digits(text.strip().lower(), order)
    if digits and (day := real(digits)):
        return [(day, day)], []
    if digits:
        return [], [digits]
    if re.fullmatch(r"\d{4}", text.strip()) and (first := real(f"{text.strip()}0101")):
        return [(first, dt.date(first.year, 12, 31))], []
    return [], []


def _eight_digits(text: str, order: str) -> str:
    if re.fullmatch(r"\d{8}", text):
        return text
    parts = _DATE_PARTS.match(text)
    if parts is None:
        return ""
    one, middle, last = parts.groups()
    if middle.isalpha():
        middle, order = str(_MONTHS.get(middle[:3], 0)), "ymd" if len(one) == len("1985") else "dmy"
    if len(one) == len("1985"):
        order = "ymd"
    year, month, day = {"ymd": (one, middle, last), "dmy": (last, middle, one), "mdy": (last, one, middle)}[order]
    return f"{year}{month:0>2}{day:0>2}" if len(year) == len("1985") and len(day) <= len("31") else ""


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a small CSV file, such as one of labels."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        for row in csv.DictReader(stream, skipinitialspace=True):
            yield {str(name).strip(): str(value or "").strip() for name, value in row.items() if name}
