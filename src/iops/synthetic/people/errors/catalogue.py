"""All kinds of error in one place, each with the rate at which it gets into a record that is typed anew."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from iops.foundation.errors import NotFoundError
from iops.synthetic.people.errors import contact, dates, names, spelling

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of error: what it is about (name, date, address, phone), how often it occurs, and what makes it.

    `rate` is the share of records typed anew that get it where it can occur at all. `make` is empty for an old address,
    which is no slip but another true fact.
    """

    name: str
    about: str
    rate: float
    make: Callable[..., object] | None = None


def _spelt(slip: spelling.Slip, rate: float) -> Kind:
    return Kind(slip.__name__, "name", rate, names.in_one_part(slip))


KINDS = (
    _spelt(spelling.keyboard_slip, 0.03),
    _spelt(spelling.dropped_letter, 0.03),
    _spelt(spelling.doubled_letter, 0.015),
    _spelt(spelling.transposed_letters, 0.015),
    _spelt(spelling.vowel_confusion, 0.03),
    _spelt(spelling.heard_by_ear, 0.07),
    _spelt(spelling.diacritics_lost, 0.7),
    _spelt(spelling.transliteration_variant, 0.25),
    Kind("nickname", "name", 0.1, names.nickname),
    Kind("swapped_names", "name", 0.02, names.swapped_names),
    Kind("double_barrel_half", "name", 0.35, names.double_barrel_half),
    Kind("hyphen_or_blank", "name", 0.2, names.hyphen_or_blank),
    Kind("middle_as_first", "name", 0.04, names.middle_as_first),
    Kind("maiden_for_married", "name", 0.2, names.maiden_for_married),
    Kind("alias", "name", 0.25, names.alias),
    Kind("initial_only", "name", 0.02, names.initial_only),
    Kind("day_month_swapped", "date", 0.015, dates.day_month_swapped),
    Kind("digit_wrong", "date", 0.025, dates.digit_wrong),
    Kind("digits_transposed", "date", 0.01, dates.digits_transposed),
    Kind("day_off_by_one", "date", 0.01, dates.day_off_by_one),
    Kind("month_off_by_one", "date", 0.01, dates.month_off_by_one),
    Kind("year_off_by_one", "date", 0.015, dates.year_off_by_one),
    Kind("year_only", "date", 0.02, dates.year_only),
    Kind("approximate_age", "date", 0.03, dates.approximate_age),
    Kind("old_address", "address", 0.3),
    Kind("postcode_digit_slip", "address", 0.03, contact.postcode_digit_slip),
    Kind("phone_digits_transposed", "phone", 0.02, contact.phone_digits_transposed),
    Kind("phone_written", "phone", 0.8, contact.phone_written),
)
"""Every kind of error; a name occurs once."""


@cache
def by_name() -> dict[str, Kind]:
    """The kinds of error by name."""
    return {kind.name: kind for kind in KINDS}


def rate_of(name: str) -> float:
    """The rate of a kind of error; NotFoundError when there is no such kind."""
    if name not in by_name():
        raise NotFoundError(f"There is no kind of error called {name}.", mend="See errors.KINDS for the names.")
    return by_name()[name].rate
