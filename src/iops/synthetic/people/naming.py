"""Names of the members of households: shared, kept, taken, joined and handed down, as families do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iops.synthetic.people.batches import Numbers, Text, texts
from iops.synthetic.people.communities import TRADITIONS
from iops.synthetic.people.demography import ROLE_CHILD, ROLE_PARTNER, Members
from iops.synthetic.people.name_lists import ERAS, Pool, family_pool, given_pool
from iops.synthetic.people.traditions import SOURCES, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

DOUBLE_BARREL = 0.05
"""Couples who join their two family names, of those where nobody takes the other's."""
CHILD_BOTH = 0.05
"""Children with both parents' family names joined by a hyphen (a third of them by a blank)."""
NAMED_AFTER = 0.04
"""Sons who bear their father's given name."""
MONONYM = 0.004
"""People with one name only."""


@dataclass(frozen=True, slots=True)
class Named:
    """One row a person: Latin names, own-script names (empty where there are none) and the family name at birth."""

    given: Text
    middle: Text
    family: Text
    birth_family: Text
    script_given: Text
    script_family: Text


Columns = tuple[Text, Text]


def name_members(
    rng: np.random.Generator, people: Members, tradition: npt.NDArray[np.intp], born_year: Numbers
) -> Named:
    """Draw and share out the names of all members; `tradition` is a position in `TRADITIONS`."""
    era = np.searchsorted(ERAS, born_year, side="right")
    given, script_given = _draw_given(rng, tradition, people.woman, era)
    middle, _ = _draw_given(rng, tradition, people.woman, era)
    wanted = rng.random(len(given)) < _habit(tradition, lambda source: source.middle)
    middle[~wanted | (middle == given)] = ""
    birth, script_birth = _draw_families(rng, people, tradition)
    _inherit(rng, people, tradition, (birth, script_birth))
    _hand_down(rng, people, (given, script_given))
    family, script_family = _marry(rng, people, tradition, (birth, script_birth))
    alone = rng.random(len(family)) < MONONYM
    for column in (family, script_family, birth):
        column[alone] = ""
    return Named(given, middle, family, birth, script_given, script_family)


def _habit(tradition: npt.NDArray[np.intp], of: Callable[[Source], float]) -> npt.NDArray[np.float64]:
    """A habit's share for each person, by their tradition."""
    return np.array([of(SOURCES[name]) for name in TRADITIONS])[tradition]


def _draw_given(
    rng: np.random.Generator,
    tradition: npt.NDArray[np.intp],
    woman: npt.NDArray[np.bool_],
    era: npt.NDArray[np.intp],
) -> Columns:
    group = (tradition * 2 + woman) * 3 + era
    return _draw(rng, group, lambda key: given_pool(TRADITIONS[key // 6], "F" if key // 3 % 2 else "M", key % 3))


def _draw_families(rng: np.random.Generator, people: Members, tradition: npt.NDArray[np.intp]) -> Columns:
    group = tradition * 2 + people.woman
    return _draw(rng, group, lambda key: family_pool(TRADITIONS[key // 2], "F" if key % 2 else "M"))


def _draw(rng: np.random.Generator, group: npt.NDArray[np.intp], pool: Callable[[int], Pool]) -> Columns:
    """A name for each row from the pool of its group: rows are put in order of group once, then drawn in runs."""
    chances, order = rng.random(len(group)), np.argsort(group, kind="stable")
    keys, starts = np.unique(group[order], return_index=True)
    latin, script = np.empty(len(group), dtype=object), np.empty(len(group), dtype=object)
    for key, rows in zip(keys.tolist(), np.split(order, starts[1:]), strict=True):
        latin[rows], script[rows] = pool(int(key)).draw(chances[rows])
    return latin, script


def _inherit(rng: np.random.Generator, people: Members, tradition: npt.NDArray[np.intp], birth: Columns) -> None:
    """Children bear the head's family name (in most traditions), some the partner's, some both."""
    child = people.role == ROLE_CHILD
    takes = child & (rng.random(len(child)) < _habit(tradition, lambda source: source.children_take))
    for column in birth:
        column[takes] = column[people.head[takes]]
    partner = people.head + 1
    has = partner < len(child)
    has[has] = people.role[partner[has]] == ROLE_PARTNER
    both = takes & has & (rng.random(len(child)) < CHILD_BOTH)
    birth[0][both] = _joined(rng, birth[0][both], birth[0][partner[both]])
    birth[1][both] = ""


def _joined(rng: np.random.Generator, one: Text, other: Text) -> Text:
    """Double-barrelled names: mostly with a hyphen. Never more than two halves."""
    signs = np.where(rng.random(len(one)) < 2 / 3, "-", " ").tolist()
    return texts(
        [
            a if "-" in a or " " in a or a == b else f"{a}{sign}{b.split('-')[0].split(' ')[0]}"
            for a, b, sign in zip(one.tolist(), other.tolist(), signs, strict=True)
        ]
    )


def _hand_down(rng: np.random.Generator, people: Members, given: Columns) -> None:
    """Some sons bear their father's given name: the same-name relatives that make linking hard."""
    son = (people.role == ROLE_CHILD) & ~people.woman & ~people.woman[people.head]
    named = son & (rng.random(len(son)) < NAMED_AFTER)
    for column in given:
        column[named] = column[people.head[named]]


def _marry(rng: np.random.Generator, people: Members, tradition: npt.NDArray[np.intp], birth: Columns) -> Columns:
    """Family names as used now: partners who took the head's, couples who joined theirs, others as at birth."""
    chances = rng.random(len(birth[0]))
    takes = (people.role == ROLE_PARTNER) & (chances < _habit(tradition, lambda source: source.takes_name))
    family, script = birth[0].copy(), birth[1].copy()
    for now, born in ((family, birth[0]), (script, birth[1])):
        now[takes] = born[people.head[takes]]
    joins = (people.role == ROLE_PARTNER) & ~takes & (chances > 1 - DOUBLE_BARREL)
    family[joins] = _joined(rng, birth[0][joins], birth[0][people.head[joins]])
    script[joins] = ""
    # Women who live alone may have been married: they bear a name that is not that of their birth.
    once = (people.role != ROLE_PARTNER) & (people.role != ROLE_CHILD) & people.woman & (people.age > 35 * 365)
    once &= chances < _habit(tradition, lambda source: source.takes_name) * 0.5
    family[once] = _draw_families(rng, people, tradition)[0][once]
    script[once] = ""
    return family, script
