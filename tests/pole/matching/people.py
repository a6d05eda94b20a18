"""People as hypothesis makes them up for the tests of matching."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from iops.pole.matching.known import Known, known

GIVEN = [
    "John", "Jonathan", "Jon", "Jack", "Mohammed", "Muhammad", "Kathryn", "Catherine", "Kate", "Wei", "Wei Ming",
    "Siobhan", "Mary Jane", "J", "Smith", "محمد", "Oleksandr", "Sasha", "Olu", "",
]  # fmt: skip
FAMILY = [
    "Smith", "Smyth", "Smith-Jones", "Jones", "Khan", "O'Neil", "ONeill", "de la Cruz", "Wang", "Wong", "John",
    "Nowak", "Novak", "Al-Hassan", "Hassan", "", "張",
]  # fmt: skip
HOSTILE = [
    "x" * 10_000,
    "\u202eabc\u200f",
    "\x01\x1f\t\n",
    "😀 👩‍👩‍👧",
    "'; drop table x; --",
    ".*[a-z]+(?<!\\1)$",
    "%s _ %",
    "-",
    "é" * 999,
]
DAYS = st.sampled_from(
    [dt.date(1985, 3, 12), dt.date(1985, 12, 3), dt.date(1986, 3, 12), dt.date(1800, 1, 1)]
) | st.dates(dt.date(1800, 1, 1), dt.date(2200, 12, 31))
POSTCODES = ["M13 9PL", "M13 9PQ", "m139pl", "OL1 1AA", ""]
ADDRESSES = ["14 Church Street, Leeds", "14 Church St Leeds", "Flat 2, 14 Church Street", "The Old Rectory", ""]
PHONES = ["+447700900123", "07700 900123", "07700900132", "0161 496 0000", ""]
EMAILS = ["j.smith@example.org", "j.smith@example.com", "jsmith@example.org", "@", ""]


def some(values: list[str], most: int = 2) -> st.SearchStrategy[list[str]]:
    """A few of the given values, now and then a hostile one."""
    return st.lists(st.sampled_from(values) | st.sampled_from(HOSTILE), max_size=most)


def ranges() -> st.SearchStrategy[list[tuple[Any, Any]]]:
    """Dates of birth: whole, from one day to another, or open at an end."""
    whole = DAYS.map(lambda day: (day, day))
    return st.lists(whole | st.tuples(DAYS | st.none(), DAYS | st.none()), max_size=2)


def names() -> st.SearchStrategy[list[tuple[str, str]]]:
    """Up to three names."""
    given = st.sampled_from(GIVEN) | st.sampled_from(HOSTILE) | st.text(max_size=12)
    return st.lists(st.tuples(given, st.sampled_from(FAMILY) | st.sampled_from(HOSTILE)), max_size=3)


PEOPLE: st.SearchStrategy[Known] = st.builds(
    known,
    names(),
    ranges(),
    st.sampled_from(["male", "F", "", "unknown", None]),
    some(POSTCODES),
    some(ADDRESSES),
    some(PHONES),
    some(EMAILS),
    st.lists(
        st.tuples(st.sampled_from(["nino", "passport"]), st.sampled_from(["QQ123456C", "QQ123465C", "9", ""])),
        max_size=2,
    ),
    st.lists(st.sampled_from(["19851312", "19850231"]), max_size=1),
)


def one(given: str, family: str, born: str = "", **more: Any) -> Known:
    """One person of a worked case; `born` as 1985-03-12."""
    day = dt.date.fromisoformat(born) if born else None
    return known([(given, family)], [(day, day)] if day else [], **more)
