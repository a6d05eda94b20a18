"""The rules of allocation as functions of the database, made when it is installed (crime/install.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.allocation.rules import SIGNS, editions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from iops.crime.allocation.rules import Rules


def statements() -> Iterator[str]:
    """How serious a class is on a day, what is never screened out, the words of each sign; then every open crime."""
    yield _dated("crime_grade(class text, on_day date) returns integer", _grade, "1")
    yield _dated("crime_serious_from(on_day date) returns integer", lambda rules: str(rules.serious), "4")
    head = "crime_never_screened(class text, grade integer, signs text[], on_day date) returns text"
    yield _dated(head, _never, "'class'")
    words = "\n".join(f"        when '{code}' then '{words}'" for code, words in SIGNS.items())
    yield f"""
create or replace function iops.crime_sign_words(code text) returns text
language sql immutable parallel safe as $words$ select case code
{words} end $words$;
"""
    yield "select iops.open_crimes_stand_all()"


def _dated(head: str, of: Callable[[Rules], str], before: str) -> str:
    """A function that answers by the edition of the day; `before` is the answer before the first."""
    cases = "\n".join(f"        when on_day >= '{one.since}' then {of(one)}" for one in reversed(editions()))
    return f"""
create or replace function iops.{head}
language sql immutable parallel safe as $dated$ select case
{cases}
        else {before} end $dated$;
"""


def _grade(rules: Rules) -> str:
    found = [(g, [name for name, grade in rules.grades.items() if grade == g]) for g in (4, 3, 2)]
    arms = "".join(f" when class in ({_listed(names)}) then {g}" for g, names in found if names)
    return f"(case{arms} else 1 end)" if arms else "1"


def _never(rules: Rules) -> str:
    classes = f" when class in ({_listed(rules.never.classes)}) then 'class'" if rules.never.classes else ""
    signs = "".join(f" when '{sign}' = any(signs) then '{sign}'" for sign in rules.never.signs)
    return f"(case when grade >= {rules.never.seriousness} then 'serious'{classes}{signs} end)"


def _listed(names: Collection[str]) -> str:
    # Each is a class of the notifiable offence list: the reader of the file has checked it.
    return ", ".join(f"'{name}'" for name in sorted(names))
