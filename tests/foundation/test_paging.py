"""Pages of long lists: keys go out and come back whole, and turning by them shows every row once."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.foundation.errors import InvalidError
from iops.foundation.paging import PAGE_SIZE, Page, Turn, key, read_key

MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2099, 1, 1), timezones=st.just(dt.UTC))


def read(rows: list[int], turn: Turn) -> list[int]:
    """What a selector reads for a turn of an ascending list: one row more than fits."""
    if turn.backwards:
        found = [n for n in reversed(rows) if n < int(turn.key)]
    else:
        found = [n for n in rows if not turn.key or n > int(turn.key)]
    return found[turn.skip : turn.skip + PAGE_SIZE + 1]


def page(rows: list[int], turn: Turn) -> Page[int]:
    return turn.cut(read(rows, turn), str, total=len(rows))


@given(moment=MOMENTS, number=st.integers(0, 2**59), word=st.from_regex(r"[a-z0-9_.-]{1,40}", fullmatch=True))
def test_a_key_comes_back_as_what_it_was_made_of(moment: dt.datetime, number: int, word: str) -> None:
    made = key(moment, number, word)
    assert read_key(made, dt.datetime, int, str) == (moment, number, word)
    assert not set(made) & set("&=?#%+ /")


@pytest.mark.parametrize(
    "given_key",
    ["", "~", "1", "1~2~3", "x~1", "1~x", "1~", "9" * 40 + "~1", "1~" + "9" * 40, "4102444800000001~1", "1~1\x00",
     "１~1", "'; drop table x; --~1"],
)  # fmt: skip
def test_what_no_list_has_given_out_is_refused(given_key: str) -> None:
    with pytest.raises(InvalidError, match="no place in this list"):
        read_key(given_key, dt.datetime, int)


def test_a_word_of_a_key_is_a_name_and_nothing_else() -> None:
    with pytest.raises(InvalidError):
        read_key("a b", str)
    with pytest.raises(InvalidError):
        read_key("x" * 101, str)


@given(many=st.integers(0, 4 * PAGE_SIZE + 2))
def test_turning_to_the_end_and_back_shows_every_row_once_each_way(many: int) -> None:
    rows = list(range(many))
    here = page(rows, Turn())
    seen, number = list(here.rows), 1
    while here.next:
        number += 1
        here = page(rows, Turn(number, after=here.next))
        assert (here.first, here.last) == (here.rows[0] + 1, here.rows[-1] + 1)
        seen += here.rows
    assert seen == rows
    back = list(here.rows)
    while here.previous:
        number -= 1
        here = page(rows, Turn(number, before=here.previous))
        back = [*here.rows, *back]
    assert (back, number) == (rows, 1)


def test_rows_that_came_meanwhile_neither_shift_a_page_nor_show_a_row_twice() -> None:
    rows = list(range(PAGE_SIZE, 4 * PAGE_SIZE))
    first = page(rows, Turn())
    rows = [*range(10), *rows]
    assert page(rows, Turn(2, after=first.next)).rows[0] == first.rows[-1] + 1
    assert page(rows, Turn(1, before=str(2 * PAGE_SIZE))).rows[0] == 0, (
        "back on the first page stands what is first now"
    )


def test_a_list_that_was_not_counted_to_its_end_says_so_and_goes_on() -> None:
    shown = Page(tuple(range(PAGE_SIZE)), total=100, page=2, at_least=True, next="99")
    assert (shown.more, shown.pages) == (True, 3)
    assert Page((1,), total=100, page=3, at_least=True).more is False


def test_by_number_the_same_rows_are_there_as_by_key() -> None:
    rows = list(range(3 * PAGE_SIZE))
    assert page(rows, Turn(3)).rows == page(rows, Turn(3, after=page(rows, Turn(2)).next)).rows
    assert page(rows, Turn(9)).rows == ()
