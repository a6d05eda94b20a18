"""The draw that anybody can make again: from a frozen population and a root nobody could choose follows the sample.

Pure functions. The fingerprint is over the strata with the ids of their closures; the seed over the fingerprint and the
root of the seal of history that covers the frozen population; the order of a stratum is that of the SHA-256 of seed and
id. Whoever has the record of an audit needs nothing but SHA-256 to draw again.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def fingerprint(strata: Mapping[str, Sequence[int]]) -> str:
    """SHA-256 in hex over the strata by name, each with its ids in order: "N/domestic:3,7,9" and a line break."""
    lines = (f"{name}:{','.join(str(i) for i in sorted(strata[name]))}\n" for name in sorted(strata))
    return sha256("".join(lines).encode()).hexdigest()


def seed(of_population: str, root: str) -> str:
    """The seed of a draw, in hex: SHA-256 over the fingerprint and the root of the seal, each on a line."""
    return sha256(f"{of_population}\n{root}\n".encode()).hexdigest()


def order(by_seed: str, ids: Iterable[int]) -> list[int]:
    """The ids in the order in which they are drawn."""
    return sorted(ids, key=lambda i: (sha256(f"{by_seed}:{i}".encode()).digest(), i))


def draw(by_seed: str, strata: Mapping[str, Sequence[int]], sizes: Mapping[str, int]) -> dict[str, list[int]]:
    """Of each stratum the first so many in the order of the seed."""
    return {name: order(by_seed, ids)[: sizes.get(name, 0)] for name, ids in strata.items()}
