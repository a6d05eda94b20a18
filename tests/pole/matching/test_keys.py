"""Records of one person meet in some key, whatever befell them, and nobody has too many."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.pole.matching.dates import near
from iops.pole.matching.forms import roots
from iops.pole.matching.keys import keys, query_keys, texts
from iops.pole.matching.spelling import fold, sound, words

DAY = dt.date(1985, 3, 12)
OTHER_DAY = dt.date(1999, 10, 27)


@pytest.mark.parametrize(
    "heard_alike",
    [
        "Mohammed Muhammad Mohamed Mehmet محمد",
        "Smith Smyth Smythe",
        "Catherine Kathryn Katharine",
        "Philip Filip Phillip",
        "Hussain Hussein Husain",
        "Stephen Steven Stefan",
        "Khan Kahn",
        "Singh Sing",
        "Nowak Novak",
        "Kowalski Kovalsky Kowalska",
        "Thompson Thomson Tomson",
        "Hughes Hews",
        "Lawrence Laurence",
        "Aisha Ayesha Aysha",
        "Geoffrey Jeffrey Jeffery",
        "Zhang Chang Jang",
        "McDonald MacDonald Macdonald",
        "Shaun Sean Shawn",
        "Qasim Kasim Kassem",
        "Yusuf Youssef Yousuf",
        "Leigh Lee Li",
        "O'Neil Oneil ONeill",
        "Dixon Dickson",
        "Knight Night Nite",
        "Callaghan Callahan",
        "Chowdhury Choudhury Chaudhry",
    ],
)
def test_names_heard_alike_have_one_sound(heard_alike: str) -> None:
    assert len({sound(word) for word in words(heard_alike)}) == 1


@pytest.mark.parametrize("different", ["Smith Jones", "Khan Singh", "Peter Paul", "Walker Parker", "Begum Bibi"])
def test_names_heard_apart_have_two_sounds(different: str) -> None:
    assert len({sound(word) for word in words(different)}) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [("bill", "william"), ("mohd", "muhammad"), ("siobhan", "shivaun"), ("sasha", "oleksandr"), ("neve", "niamh")],
)
def test_forms_of_one_name_share_a_root(one: str, other: str) -> None:
    assert roots(one) & roots(other)


def test_what_cannot_be_written_in_latin_is_kept() -> None:
    assert fold("\ue000") == "\ue000"
    assert fold("O’Neil-Smith  Ünal") == "oneil smith unal"


def met(asked: tuple[str, str], stored: tuple[str, str]) -> bool:
    """Whether the names alone bring two records together."""
    tiers = query_keys([asked])
    return bool({*tiers.tight, *tiers.wide, *tiers.loose}.intersection(keys([stored])))


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        (("Jon", "Smyth"), ("John", "Smith")),
        (("Smith", "John"), ("John", "Smith")),
        (("Bob", "Taylor"), ("Robert", "Taylor")),
        (("Paul", "Smith"), ("John Paul", "Smith")),
        (("Jane", "Jones"), ("Jane", "Smith-Jones")),
        (("Ahmed", "Hassan"), ("Ahmed", "Al Hassan")),
        (("Ahmed", "Alhassan"), ("Ahmed", "Al-Hassan")),
        (("Weiming", "Zhang"), ("Wei Ming", "Zhang")),
        (("伟明", "张"), ("Weiming", "Zhang")),
        (("John", "Snith"), ("John", "Smith")),
        (("John", "Smith"), ("John", "Smitj")),
        (("Jokn", "Smith"), ("John", "Smith")),
        (("Dohn", "Smith"), ("John", "Smith")),
        (("", "John Smith"), ("John", "Smith")),
        (("John Smith", ""), ("John", "Smith")),
        (("", "Prince"), ("Prince", "")),
    ],
)
def test_a_name_and_its_variation_meet(asked: tuple[str, str], stored: tuple[str, str]) -> None:
    assert met(asked, stored)


@pytest.mark.parametrize(
    "slipped", ["1985-12-03", "1985-03-21", "1985-03-13", "1975-03-12", "1986-03-12", "1985-04-12", "1985-03-17"]
)
def test_a_date_one_slip_away_is_asked_for_as_well(slipped: str) -> None:
    tiers = query_keys([("Jane", "Smith")], [(dt.date.fromisoformat(slipped),) * 2])
    assert set(tiers.loose).intersection(keys([("Anna", "Okonkwo")], [(DAY, DAY)]))


@given(st.dates())
def test_a_slip_leads_to_another_real_date(day: dt.date) -> None:
    found = near(day)
    assert found
    assert day not in found


def test_a_changed_family_name_is_found_by_the_date() -> None:
    tiers = query_keys([("Jane", "Okonkwo")], [(DAY, DAY)])
    assert set(tiers.tight).intersection(keys([("Jane", "Smith")], [(DAY, DAY)]))


def test_a_shared_phone_postcode_or_mail_is_a_tight_key() -> None:
    stored = keys([("Anna", "Brown")], [], ["M13 9PL"], ["07700 900123"], ["A.Brown@example.org"])
    for question in (
        query_keys([], postcodes=["m139pl"]),
        query_keys([], phones=["+44 7700 900123"]),
        query_keys([], emails=["abrown@example.com"]),
    ):
        assert set(question.tight).intersection(stored)


@settings(max_examples=200)
@given(st.text("abcdefghijklmnopqrstuvwxyz ", max_size=30), st.text("abcdefghijklmnopqrstuvwxyz- ", max_size=30))
def test_an_ordinary_person_has_some_tens_of_keys_at_most(given_name: str, family: str) -> None:
    assert len(texts([(given_name, family)], [(DAY, DAY)], ["M13 9PL"], ["07700900123"], ["a@b.uk"])) <= 90


def test_a_usual_person_has_about_fifteen_keys() -> None:
    assert len(keys([("Darren", "Okafor")], [(DAY, DAY)], ["M13 9PL"], ["07700900123"])) in range(10, 21)


def test_two_people_with_nothing_in_common_do_not_meet() -> None:
    asked = query_keys([("Peter", "Brown")], [(DAY, DAY)], ["M13 9PL"], ["07700900123"])
    stored = keys([("Ngozi", "Okonkwo")], [(OTHER_DAY, OTHER_DAY)], ["OL1 1AA"], ["07700900999"])
    assert not {*asked.tight, *asked.wide, *asked.loose}.intersection(stored)
