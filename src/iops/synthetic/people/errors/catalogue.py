"""All kinds of error in one place, each with the rate at which it gets into a record that is typed anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation.errors import NotFoundError
from iops.synthetic.people.errors import contact, dates, names, spelling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.synthetic.people.errors.contact import TextError
    from iops.synthetic.people.errors.dates import DateError
    from iops.synthetic.people.errors.names import WrongName


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of error: what it is about (name, date, address, phone) and how often it occurs.

    `rate` is the share of records typed anew that get it where it can occur at all.
    """

    name: str
    about: str
    rate: float


SPELLING: Mapping[spelling.Slip, float] = {
    spelling.keyboard_slip: 0.03,
    spelling.dropped_letter: 0.03,
    spelling.doubled_letter: 0.015,
    spelling.transposed_letters: 0.015,
    spelling.vowel_confusion: 0.03,
    spelling.heard_by_ear: 0.07,
    spelling.diacritics_lost: 0.7,
    spelling.transliteration_variant: 0.25,
}
WHOLE_NAMES: Mapping[WrongName, float] = {
    names.nickname: 0.1,
    names.swapped_names: 0.02,
    names.double_barrel_half: 0.35,
    names.hyphen_or_blank: 0.2,
    names.middle_as_first: 0.04,
    names.maiden_for_married: 0.2,
    names.alias: 0.25,
    names.initial_only: 0.02,
}
DATES: Mapping[DateError, float] = {
    dates.day_month_swapped: 0.015,
    dates.digit_wrong: 0.025,
    dates.digits_transposed: 0.01,
    dates.day_off_by_one: 0.01,
    dates.month_off_by_one: 0.01,
    dates.year_off_by_one: 0.015,
    dates.year_only: 0.02,
    dates.approximate_age: 0.03,
}
PHONES: Mapping[TextError, float] = {contact.phone_digits_transposed: 0.02, contact.phone_written: 0.8}
POSTCODES: Mapping[TextError, float] = {contact.postcode_digit_slip: 0.03}
OLD_ADDRESS = Kind("old_address", "address", 0.3)
"""No slip of anybody's: a true address of before, believed to be the present one."""

NAME_ERRORS: Mapping[str, WrongName] = {slip.__name__: names.in_one_part(slip) for slip in SPELLING} | {
    wrong.__name__: wrong for wrong in WHOLE_NAMES
}
DATE_ERRORS: Mapping[str, DateError] = {wrong.__name__: wrong for wrong in DATES}
TEXT_ERRORS: Mapping[str, TextError] = {wrong.__name__: wrong for wrong in (*PHONES, *POSTCODES)}

KINDS = (
    *(Kind(slip.__name__, "name", rate) for slip, rate in SPELLING.items()),
    *(Kind(wrong.__name__, "name", rate) for wrong, rate in WHOLE_NAMES.items()),
    *(Kind(wrong.__name__, "date", rate) for wrong, rate in DATES.items()),
    OLD_ADDRESS,
    *(Kind(wrong.__name__, "address", rate) for wrong, rate in POSTCODES.items()),
    *(Kind(wrong.__name__, "phone", rate) for wrong, rate in PHONES.items()),
)
"""Every kind of error; a name occurs once."""
RATES: Mapping[str, float] = {kind.name: kind.rate for kind in KINDS}


def rate_of(name: str) -> float:
    """The rate of a kind of error; NotFoundError when there is no such kind."""
    if name not in RATES:
        raise NotFoundError(f"There is no kind of error called {name}.", mend="See errors.KINDS for the names.")
    return RATES[name]
