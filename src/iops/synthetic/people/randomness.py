"""Where chance comes from: everything made here follows from a seed, so that any part can be made alone, and again.

The same seed gives the same bytes with the same releases of numpy and faker, which the requirements lock. None of it is
fit for a secret.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    import numpy.typing as npt

LARGEST_SEED = 2**63 - 1


def many(seed: int, *place: int) -> np.random.Generator:
    """Draws of many values at once for one place (what is made, which batch)."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([check_seed(seed), *place])))


def single(seed: int, *place: int) -> random.Random:
    """Draws of one value at a time for one place."""
    words = np.random.SeedSequence([check_seed(seed), *place]).generate_state(4).tolist()
    return random.Random(sum(word << (32 * k) for k, word in enumerate(words)))  # noqa: S311 - made-up data, no secret


def check_seed(seed: int) -> int:
    """The seed, when it is one; InvalidError otherwise."""
    if not 0 <= seed <= LARGEST_SEED:
        raise InvalidError(f"{seed} cannot be a seed.", mend=f"Give a whole number from 0 to {LARGEST_SEED}.")
    return seed


def pick(rng: np.random.Generator, steps: npt.NDArray[np.float64], size: int) -> npt.NDArray[np.intp]:
    """Positions drawn by cumulative shares."""
    return np.searchsorted(steps, rng.random(size), side="right")
