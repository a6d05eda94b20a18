"""A whole made-up population: people and further records of them, made anew each time it is walked through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.synthetic.people.making import AS_AT, check_asked, make_people
from iops.synthetic.people.records import RATE, check_rate, make_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from iops.synthetic.people.batches import Batch


@dataclass(frozen=True, slots=True)
class Population:
    """`count` people of a seed and about `rate` further records for each; nothing is kept in memory.

    Can be walked through any number of times with the same result: all people first, then all records.
    """

    count: int
    seed: int
    rate: float = RATE
    as_at: date = AS_AT

    def __post_init__(self) -> None:
        check_asked(self.count, self.seed, 0)
        check_rate(self.rate)

    def people(self) -> Iterator[Batch]:
        """The people alone, without the further records of them."""
        return make_people(self.count, self.seed, as_at=self.as_at)

    def __iter__(self) -> Iterator[Batch]:
        yield from self.people()
        if self.rate:
            yield from make_records(self.count, self.seed, rate=self.rate, as_at=self.as_at)
