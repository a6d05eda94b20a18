"""What Python and the database make of any text is the same, to the last character."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iops.pole.matching.forms import all_roots, name_sounds, ordered_roots
from iops.pole.matching.keys import keys
from iops.pole.matching.spelling import fold, sound, words

pytestmark = pytest.mark.django_db

NAMES = st.text("abcdeghiklmnopqrstuwxyz'- ", max_size=25)
ANY_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60)
MANY = settings(max_examples=400)


def asked(question: str, *values: Any) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"select {question}", values)
        row = cursor.fetchone()
    assert row is not None
    return row[0]


@MANY
@given(ANY_TEXT | NAMES)
@example("O’Neil-Smith")
@example("İIıi ẞß")
@example("張偉 김철수 محمد Олександр ਸਿੰਘ")
@example("a\u0301\u200f\u2003\u0085\x1c\U0001f468\u200d\U0001f469 \ue000 \U0002a6d6")
@example("")
@example(" \t\n'`-")
@example("x" * 10_000 + "é")
@example(r"'; drop table x; -- .* [a-z] \1 %s _")
def test_folding_is_the_same_in_the_database(text: str) -> None:
    assert asked("iops.fold(%s)", text) == fold(text)
    assert asked("iops.words(%s)", text) == list(words(text))


def test_every_single_character_folds_alike() -> None:
    codes = [code for code in range(1, 0x30000) if not 0xD800 <= code < 0xE000]
    there = asked(
        "array_agg(iops.fold(c) order by n) from unnest(%s::text[]) with ordinality as u (c, n)", list(map(chr, codes))
    )
    assert isinstance(there, list)
    different = [hex(code) for code, said in zip(codes, there, strict=True) if said != fold(chr(code))]
    assert different == []


@MANY
@given(ANY_TEXT | NAMES)
@example("mcdonald")
@example("hh")
@example("zzz" * 4000)
def test_sounds_are_the_same_in_the_database(text: str) -> None:
    for word in (*words(text), fold(text).replace(" ", "")):
        assert asked("iops.sound(%s)", word) == sound(word)


@MANY
@given(st.sampled_from(sorted(all_roots("given"))) | NAMES)
@example("")
def test_roots_are_the_same_in_the_database(word: str) -> None:
    assert asked("iops.roots(%s)", word) == list(ordered_roots(word))
    assert asked("iops.roots(%s, 'family')", word) == list(ordered_roots(word, "family"))
    assert asked("iops.name_sounds(%s, 'given')", word) == list(name_sounds(word, "given"))


NAME_WORDS = st.sampled_from(
    ["john", "Mary-Jane", "smith", "o'neil", "de", "la", "cruz", "Mohammed", "al", "hassan", "张伟", "mc", "é"]
)
A_NAME = st.none() | NAMES | st.lists(NAME_WORDS, max_size=5).map(" ".join) | ANY_TEXT
DAYS = st.none() | st.dates(dt.date(1890, 1, 1), dt.date(2050, 1, 1)) | st.dates()
RANGES = st.tuples(DAYS, DAYS) | DAYS.map(lambda day: (day, day))
CONTACTS = st.lists(
    st.sampled_from(["M1 1AA", "m11aa", "+447700900123", "07700 900123", "a.b@c.uk", "", "-"]), max_size=3
)


@MANY
@given(st.lists(st.tuples(A_NAME, A_NAME), max_size=3), st.lists(RANGES, max_size=3), CONTACTS, CONTACTS, CONTACTS)
@example([("Anna Maria", "de la Cruz-Smith")], [(dt.date(1985, 12, 31), dt.date(1987, 1, 1))], [], [], [])
@example([("x" * 10_000, "é" * 10_000)], [(dt.date.min, dt.date.max)], ["x" * 10_000], ["1" * 10_000], ["@" * 10_000])
@example([("", ""), (None, None)], [(None, None)], [""], [""], [""])
def test_keys_are_the_same_in_the_database(
    names: list[tuple[str | None, str | None]],
    born: list[tuple[dt.date | None, dt.date | None]],
    postcodes: list[str],
    phones: list[str],
    emails: list[str],
) -> None:
    columns = ([g for g, _ in names], [f for _, f in names], [a for a, _ in born], [b for _, b in born])
    call = "iops.person_keys(%s::text[], %s::text[], %s::date[], %s::date[], %s::text[], %s::text[], %s::text[])"
    assert asked(call, *columns, postcodes, phones, emails) == list(keys(names, born, postcodes, phones, emails))
