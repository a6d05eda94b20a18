"""A name beside a house: the same keys in Python and the database, and who is met by them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iops.pole.matching.keys import key
from iops.pole.matching.spelling import sound
from iops.pole.search import query
from iops.pole.search.houses import MOST_HOUSES, MOST_SOUNDS, house, house_texts
from iops.pole.search.rounds import rounds

NAMES = st.lists(st.text("abdehiklmnorstuy'- ", max_size=14) | st.text(max_size=12), max_size=4)
ADDRESSES = st.lists(
    st.builds(
        "{} {} {}".format, st.sampled_from(["Flat 2,", "", "Top floor"]), st.integers(0, 400), st.text(max_size=14)
    )
    | st.sampled_from(
        ["11 Mill Street, Oldham", "12a High St", "Flat 3, 12 High Street", "14/2 Orchard Brae", "The Barn"]
    ),
    max_size=4,
)
TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("11 Mill Street, Oldham", "11 ml"),
        ("Flat 3, 12 High Street", "12 h"),
        ("12a high st", "12a h"),
        ("The Old Barn", None),
        ("", None),
        ("M1 2AB", None),
        ("!" * 10_000, None),
    ],
)
def test_a_house_is_its_number_and_the_sound_of_its_street(address: str, told: str | None) -> None:
    assert house(address) == told


def test_a_slip_in_the_street_is_the_same_house() -> None:
    assert house("61 Cambridge Drive") == house("61 cambrige dr") == "61 kmbrj"


def test_a_record_of_very_many_names_and_addresses_has_no_more_keys_than_the_limit() -> None:
    names = [f"{a}{b}{c}" for a in "bkrst" for b in "lmn" for c in "bkrst"]
    assert len(house_texts(names, [f"{n} Mill Lane" for n in range(500)])) == MOST_SOUNDS * MOST_HOUSES


def test_who_asks_for_a_name_at_a_house_asks_for_the_two_together_first() -> None:
    asked = query.read("Khan 11 Mill Street", TODAY)
    first = next(iter(rounds(asked, asked.names, year=TODAY.year, typing=True)))
    of_a_record = house_texts(["Imran Khan"], ["11 Mill Street, Oldham"])
    assert set(first.keys) <= set(map(key, of_a_record))
    assert first.keys == [key(f"h|11 ml|{sound('khan')}")]
    assert first.beside == []


@pytest.mark.django_db
@settings(max_examples=200)
@given(NAMES, ADDRESSES)
@example([f"n{i} x{i}" for i in range(40)], [f"{i} Mill Lane" for i in range(90)])
@example(["é" * 300, ""], ["11 Mühlgasse", "１１ Mill", "11\tMill", "11 ml\n12 xyz"])
@example([], ["11 Mill Street"])
def test_the_database_makes_the_same_keys_of_houses(names: list[str], addresses: list[str]) -> None:
    names, addresses = ([text.replace("\0", "") for text in given] for given in (names, addresses))
    with connection.cursor() as cursor:
        cursor.execute("select iops.house_keys(%s::text[], %s::text[])", [names, addresses])
        (there,) = cursor.fetchone()
    assert sorted(there) == sorted(map(key, house_texts(names, addresses)))
