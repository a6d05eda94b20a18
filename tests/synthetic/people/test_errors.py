"""Every kind of error does what its name says, to every name, date, postcode and number there may be."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.foundation.errors import NotFoundError
from iops.synthetic.people.errors import (
    DATE_ERRORS,
    KINDS,
    NAME_ERRORS,
    TEXT_ERRORS,
    contact,
    dates,
    names,
    rate_of,
    spelling,
)
from iops.synthetic.people.errors.names import Name
from iops.synthetic.people.nicknames import long_forms, nicknames
from iops.synthetic.people.transliterations import variants

TODAY = date(2026, 1, 1)
chances = st.integers(0, 2**32).map(Random)
latin = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=15).map(str.capitalize)
any_text = st.text(max_size=40)
births = st.dates(date(1910, 1, 1), date(2025, 12, 31))
phones = st.one_of(
    st.integers(0, 999).map("+447700900{:03d}".format), st.integers(0, 10**6 - 1).map("+441610{:06d}".format)
)

SLIPS = (
    spelling.keyboard_slip,
    spelling.dropped_letter,
    spelling.doubled_letter,
    spelling.transposed_letters,
    spelling.vowel_confusion,
    spelling.heard_by_ear,
    spelling.diacritics_lost,
    spelling.transliteration_variant,
)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.__name__)
@given(text=any_text, seed=st.integers(0, 1000))
def test_a_slip_takes_any_text_and_is_the_same_for_the_same_chance(slip: spelling.Slip, text: str, seed: int) -> None:
    made = slip(text, Random(seed))
    assert isinstance(made, str)
    assert made == slip(text, Random(seed))


@given(text=latin, chance=chances)
def test_a_keyboard_slip_changes_one_letter_into_a_neighbour(text: str, chance: Random) -> None:
    made = spelling.keyboard_slip(text, chance)
    changed = [(a, b) for a, b in zip(text, made, strict=True) if a != b]
    assert len(changed) == 1
    assert changed[0][1].lower() in spelling.NEIGHBOURS[changed[0][0].lower()]
    assert made[0].isupper()


def test_neighbours_are_those_of_the_british_keyboard() -> None:
    assert set(spelling.NEIGHBOURS["g"]) == set("fhtyvb")
    assert set(spelling.NEIGHBOURS["q"]) == set("wa")
    assert set(spelling.NEIGHBOURS["m"]) == set("njk")


@given(text=latin.filter(lambda text: len(text) > 2), chance=chances)
def test_a_dropped_letter_leaves_the_others_and_the_first(text: str, chance: Random) -> None:
    made = spelling.dropped_letter(text, chance)
    assert len(made) == len(text) - 1
    assert made in {text[:i] + text[i + 1 :] for i in range(1, len(text))}


@given(text=latin, chance=chances)
def test_a_doubled_letter_is_one_letter_twice(text: str, chance: Random) -> None:
    made = spelling.doubled_letter(text, chance)
    assert made.lower() in {(text[: i + 1] + text[i:]).lower() for i in range(len(text))}


@given(text=latin, chance=chances)
def test_transposed_letters_are_two_neighbours_swapped(text: str, chance: Random) -> None:
    made = spelling.transposed_letters(text, chance)
    assert sorted(made.lower()) == sorted(text.lower())
    places = [i for i, (a, b) in enumerate(zip(text.lower(), made.lower(), strict=True)) if a != b]
    if len(set(text.lower())) > 1:
        assert len(places) == 2
        assert places[1] == places[0] + 1


@given(text=latin, chance=chances)
def test_a_vowel_is_confused_with_another_vowel_only(text: str, chance: Random) -> None:
    made = spelling.vowel_confusion(text, chance)
    changed = [(a.lower(), b.lower()) for a, b in zip(text, made, strict=True) if a != b]
    assert len(changed) == (1 if any(letter in "aeiou" for letter in text.lower()) else 0)
    assert all(a in "aeiou" and b in "aeiou" for a, b in changed)


@given(text=latin, chance=chances)
def test_what_is_heard_differs_by_one_sound(text: str, chance: Random) -> None:
    made = spelling.heard_by_ear(text, chance).lower()
    one_sound = {
        text.lower()[:i] + spelt + text.lower()[i + len(sound) :]
        for sound, spelt in spelling.EAR
        for i in range(len(text))
        if text.lower().startswith(sound, i)
    }
    assert made in one_sound | {text.lower()}


@pytest.mark.parametrize(
    ("name", "heard"), [("Philip", "Filip"), ("Kate", "Ckate"), ("Wright", "Right"), ("Smith", "Smyth")]
)
def test_well_known_respellings_can_be_heard(name: str, heard: str) -> None:
    assert heard in {spelling.heard_by_ear(name, Random(seed)) for seed in range(300)}


@given(text=any_text, chance=chances)
def test_no_mark_is_left_when_diacritics_are_lost(text: str, chance: Random) -> None:
    made = spelling.diacritics_lost(text, chance)
    assert not any(unicodedata.combining(letter) for letter in made)
    assert spelling.diacritics_lost(made, chance) == made


@pytest.mark.parametrize(
    ("name", "plain"), [("Łukasz", "Lukasz"), ("Wiśniewski", "Wisniewski"), ("Nguyễn", "Nguyen"), ("Søren", "Soren")]
)
def test_diacritics_are_lost_as_on_a_british_keyboard(name: str, plain: str) -> None:
    assert spelling.diacritics_lost(name, Random(1)) == plain


@given(name=st.sampled_from(sorted(variants())), chance=chances)
def test_a_transliteration_variant_is_another_spelling_of_the_same_family(name: str, chance: Random) -> None:
    made = spelling.transliteration_variant(name.capitalize(), chance)
    assert made.lower() != name
    assert name in {other.lower() for other in variants()[made.lower()]}


def test_mohammed_has_his_well_known_spellings() -> None:
    assert {"Muhammad", "Mohamed", "Mohammad"} <= set(variants()["mohammed"])


@pytest.mark.parametrize("kind", sorted(NAME_ERRORS))
@given(given_name=any_text, middle=any_text, family=any_text, chance=chances)
def test_an_error_takes_any_name_at_all(kind: str, given_name: str, middle: str, family: str, chance: Random) -> None:
    assert isinstance(NAME_ERRORS[kind](Name(given_name, family, middle), chance), Name)


@given(given_name=latin, family=latin, chance=chances)
def test_a_slip_of_spelling_touches_one_part_of_a_name(given_name: str, family: str, chance: Random) -> None:
    name = Name(given_name, family)
    made = NAME_ERRORS["doubled_letter"](name, chance)
    assert (made.given == given_name) != (made.family == family)


@given(given_name=latin, family=latin, chance=chances)
def test_swapped_names_stand_in_each_others_place(given_name: str, family: str, chance: Random) -> None:
    assert names.swapped_names(Name(given_name, family), chance).spoken == (family, given_name)


def test_a_mononym_cannot_be_swapped() -> None:
    assert names.swapped_names(Name("Suharto", ""), Random(1)).spoken == ("Suharto", "")


@given(name=st.sampled_from(["Robert", "Margaret", "William", "Elizabeth", "Bob", "Maggie"]), chance=chances)
def test_a_nickname_is_a_short_form_or_its_full_name(name: str, chance: Random) -> None:
    made = names.nickname(Name(name, "Smith"), chance).given
    assert made != name
    assert made in {*nicknames(name), *long_forms(name)}


def test_the_nickname_on_file_is_used_when_there_is_one() -> None:
    known = Name("Robert", "Smith", others={"nickname": ("Robbo", "Smith")})
    assert names.nickname(known, Random(1)).given == "Robbo"


@pytest.mark.parametrize("family", ["Smith-Jones", "Smith Jones"])
@given(chance=chances)
def test_half_of_a_double_barrelled_name_is_one_of_its_halves(family: str, chance: Random) -> None:
    assert names.double_barrel_half(Name("Ann", family), chance).family in {"Smith", "Jones"}


@pytest.mark.parametrize(
    ("family", "others"),
    [("Smith-Jones", {"Smith Jones", "SmithJones"}), ("Smith Jones", {"Smith-Jones", "SmithJones"})],
)
@given(chance=chances)
def test_a_hyphen_becomes_a_blank_or_nothing(family: str, others: set[str], chance: Random) -> None:
    assert names.hyphen_or_blank(Name("Ann", family), chance).family in others


def test_the_middle_name_is_given_as_the_first() -> None:
    assert names.middle_as_first(Name("John", "Smith", "Paul"), Random(1)) == Name("Paul", "Smith", "")


@pytest.mark.parametrize(("kind", "error"), [("maiden", "maiden_for_married"), ("alias", "alias")])
def test_another_name_of_the_person_takes_the_place_of_the_main_one(kind: str, error: str) -> None:
    name = Name("Ann", "Smith", others={kind: ("Anna", "Jones")})
    assert NAME_ERRORS[error](name, Random(1)).spoken == ("Anna", "Jones")
    plain = replace(name, others=None)
    assert NAME_ERRORS[error](plain, Random(1)) == plain


@given(given_name=latin, family=latin, chance=chances)
def test_only_the_initial_is_left(given_name: str, family: str, chance: Random) -> None:
    assert names.initial_only(Name(given_name, family), chance).spoken == (given_name[0], family)


@pytest.mark.parametrize("kind", sorted(DATE_ERRORS))
@given(born=births, chance=chances)
def test_a_wrong_date_is_a_real_span_that_is_not_in_the_future(kind: str, born: date, chance: Random) -> None:
    first, last = DATE_ERRORS[kind](born, TODAY, chance)
    assert date(1900, 1, 1) <= first <= last
    assert first <= TODAY


@given(born=births, chance=chances)
def test_day_and_month_swap_places(born: date, chance: Random) -> None:
    made, _ = dates.day_month_swapped(born, TODAY, chance)
    if born.day <= 12 and born.day != born.month and date(born.year, born.day, born.month) <= TODAY:
        assert (made.year, made.month, made.day) == (born.year, born.day, born.month)
    else:
        assert made == born


@given(born=births, chance=chances)
def test_one_digit_of_the_date_is_wrong(born: date, chance: Random) -> None:
    made, last = dates.digit_wrong(born, TODAY, chance)
    assert made == last
    assert sum(a != b for a, b in zip(f"{born:%d%m%Y}", f"{made:%d%m%Y}", strict=True)) == 1


@given(born=births, chance=chances)
def test_two_neighbouring_digits_of_the_date_are_transposed_if_any(born: date, chance: Random) -> None:
    made, _ = dates.digits_transposed(born, TODAY, chance)
    before, after = f"{born:%d%m%Y}", f"{made:%d%m%Y}"
    assert sorted(before) == sorted(after)
    assert [a for a, b in zip(before, after, strict=True) if a != b].__len__() in {0, 2}


@given(born=births, chance=chances)
def test_a_date_is_off_by_exactly_one(born: date, chance: Random) -> None:
    day, _ = dates.day_off_by_one(born, TODAY, chance)
    assert abs(day - born) == timedelta(days=1)
    month, _ = dates.month_off_by_one(born, TODAY, chance)
    assert (month.year, month.day) == (born.year, born.day)
    assert abs(month.month - born.month) <= 1
    year, _ = dates.year_off_by_one(born, TODAY, chance)
    assert (year.month, year.day) == (born.month, born.day)
    assert abs(year.year - born.year) <= 1


@given(born=births, chance=chances)
def test_only_the_year_is_a_span_of_that_year(born: date, chance: Random) -> None:
    assert dates.year_only(born, TODAY, chance) == (date(born.year, 1, 1), date(born.year, 12, 31))


@given(born=births, chance=chances)
def test_a_guessed_age_spans_the_true_day_of_birth(born: date, chance: Random) -> None:
    first, last = dates.approximate_age(born, TODAY, chance)
    assert first <= born <= last or born > TODAY
    guessed = dates.age_on(first, TODAY) - dates.AGE_SLACK
    assert abs(max(guessed, 0) - dates.age_on(born, TODAY)) <= dates.AGE_SLACK


@pytest.mark.parametrize("kind", sorted(TEXT_ERRORS))
@given(text=st.text(min_size=1, max_size=30), chance=chances)
def test_an_error_of_a_postcode_or_number_takes_any_text(kind: str, text: str, chance: Random) -> None:
    assert isinstance(TEXT_ERRORS[kind](text, chance), str)


@given(outward=st.integers(1, 99), digit=st.integers(0, 9), chance=chances)
def test_one_digit_of_the_postcode_is_wrong_and_its_form_right(outward: int, digit: int, chance: Random) -> None:
    postcode = f"ZM{outward} {digit}AB"
    made = contact.postcode_digit_slip(postcode, chance)
    assert sum(a != b for a, b in zip(postcode, made, strict=True)) == 1
    assert made[2] != "0"


@given(phone=phones, chance=chances)
def test_two_digits_of_a_number_are_transposed(phone: str, chance: Random) -> None:
    made = contact.phone_digits_transposed(phone, chance)
    assert sorted(made) == sorted(phone)
    assert made[:-6] == phone[:-6]


@given(phone=phones, chance=chances)
def test_a_number_written_in_any_way_is_still_the_number(phone: str, chance: Random) -> None:
    written = contact.phone_written(phone, chance)
    read = phonenumbers.parse(written, "GB")
    assert phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164) == phone


def test_kinds_have_a_name_once_and_a_rate_that_is_a_share() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert all(0 < kind.rate < 1 for kind in KINDS)
    assert {kind.about for kind in KINDS} == {"name", "date", "address", "phone"}


def test_every_kind_is_made_by_a_function_except_the_old_address() -> None:
    made = {*NAME_ERRORS, *DATE_ERRORS, *TEXT_ERRORS}
    assert {kind.name for kind in KINDS} - made == {"old_address"}


def test_a_kind_that_does_not_exist_is_refused() -> None:
    assert rate_of("nickname") == 0.1
    with pytest.raises(NotFoundError):
        rate_of("gremlins")
