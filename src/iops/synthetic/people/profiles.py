"""One person at a time: all that a batch holds of somebody, gathered from its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from iops.synthetic.people.errors.names import Name

if TYPE_CHECKING:
    from datetime import date

    from iops.synthetic.people.batches import Batch


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives (`until` is None) or lived."""

    since: date
    until: date | None
    number: str
    street: str
    area: str
    district: str
    postcode: str
    easting: int
    northing: int


@dataclass(frozen=True, slots=True)
class Profile:
    """One person record; `names` holds (kind, given, middle, family, full), the main one first in `name`."""

    person: int
    identity: int
    household: int
    community: str
    tradition: str
    sex: str
    born_first: date | None
    born_last: date | None
    names: tuple[tuple[str, str, str, str, str], ...]
    phones: tuple[tuple[str, str], ...]
    email: str | None
    addresses: tuple[Address, ...]

    @property
    def name(self) -> Name:
        """The main name, with the others by kind; for people stored in their own script, the name in Latin letters."""
        latin = next((n for n in self.names if n[0] == "alias" and not self.names[0][1].isascii()), None)
        kind, given, middle, family, _ = latin if latin and self.stored_in_own_script else self.main
        others = {n[0]: (n[1], n[3]) for n in self.names if n[0] not in {"main", "own_script", kind}}
        return Name(given, family, middle, others)

    @property
    def main(self) -> tuple[str, str, str, str, str]:
        """The name that the record is filed under."""
        return next(n for n in self.names if n[0] == "main")

    @property
    def stored_in_own_script(self) -> bool:
        """Whether the main name is not in Latin letters."""
        first = self.main[1][:1] or self.main[3][:1]
        return first > "\u024f" and not "\u1e00" <= first <= "\u1eff"

    @property
    def home(self) -> Address | None:
        """The present address."""
        return next((a for a in self.addresses if a.until is None), None)

    @property
    def earlier(self) -> tuple[Address, ...]:
        """The addresses before."""
        return tuple(a for a in self.addresses if a.until is not None)


def profile(batch: Batch, row: int) -> Profile:
    """The person in a row of the batch's people."""
    person = int(batch.people.person[row])
    names, contacts, places = (
        list(table.take(table.of(person)).rows()) for table in (batch.names, batch.contacts, batch.addresses)
    )
    # Columns of a batch hold what their declared types say; the rows come out untyped.
    facts = cast(
        "tuple[int, int, int, str, str, str, date | None, date | None]",
        next(batch.people.take(slice(row, row + 1)).rows()),
    )
    return Profile(
        *facts,
        names=tuple(cast("tuple[str, str, str, str, str]", tuple(n[1:])) for n in names),
        phones=tuple((str(c[1]), str(c[2])) for c in contacts if c[1] != "email"),
        email=next((str(c[2]) for c in contacts if c[1] == "email"), None),
        addresses=tuple(Address(*a[1:]) for a in places),  # type: ignore[arg-type]
    )
