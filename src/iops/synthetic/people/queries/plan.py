"""Which queries are made: the mix of shapes, and the errors in each, so that every kind of error has enough queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

MIX: Mapping[str, float] = {
    "name_date": 0.55,
    "name_address": 0.15,
    "name_phone": 0.10,
    "name_year_area": 0.10,
    "other_name_date": 0.10,
}
"""Shares of what is asked: name and full date of birth with one or two errors over both; name and part of an address
or a postcode; name and telephone; name, year of birth or age, and area; full right date with another name."""

SPELLING = (
    "keyboard_slip",
    "dropped_letter",
    "doubled_letter",
    "transposed_letters",
    "vowel_confusion",
    "heard_by_ear",
)
WHOLE_NAME = (
    "diacritics_lost",
    "transliteration_variant",
    "swapped_names",
    "double_barrel_half",
    "hyphen_or_blank",
    "middle_as_first",
    "initial_only",
)
DATE = (
    "day_month_swapped",
    "digit_wrong",
    "digits_transposed",
    "day_off_by_one",
    "month_off_by_one",
    "year_off_by_one",
)
OTHER_NAME = ("nickname", "maiden_for_married", "alias")
FIRST: Mapping[str, tuple[str, ...]] = {
    "name_date": (*SPELLING, *WHOLE_NAME, *DATE),
    "name_address": (
        *("old_address", "postcode_digit_slip") * 3,
        *(kind for kind in WHOLE_NAME if kind != "swapped_names"),
    ),
    "name_phone": ("phone_written", "phone_digits_transposed"),
    "name_year_area": ("year_only", "approximate_age"),
    "other_name_date": OTHER_NAME,
}
"""The first error of the queries of each shape, in turn."""
SECOND: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "name_date": (0.5, (*SPELLING, *DATE, *DATE, "nickname")),
    "name_address": (0.3, (*SPELLING, "nickname")),
    "name_phone": (0.5, (*SPELLING, "nickname", "swapped_names")),
    "name_year_area": (0.3, ("heard_by_ear", "vowel_confusion", "dropped_letter")),
    "other_name_date": (0.0, ()),
}
"""How often there is a second error, and which."""
SPARE = 0.35
"""Queries made beyond the count, to stand in for those that too many people would fit."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A query to be made: its shape and the kinds of error in it, the first of which puts it in its `group`."""

    shape: str
    errors: tuple[str, ...]

    @property
    def group(self) -> tuple[str, str]:
        """Queries of one group can stand in for each other."""
        return self.shape, self.errors[0]


def plan(count: int, chance: Random) -> tuple[list[Planned], list[Planned]]:
    """What to make: `count` queries in the shares of `MIX`, and spares in the same shares; each in random order."""
    wanted = [p for shape, n in shares(count).items() for p in _of_shape(shape, n, chance)]
    spare = [p for shape, n in shares(-(-int(count * SPARE * 100) // 100)).items() for p in _of_shape(shape, n, chance)]
    chance.shuffle(wanted)
    chance.shuffle(spare)
    return wanted, spare


def shares(count: int) -> dict[str, int]:
    """`count` divided by `MIX`; what does not divide goes to the first shapes."""
    numbers = {shape: int(count * share + 1e-9) for shape, share in MIX.items()}
    for shape in list(MIX)[: count - sum(numbers.values())]:
        numbers[shape] += 1
    return numbers


def _of_shape(shape: str, count: int, chance: Random) -> list[Planned]:
    first, (share, second) = FIRST[shape], SECOND[shape]
    made = []
    for number in range(count):
        errors = [first[number % len(first)]]
        if second and chance.random() < share:
            errors.append(chance.choice([kind for kind in second if kind != errors[0]]))
        made.append(Planned(shape, tuple(errors)))
    return made
