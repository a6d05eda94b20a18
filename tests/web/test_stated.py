"""Facts with a value, "not known", "declined to say", or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.web.forms import Form
from iops.web.stated import BLANK, Stated, stated


class Person(Form):
    born = stated("Date of birth", longest=20)


def typed(**said: str) -> Person:
    return Person({name.replace("_", "-"): value for name, value in said.items()})


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"born": "12/3/1985"}, Stated("12/3/1985")),
        ({"born": "  12/3/1985 ", "born_answer": ""}, Stated("12/3/1985")),
        ({"born": "", "born_answer": "not_known"}, Stated(answer="not_known")),
        ({"born_answer": "declined"}, Stated(answer="declined")),
        ({"born": "   "}, BLANK),
        ({}, BLANK),
    ],
)
def test_a_value_an_answer_and_a_blank_are_three_things(said: dict[str, str], meant: Stated) -> None:
    form = typed(**said)
    assert form.is_valid()
    assert form.cleaned_data["born"] == meant


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"born": "12/3/1985", "born_answer": "declined"}, "not both"),
        ({"born_answer": "whatever"}, "not one of the answers"),
        ({"born": "x" * 21}, "at most 20"),
        ({"born": "a\x00b"}, "cannot be stored"),
    ],
)
def test_what_contradicts_itself_or_is_no_answer_is_refused(said: dict[str, str], says: str) -> None:
    form = typed(**said)
    assert not form.is_valid()
    assert says in str(form.errors["born"])


@given(value=st.text(max_size=30), answer=st.text(max_size=12))
def test_nothing_typed_breaks_it_or_becomes_both(value: str, answer: str) -> None:
    form = typed(born=value, born_answer=answer)
    if form.is_valid():
        kept = form.cleaned_data["born"]
        assert not (kept.value and kept.answer)
        assert kept.answer in {"", "not_known", "declined"}
