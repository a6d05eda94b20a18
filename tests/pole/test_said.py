"""What people say about births, numbers, places and marks is read, never guessed, and refused in clear words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.foundation.errors import InvalidError
from iops.pole import said
from iops.pole.models import Precision

TODAY = date(2019, 7, 5)


@pytest.mark.parametrize(
    ("words", "earliest", "latest", "precision"),
    [
        ("12/3/1985", date(1985, 3, 12), date(1985, 3, 12), "full"),
        ("12.03.85", date(1985, 3, 12), date(1985, 3, 12), "full"),
        ("12 3 85", date(1985, 3, 12), date(1985, 3, 12), "full"),
        ("1985-03-12", date(1985, 3, 12), date(1985, 3, 12), "full"),
        ("12 March 1985", date(1985, 3, 12), date(1985, 3, 12), "full"),
        ("12th mar, 1985", date(1985, 3, 12), date(1985, 3, 12), "full"),
        ("  March   1985 ", date(1985, 3, 1), date(1985, 3, 31), "partial"),
        ("02/1984", date(1984, 2, 1), date(1984, 2, 29), "partial"),
        ("1985", date(1985, 1, 1), date(1985, 12, 31), "partial"),
        ("born 1985", date(1985, 1, 1), date(1985, 12, 31), "partial"),
        ("34", date(1984, 7, 6), date(1985, 7, 5), "estimated"),
        ("aged 34", date(1984, 7, 6), date(1985, 7, 5), "estimated"),
        ("34 years old", date(1984, 7, 6), date(1985, 7, 5), "estimated"),
        ("0", date(2018, 7, 6), date(2019, 7, 5), "estimated"),
        ("30s", date(1979, 7, 6), date(1989, 7, 5), "estimated"),
        ("early 30s", date(1985, 7, 6), date(1989, 7, 5), "estimated"),
        ("mid-30s", date(1981, 7, 6), date(1986, 7, 5), "estimated"),
        ("late 30s", date(1979, 7, 6), date(1983, 7, 5), "estimated"),
    ],
)
def test_a_birth_is_read_as_people_say_it(words: str, earliest: date, latest: date, precision: str) -> None:
    assert said.birth(words, TODAY) == said.Born(earliest, latest, Precision(precision))


@pytest.mark.parametrize(("words", "year"), [("1/1/19", 2019), ("1/1/20", 1920), ("1/1/00", 2000), ("31/12/99", 1999)])
def test_a_year_of_two_figures_is_the_latest_that_does_not_lie_ahead(words: str, year: int) -> None:
    assert said.birth(words, TODAY).earliest.year == year


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("31/2/1985", "There is no day"),
        ("0/0/0000", "There is no day"),
        ("13/13/1985", "There is no day"),
        ("2200", "lies ahead"),
        ("6/7/2019", "lies ahead"),
        ("1800", "more than 130 years ago"),
        ("1/1/1800", "more than 130 years ago"),
        ("131", "over 130 years old"),
        ("990s", "over 130 years old"),
        ("soon", "could not be read"),
        ("12 Marchember 1985", "could not be read"),
        ("", "could not be read"),
        ("'; drop table pole_person; --", "could not be read"),
        ("١٢/٣", "could not be read"),
        ("9" * 101, "at most 100"),
        ("🎂", "could not be read"),
    ],
)
def test_what_is_no_birth_is_refused_in_words_that_help(words: str, why: str) -> None:
    with pytest.raises(InvalidError, match=why) as refused:
        said.birth(words, TODAY)
    assert refused.value.details == {"field": "born"}


@given(st.dates(date(1890, 1, 1), TODAY))
def test_any_full_date_is_read_back_in_every_usual_form(day: date) -> None:
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d.%m.%Y"):
        assert said.birth(day.strftime(form), TODAY) == said.Born(day, day, Precision.FULL)


@given(st.integers(0, 129), st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_somebody_of_that_age_today_was_born_within_the_range(age: int, today: date) -> None:
    born = said.birth(str(age), today)
    assert timedelta(days=364) <= born.latest - born.earliest <= timedelta(days=366)
    assert _age(born.latest, today) == age
    assert _age(born.earliest, today) == age
    assert _age(born.earliest - timedelta(days=1), today) == age + 1 or born.earliest.month == 3


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


@given(st.text(max_size=300))
def test_any_text_is_either_read_or_refused_by_name(words: str) -> None:
    try:
        born = said.birth(words, TODAY)
    except InvalidError:
        return
    assert born.earliest <= born.latest
    assert born.earliest <= TODAY


@pytest.mark.parametrize(
    "words",
    ["0161 496 0000", "+44 161 496 0000", "0044 161 4960000", "(0161) 496-0000", "+44 (0)161 496 0000", "01614960000"],
)
def test_one_number_however_it_is_written_is_one_number(words: str) -> None:
    assert said.phone(words) == "+441614960000"


@pytest.mark.parametrize("words", ["", "none", "x" * 10_000, "1", "999999999999999999999", "0161 496 000a\u202e"])
def test_what_is_no_telephone_number_is_not_made_into_one(words: str) -> None:
    assert said.phone(words) in ("", "+44161496000")


def test_a_postcode_is_found_in_an_address() -> None:
    assert said.postcode("14 Acacia Road, Bolton, bl1 2ab, UK") == "BL1 2AB"
    assert said.postcode("m11aa") == "M1 1AA"
    assert said.postcode("no postcode here") == ""


def test_a_mark_is_compared_without_blanks_and_capitals() -> None:
    assert said.registration(" ab12 cde ") == said.registration("AB12-CDE") == "AB12CDE"


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("John Smith", ("John", "Smith")),
        ("Mary Jane O'Neill", ("Mary Jane", "O'Neill")),
        ("SMITH, John Paul", ("John Paul", "SMITH")),
        ("Cher", ("", "")),
        ("", ("", "")),
        ("  ", ("", "")),
    ],
)
def test_a_name_is_parted_where_that_is_plain(full: str, parts: tuple[str, str]) -> None:
    assert said.split_name(full) == parts
