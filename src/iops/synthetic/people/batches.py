"""What the generator hands over: plain columns, a batch at a time, that know nothing of any database.

Every batch is made up and says so. Columns of one table have the same length and are sorted by person number. Days are
calendar days of the United Kingdom without a time zone; a missing day (NaT) in `until` means "still so".
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

Text = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length, sorted by `person`."""

    person: Numbers

    def __len__(self) -> int:
        return len(self.person)

    def columns(self) -> list[npt.NDArray[np.generic]]:
        """The columns in the order in which they are declared."""
        return [getattr(self, field.name) for field in fields(self)]

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Rows of plain Python values; a missing day is None."""
        return zip(*(column.tolist() for column in self.columns()), strict=True)

    def take(self, which: npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice) -> Self:
        """The same table with only these rows."""
        return type(self)(*(column[which] for column in self.columns()))  # type: ignore[arg-type]

    def of(self, person: int) -> slice:
        """Where the rows of one person are."""
        first, after = np.searchsorted(self.person, [person, person + 1])
        return slice(int(first), int(after))


@dataclass(frozen=True, slots=True)
class People(Table):
    """One row a person record.

    `identity` is the number of the true person behind the record, known only because all of this is made up. Born on
    one day of `born_first` to `born_last`: the same day where the date is known, a span where only a year or an age is.
    """

    identity: Numbers
    household: Numbers
    community: Text
    tradition: Text
    sex: Text
    born_first: Days
    born_last: Days


@dataclass(frozen=True, slots=True)
class Names(Table):
    """One row a name: `kind` is main, alias, maiden, nickname or own_script; a mononym has an empty `family`.

    A maiden name is the family name at birth of anybody who bears another now.
    """

    kind: Text
    given: Text
    middle: Text
    family: Text
    full: Text


@dataclass(frozen=True, slots=True)
class Contacts(Table):
    """One row a contact detail: `kind` is mobile, landline or email; telephone numbers are in E.164."""

    kind: Text
    value: Text
    since: Days
    until: Days


@dataclass(frozen=True, slots=True)
class Addresses(Table):
    """One row an address of a person; `until` is missing for where they live now. Grid positions are whole metres."""

    since: Days
    until: Days
    number: Text
    street: Text
    area: Text
    district: Text
    postcode: Text
    easting: Numbers
    northing: Numbers


@dataclass(frozen=True, slots=True)
class Batch:
    """Some people (`kind` people) or further records of people already made (`kind` records); always made up."""

    kind: str
    people: People
    names: Names
    contacts: Contacts
    addresses: Addresses
    made_up: Literal[True] = True

    def __len__(self) -> int:
        return len(self.people)

    def between(self, first: int, last: int) -> Batch:
        """The same batch with only the person numbers from `first` to `last`, both included."""
        tables = (self.people, self.names, self.contacts, self.addresses)
        cut = [table.take((table.person >= first) & (table.person <= last)) for table in tables]
        return Batch(self.kind, *cut)  # type: ignore[arg-type]


def texts(values: list[str]) -> Text:
    """A column of text; an empty list gives an empty column."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def by_person(*parts: tuple[npt.NDArray[np.generic], ...]) -> list[npt.NDArray[np.generic]]:
    """Columns of several parts put together and sorted by the first column, rows of one person in the order given."""
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return [column[order] for column in columns]


def words(text: str) -> list[str]:
    """The words of a text, for lists that read better without quotation marks."""
    return text.split()
