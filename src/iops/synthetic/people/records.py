"""The same people recorded anew: the duplicates of a police system, with known truth.

One force was found to hold 1,867,000 person records for fewer than 600,000 people; here the number of further records
is a parameter. Each is typed afresh by somebody who did not find the first: with the errors of `errors.KINDS` at their
rates, some facts missing, an older address, another of the person's names. Records are numbered above every person
number, so that neither count depends on the other, and `identity` tells whose they truly are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from iops.foundation.errors import InvalidError
from iops.synthetic.people.batches import Addresses, Batch, Contacts, Names, Numbers, People, Table, texts
from iops.synthetic.people.errors import DATE_ERRORS, KINDS, NAME_ERRORS, TEXT_ERRORS, rate_of
from iops.synthetic.people.making import AS_AT, BATCH, MOST, check_asked, make_batch
from iops.synthetic.people.profiles import Address, Profile, profile
from iops.synthetic.people.randomness import many, single

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from random import Random

    from iops.synthetic.people.errors.names import Name

AnyTable = TypeVar("AnyTable", bound=Table)

RATE = 0.15
"""Further records for each person."""
MORE = 0.35
"""Of those who have a further record, the share who have another one still, and so on: a few have very many."""
LARGEST_RATE = 5.0
ROOM = 10 * BATCH
"""Record numbers set apart for the records of one batch of people."""
MISSING = {"date": 0.06, "address": 0.25, "phone": 0.3, "email": 0.6, "middle": 0.5}
"""Facts that a record typed anew leaves out."""
WRONG_SEX = 0.01


def make_records(count: int, seed: int, start: int = 0, *, rate: float = RATE, as_at: date = AS_AT) -> Iterator[Batch]:
    """Further records of people number `start`+1 to `count` of this seed, about `rate` for each, in batches.

    There is one batch (it may be empty) for each batch of people. InvalidError as for `make_people`, and for a rate
    that is negative or above 5.
    """
    check_asked(count, seed, start)
    check_rate(rate)
    numbers = range(start // BATCH, -(-count // BATCH) if start < count else 0)
    return (records_of(number, seed, rate, as_at, (start + 1, count)) for number in numbers)


def check_rate(rate: float) -> None:
    """InvalidError when so many further records for each person cannot be made."""
    if not 0 <= rate <= LARGEST_RATE:
        raise InvalidError(f"{rate} records for each person cannot be made.", mend=f"Ask for 0 to {LARGEST_RATE}.")


def records_of(number: int, seed: int, rate: float, as_at: date, of: tuple[int, int]) -> Batch:
    """The further records of batch `number` of people whose person numbers lie in `of`."""
    people = make_batch(number, seed, as_at)
    counts = _counts(number, seed, rate)
    clerk = _Clerk(as_at)
    filed = MOST + number * ROOM
    for row in np.flatnonzero(counts).tolist():
        person = int(people.people.person[row])
        wanted = of[0] <= person <= of[1]
        source, chance = (profile(people, row), single(seed, 3, person)) if wanted else (None, None)
        for _ in range(int(counts[row])):
            filed += 1
            if source and chance:
                clerk.record(filed, source, chance)
    return clerk.batch()


def _counts(number: int, seed: int, rate: float) -> Numbers:
    """How many further records each person of a batch has: none for most, many for a few; `rate` in the mean."""
    rng = many(seed, 2, number)
    run = np.minimum(rng.geometric(1 - MORE, BATCH), 20)
    # The mean length of a run is 1/(1-MORE); a rate above that makes runs longer for everybody.
    some = rate * (1 - MORE)
    whole, part = int(some), some - int(some)
    counts: Numbers = run * (whole + (rng.random(BATCH) < part))
    return counts


@dataclass
class _Clerk:
    """Who types the records of one batch."""

    as_at: date
    people: list[tuple[object, ...]] = field(default_factory=list)
    names: list[tuple[object, ...]] = field(default_factory=list)
    contacts: list[tuple[object, ...]] = field(default_factory=list)
    addresses: list[tuple[object, ...]] = field(default_factory=list)

    def record(self, number: int, source: Profile, chance: Random) -> None:
        """Type one record of a person anew."""
        first, last = self._born(source, chance)
        sex = {"M": "F", "F": "M"}[source.sex] if chance.random() < WRONG_SEX else source.sex
        self.people.append(
            (number, source.identity, source.household, source.community, source.tradition, sex, first, last)
        )
        self._name(number, source, chance)
        self._contacts(number, source, chance)
        self._address(number, source, chance)

    def _born(self, source: Profile, chance: Random) -> tuple[date | None, date | None]:
        if chance.random() < MISSING["date"]:
            return None, None
        first, last = source.born_first, source.born_last
        for kind in KINDS:
            if first and kind.about == "date" and chance.random() < kind.rate:
                return DATE_ERRORS[kind.name](first, self.as_at, chance)
        return first, last

    def _name(self, number: int, source: Profile, chance: Random) -> None:
        name = source.name
        middle = "" if chance.random() < MISSING["middle"] else name.middle
        for kind in KINDS:
            if kind.about == "name" and chance.random() < kind.rate:
                name = NAME_ERRORS[kind.name](name, chance)
        middle = "" if middle == name.given else middle
        self.names.append((number, "main", name.given, middle, name.family, full_name(name, middle)))

    def _contacts(self, number: int, source: Profile, chance: Random) -> None:
        for kind, value in source.phones:
            if chance.random() >= MISSING["phone"]:
                self._contact(number, kind, _mistyped("phone_digits_transposed", value, chance))
        if source.email and chance.random() >= MISSING["email"]:
            self._contact(number, "email", source.email)

    def _contact(self, number: int, kind: str, value: str) -> None:
        self.contacts.append((number, kind, value, self.as_at, None))

    def _address(self, number: int, source: Profile, chance: Random) -> None:
        if chance.random() < MISSING["address"]:
            return
        old = source.earlier and chance.random() < rate_of("old_address")
        place = chance.choice(source.earlier) if old else source.home
        if place:
            self.addresses.append((number, *_typed(place, chance)))

    def batch(self) -> Batch:
        """All that was typed, as columns."""
        return Batch(
            "records",
            _columns(People, self.people, "nnntttdd"),
            _columns(Names, self.names, "nttttt"),
            _columns(Contacts, self.contacts, "nttdd"),
            _columns(Addresses, self.addresses, "nddtttttnn"),
        )


def full_name(name: Name, middle: str = "") -> str:
    """A name as one line."""
    return " ".join(part for part in (name.given, middle, name.family) if part)


def _mistyped(kind: str, value: str, chance: Random) -> str:
    """A value with this kind of slip in it, at the kind's rate."""
    return TEXT_ERRORS[kind](value, chance) if chance.random() < rate_of(kind) else value


def _typed(place: Address, chance: Random) -> tuple[object, ...]:
    """An address typed anew: believed present whatever its true dates, at times with a slip in the postcode."""
    postcode = _mistyped("postcode_digit_slip", place.postcode, chance)
    where = (place.number, place.street, place.area, place.district, postcode, place.easting, place.northing)
    return (place.since, None, *where)


def _columns(table: type[AnyTable], rows: list[tuple[object, ...]], types: str) -> AnyTable:
    """Rows as the columns of a table: n whole numbers, t text, d days."""
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in types]
    made = [_column(values, kind) for values, kind in zip(columns, types, strict=True)]
    return table(*made)  # type: ignore[arg-type]


def _column(values: list[object], kind: str) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
    if kind == "t":
        return texts([str(value) for value in values])
    dtype = "int64" if kind == "n" else "datetime64[D]"
    return np.array(values, dtype=dtype)
