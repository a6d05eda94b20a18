"""One query: from a person and the planned errors to what is typed, and the facts by which others would fit as well."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iops.synthetic.people.errors import DATE_ERRORS, NAME_ERRORS, TEXT_ERRORS
from iops.synthetic.people.errors.contact import phone_written
from iops.synthetic.people.errors.dates import AGE_SLACK, age_on
from iops.synthetic.people.queries import wording

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from iops.synthetic.people.errors.names import Name
    from iops.synthetic.people.profiles import Address, Profile
    from iops.synthetic.people.queries.plan import Planned


@dataclass(frozen=True, slots=True)
class Fields:
    """The query as separate fields, as typed; what was not asked is empty."""

    given: str = ""
    family: str = ""
    born: date | None = None
    year: int | None = None
    age: int | None = None
    phone: str = ""
    number: str = ""
    street: str = ""
    postcode: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query before its right answers are known.

    `names` are the (given, family) pairs that were meant and that were typed, `facts` the (kind, value) pairs likewise:
    whoever has one of the names and one of the facts fits as well. `born` is the span for a year or an age.
    """

    planned: Planned
    person: Profile
    text: str
    fields: Fields
    errors: tuple[str, ...]
    names: frozenset[tuple[str, str]]
    facts: frozenset[tuple[str, object]]
    born: tuple[date, date] | None = None


def ask(planned: Planned, person: Profile, today: date, chance: Random) -> Asked | None:
    """The query, or None where this person cannot be asked for with these errors."""
    if not all(person.name.spoken):
        return None
    name = _name(planned, person, chance)
    if name is None:
        return None
    made = SHAPES[planned.shape](planned, person, today, chance)
    if made is None:
        return None
    fields, facts, words, span = made
    fields = replace(fields, given=name.given, family=name.family)
    text = wording.cased(wording.in_some_order(name.given, name.family, words, chance), chance)
    errors = planned.errors + (("stored_in_own_script",) if person.stored_in_own_script else ())
    return Asked(planned, person, text, fields, errors, _names(planned, person, name), frozenset(facts), span)


def _name(planned: Planned, person: Profile, chance: Random) -> Name | None:
    """The name as typed; None where a planned error of the name left it as it was."""
    name = person.name
    for error in planned.errors:
        if error in NAME_ERRORS:
            wrong = NAME_ERRORS[error](name, chance)
            if wrong.spoken == name.spoken:
                return None
            name = wrong
    return name


def _names(planned: Planned, person: Profile, typed: Name) -> frozenset[tuple[str, str]]:
    """The names meant and typed. In one box nothing tells a given from a family name, so the other order fits too."""
    pairs = {person.name.spoken, typed.spoken, typed.spoken[::-1]}
    for error in planned.errors:
        kind = {"maiden_for_married": "maiden", "alias": "alias"}.get(error)
        other = person.name.known_as(kind) if kind else None
        pairs |= {other} if other else set()
    return frozenset(pairs)


Made = tuple[Fields, set[tuple[str, object]], list[str], "tuple[date, date] | None"]


def _with_date(planned: Planned, person: Profile, today: date, chance: Random) -> Made | None:
    born = typed = person.born_first
    if born is None or typed is None:
        return None
    for error in planned.errors:
        if error in DATE_ERRORS:
            wrong = DATE_ERRORS[error](typed, today, chance)[0]
            if wrong in {typed, born}:
                return None
            typed = wrong
    return Fields(born=typed), {("born", born), ("born", typed)}, [wording.date_written(typed, chance)], None


def _with_year_and_area(planned: Planned, person: Profile, today: date, chance: Random) -> Made | None:
    if person.home is None or person.born_first is None:
        return None
    area = chance.choice((person.home.district, person.home.area))
    first, last = DATE_ERRORS[planned.errors[0]](person.born_first, today, chance)
    facts: set[tuple[str, object]] = {("in", (year, area)) for year in range(first.year, last.year + 1)}
    if planned.errors[0] == "year_only":
        return (
            Fields(year=first.year, area=area),
            facts,
            [wording.year_written(first.year, chance), area],
            (first, last),
        )
    age = age_on(first, today) - AGE_SLACK
    return Fields(age=age, area=area), facts, [wording.age_written(age, chance), area], (first, last)


def _with_address(planned: Planned, person: Profile, today: date, chance: Random) -> Made | None:
    del today
    old = "old_address" in planned.errors
    place = chance.choice(person.earlier) if old and person.earlier else person.home
    if place is None or (old and not person.earlier):
        return None
    if "postcode_digit_slip" in planned.errors or chance.random() < 0.35:  # noqa: PLR2004 - as often as a street
        return _postcode(planned, place, chance)
    typed = Fields(number=place.number, street=wording.street_written(place.street, chance))
    return typed, {("at", (place.number, place.street))}, [f"{typed.number} {typed.street}"], None


def _postcode(planned: Planned, place: Address, chance: Random) -> Made:
    typed = place.postcode
    if "postcode_digit_slip" in planned.errors:
        typed = TEXT_ERRORS["postcode_digit_slip"](typed, chance)
    typed = chance.choice((typed, typed.replace(" ", "")))
    facts: set[tuple[str, object]] = {("postcode", place.postcode), ("postcode", wording.postcode_stored(typed))}
    return Fields(postcode=typed), facts, [typed], None


def _with_phone(planned: Planned, person: Profile, today: date, chance: Random) -> Made | None:
    del today
    if not person.phones:
        return None
    _, number = chance.choice(person.phones)
    typed = number
    if "phone_digits_transposed" in planned.errors:
        typed = TEXT_ERRORS["phone_digits_transposed"](number, chance)
        if typed == number:
            return None
    facts: set[tuple[str, object]] = {("phone", number), ("phone", typed)}
    form = phone_written if "phone_written" in planned.errors else wording.phone_plain
    shown = form(typed, chance)
    return Fields(phone=shown), facts, [shown], None


SHAPES = {
    "name_date": _with_date,
    "other_name_date": _with_date,
    "name_year_area": _with_year_and_area,
    "name_address": _with_address,
    "name_phone": _with_phone,
}
