"""Who else fits a query: people who share all that is asked, so that no search could tell them from the one meant."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from anyascii import anyascii

from iops.synthetic.people.profiles import Profile, profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from iops.synthetic.people.batches import Batch, Numbers
    from iops.synthetic.people.queries.asking import Asked

Pair = tuple[str, str]


@cache
def plain(name: str) -> str:
    """A name by which two spellings count as the same: small Latin letters and nothing else."""
    return "".join(filter(str.isalnum, name if name.isascii() else anyascii(name))).lower()


class Fitting:
    """Collects, batch by batch, who fits each query and which records belong to whom."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self.asked = asked
        self.by_name: dict[Pair, list[int]] = defaultdict(list)
        for number, query in enumerate(asked):
            for given, family in query.names:
                self.by_name[plain(given), plain(family)].append(number)
        self.fits: list[set[int]] = [set() for _ in asked]
        """For each query the true identities that fit it."""
        self._identity: list[Numbers] = []
        self._person: list[Numbers] = []

    def see(self, batch: Batch) -> None:
        """Compare all people or records of a batch with all queries."""
        self._identity.append(batch.people.identity)
        self._person.append(batch.people.person)
        for person, queries in self._named(batch).items():
            row = int(np.searchsorted(batch.people.person, person))
            self._compare(profile(batch, row), queries)

    def _named(self, batch: Batch) -> dict[int, set[int]]:
        """Queries that have the name of somebody in the batch, by person number."""
        found: dict[int, set[int]] = defaultdict(set)
        columns = (batch.names.person, batch.names.given, batch.names.family)
        for person, given, family in zip(*(column.tolist() for column in columns), strict=True):
            first, last = plain(given), plain(family)
            for pair in ((first, last), (first[:1], last)):
                if pair in self.by_name:
                    found[person].update(self.by_name[pair])
        return found

    def _compare(self, person: Profile, queries: Iterable[int]) -> None:
        facts = facts_of(person)
        for number in queries:
            query = self.asked[number]
            if not facts.isdisjoint(query.facts) and _born_in(person, query.born):
                self.fits[number].add(person.identity)

    def records(self) -> dict[int, tuple[int, ...]]:
        """The person numbers of each identity that fits any query or is meant by one."""
        wanted = set[int]().union(*self.fits, (query.person.identity for query in self.asked))
        identity = np.concatenate(self._identity) if self._identity else np.empty(0, dtype=np.int64)
        person = np.concatenate(self._person) if self._person else identity
        which = np.isin(identity, np.array(sorted(wanted), dtype=np.int64))
        found: dict[int, list[int]] = defaultdict(list)
        for true, number in zip(identity[which].tolist(), person[which].tolist(), strict=True):
            found[true].append(number)
        return {true: tuple(sorted(numbers)) for true, numbers in found.items()}


def facts_of(person: Profile) -> set[tuple[str, object]]:
    """All that could be asked about a person, beside the name, in the form of `Asked.facts`."""
    facts: set[tuple[str, object]] = {("phone", value) for _, value in person.phones}
    born = person.born_first
    for place in person.addresses:
        facts |= {("at", (place.number, place.street)), ("postcode", place.postcode)}
        if born:
            facts |= {("in", (born.year, area)) for area in (place.district, place.area)}
    if born and born == person.born_last:
        facts.add(("born", born))
    return facts


def _born_in(person: Profile, span: tuple[date, date] | None) -> bool:
    """Whether a person may be born within a span of days; true where no span is asked."""
    if span is None:
        return True
    first, last = person.born_first, person.born_last
    return bool(first and last and first <= span[1] and last >= span[0])
