"""Households and ages: who lives together, how old they are, who is whose child.

Sizes of households and the age pyramid follow the Census of 2021 for Greater Manchester in rough shares (about 20 %
under 16, 64 % of 16 to 64, 16 % of 65 and over); shares of kinds of household are estimates of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from iops.synthetic.people.batches import Numbers

SIZES = (0.30, 0.33, 0.16, 0.13, 0.05, 0.03)
"""Households of one to six people; the mean is 2.4."""
COUPLES = (0.0, 0.68, 0.72, 0.85, 0.85, 0.85)
"""Households of each size that are led by a couple; the others of two or more are a lone parent or sharers."""
SHARERS = 0.16
"""Households of two or more without a couple that are sharers: a house share, lodgers, friends."""
SAME_SEX = 0.02
OLDEST = 100
YEAR = 365.2425
ROLE_HEAD, ROLE_PARTNER, ROLE_CHILD, ROLE_SHARER = range(4)

HEAD_AGES = {"one": ((22, 40, 60, 76), (5, 9, 9, 9)), "two": ((25, 40, 60, 72), (4, 8, 8, 8))}
HEAD_SHARES = {"one": (0.16, 0.36, 0.62, 1.0), "two": (0.18, 0.34, 0.62, 1.0)}


@dataclass(frozen=True, slots=True)
class Members:
    """One row a person, in the order of households: place in the household, role, sex (True: woman) and age in days."""

    household: Numbers
    role: Numbers
    woman: npt.NDArray[np.bool_]
    age: Numbers
    head: Numbers
    """The row of the person's head of household."""


def members(rng: np.random.Generator, count: int) -> Members:
    """Exactly `count` people in households; the last household may be cut short."""
    sizes = _sizes(rng, count)
    household = np.repeat(np.arange(len(sizes)), sizes)[:count]
    first = np.cumsum(sizes) - sizes
    place = np.arange(count) - first[household]
    couple = rng.random(len(sizes)) < np.array(COUPLES)[sizes - 1]
    sharers = ~couple & (rng.random(len(sizes)) < SHARERS)
    role = _roles(place, couple[household], sharers[household])
    head = first[household]
    woman = _sexes(rng, role, head, couple[household])
    return Members(household, role, woman, _ages(rng, role, head, sizes[household]), head)


def _sizes(rng: np.random.Generator, count: int) -> Numbers:
    """Sizes of households enough to hold `count` people."""
    drawn = np.searchsorted(np.cumsum(SIZES), rng.random(count), side="right") + 1
    needed = int(np.searchsorted(np.cumsum(drawn), count)) + 1
    return drawn[:needed].astype(np.int64)


def _roles(place: Numbers, couple: npt.NDArray[np.bool_], sharers: npt.NDArray[np.bool_]) -> Numbers:
    others = np.where(sharers, ROLE_SHARER, ROLE_CHILD)
    return np.select([place == 0, couple & (place == 1)], [ROLE_HEAD, ROLE_PARTNER], others).astype(np.int64)


def _sexes(
    rng: np.random.Generator, role: Numbers, head: Numbers, couple: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Nine couples' heads in ten are men (so that wives who took a name are the partner); lone heads are of any sex."""
    woman = rng.random(len(role)) < 0.51  # noqa: PLR2004 - women at the Census
    leads_couple = couple & (role == ROLE_HEAD)
    woman[leads_couple] = rng.random(int(leads_couple.sum())) < 0.1  # noqa: PLR2004 - see above
    partner = role == ROLE_PARTNER
    woman[partner] = ~woman[head[partner]] ^ (rng.random(int(partner.sum())) < SAME_SEX)
    return woman


def _ages(rng: np.random.Generator, role: Numbers, head: Numbers, size: Numbers) -> Numbers:
    """Ages in days: partners near the head's, children a generation below, grown-up children among them."""
    count = len(role)
    years = np.where(size == 1, _head_ages(rng, count, "one"), _head_ages(rng, count, "two"))
    years = np.where(size >= 3, np.clip(rng.normal(43, 11, count), 19, 85), years)  # noqa: PLR2004 - families
    partner = role == ROLE_PARTNER
    years[partner] = np.maximum(years[head[partner]] + rng.normal(-2, 4, int(partner.sum())), 17)
    child = role == ROLE_CHILD
    gap = np.clip(rng.normal(29, 5.5, int(child.sum())), 16, 48)
    # A head too young for the gap has a baby rather than a child of negative age.
    years[child] = np.maximum(years[head[child]] - gap, rng.random(int(child.sum())) * 3)
    sharer = role == ROLE_SHARER
    years[sharer] = np.clip(years[head[sharer]] + rng.normal(0, 5, int(sharer.sum())), 18, 75)
    days: Numbers = (np.clip(years, 0, OLDEST) * YEAR).astype(np.int64)
    return days + rng.integers(0, 365, count)


def _head_ages(rng: np.random.Generator, count: int, kind: str) -> npt.NDArray[np.float64]:
    middles, spreads = HEAD_AGES[kind]
    which = np.searchsorted(HEAD_SHARES[kind], rng.random(count), side="right")
    ages: npt.NDArray[np.float64] = np.clip(
        np.array(middles)[which] + rng.normal(0, 1, count) * np.array(spreads)[which], 18, 99
    )
    return ages
