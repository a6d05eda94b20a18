"""The tokens of Python are those of the database."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iops.pole.search import tokens

pytestmark = pytest.mark.django_db
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=80)
LIKELY = st.text("07+44() .-abAB!&'\n\u00a0\u2003\u200b\u0301", max_size=40)


@settings(max_examples=300)
@given(text=TEXT | LIKELY, codes=st.lists(TEXT | LIKELY, max_size=2))
@example(text="call +44 (0)7700 900-123 or 0161 496 0000", codes=["AB12 CDE", "m1 1aa"])
@example(text="00447700900123 000000", codes=[])
@example(text="x" * 500, codes=["1" * 500])
def test_python_and_the_database_find_the_same_tokens(text: str, codes: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select iops.search_tokens(%s, %s::text[])", [text, codes])
        assert sorted(tokens.stored(text, codes)) == sorted(cursor.fetchone()[0])
