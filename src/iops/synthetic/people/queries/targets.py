"""Whom the queries ask for: people drawn evenly from the whole population, by what an error needs in them.

An accent can only be lost from a name that has one. For each such trait a fixed number of people is drawn evenly from
all who have it, in one walk through the population and with little memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from iops.synthetic.people.nicknames import long_forms, nicknames
from iops.synthetic.people.profiles import Profile, profile
from iops.synthetic.people.randomness import many
from iops.synthetic.people.transliterations import variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from iops.synthetic.people.batches import Batch, Table

    Mask = npt.NDArray[np.bool_]

ANY = "any"
NEEDS: Mapping[str, str] = {
    "diacritics_lost": "accented",
    "transliteration_variant": "transliterated",
    "double_barrel_half": "in_halves",
    "hyphen_or_blank": "in_halves",
    "middle_as_first": "middle",
    "nickname": "has_nickname",
    "maiden_for_married": "maiden",
    "alias": "alias",
    "old_address": "moved",
    "phone_written": "phone",
    "phone_digits_transposed": "phone",
}
"""The trait that a kind of error needs in a person; other kinds need none."""


@dataclass
class _Sample:
    """The people with the smallest marks among those seen: an even draw, whatever their number."""

    size: int
    marks: list[tuple[float, int]] = field(default_factory=list)

    def offer(self, marks: npt.NDArray[np.float64], person: npt.NDArray[np.int64]) -> set[int]:
        """See some more people; the numbers of those who are in the sample now."""
        order = np.argsort(marks, kind="stable")[: self.size]
        new = list(zip(marks[order].tolist(), person[order].tolist(), strict=True))
        self.marks = sorted(self.marks + new)[: self.size]
        kept = {number for _, number in self.marks}
        return kept & {number for _, number in new}


def draw_targets(people: Iterable[Batch], sizes: Mapping[str, int], seed: int) -> dict[str, list[Profile]]:
    """For each trait of `sizes` that many people who have it (fewer where there are fewer), in random order."""
    samples = {trait: _Sample(size) for trait, size in sizes.items()}
    found: dict[int, Profile] = {}
    for number, batch in enumerate(b for b in people if b.kind == "people"):
        kept: set[int] = set()
        for place, (trait, sample) in enumerate(samples.items()):
            marks, who = many(seed, 5, number, place).random(len(batch)), _having(trait, batch)
            kept |= sample.offer(marks[who], batch.people.person[who])
        for row in np.flatnonzero(np.isin(batch.people.person, list(kept))).tolist():
            found[int(batch.people.person[row])] = profile(batch, row)
        found = _only(found, samples.values())
    return {trait: [found[number] for _, number in sample.marks] for trait, sample in samples.items()}


def _only(found: dict[int, Profile], samples: Iterable[_Sample]) -> dict[int, Profile]:
    wanted = {number for sample in samples for _, number in sample.marks}
    return {number: person for number, person in found.items() if number in wanted}


def _having(trait: str, batch: Batch) -> Mask:
    """Which people of a batch have a trait."""
    names, people = batch.names, batch.people.person
    main = names.take(names.kind == "main")
    rows = zip(main.given.tolist(), main.middle.tolist(), main.family.tolist(), strict=True)
    if trait == "accented":
        return np.array([not (g.isascii() and f.isascii()) for g, _, f in rows], dtype=bool)
    if trait == "transliterated":
        known = variants()
        return np.array([g.lower() in known or f.lower() in known for g, _, f in rows], dtype=bool)
    if trait == "in_halves":
        return np.array(["-" in f or " " in f for _, _, f in rows], dtype=bool)
    if trait == "middle":
        return np.array([bool(m) for _, m, _ in rows], dtype=bool)
    if trait == "has_nickname":
        return np.array([bool(nicknames(g) or long_forms(g)) for g, _, _ in rows], dtype=bool)
    return _having_rows(trait, batch, people)


def _having_rows(trait: str, batch: Batch, people: npt.NDArray[np.int64]) -> Mask:
    tables: dict[str, tuple[Table, Mask]] = {
        "maiden": (batch.names, batch.names.kind == "maiden"),
        "alias": (batch.names, batch.names.kind == "alias"),
        "moved": (batch.addresses, ~np.isnat(batch.addresses.until)),
        "phone": (batch.contacts, batch.contacts.kind != "email"),
    }
    if trait not in tables:
        return np.ones(len(people), dtype=bool)
    table, rows = tables[trait]
    return np.isin(people, table.person[rows])
