"""What may be typed at all."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

import pytest
from django import forms

from iops.foundation.errors import ConflictError, InvalidError
from iops.web.forms import DatePartsField, Form, choice, line, text

if TYPE_CHECKING:
    from collections.abc import Mapping


class Sample(Form):
    names: ClassVar[Mapping[str, str]] = {"place": "where"}

    where = line("Where", longest=10)
    what = text("What", required=False)
    born = DatePartsField(label="Born", required=False)
    grade = choice("Grade", [("1", "one")], required=False)


def filled(**typed: str) -> Sample:
    return Sample({"where": "here", **typed})


def test_a_date_in_three_boxes_is_one_date() -> None:
    form = filled(**{"born-day": "5", "born-month": "07", "born-year": "2019"})
    assert form.is_valid()
    assert form.cleaned_data["born"] == dt.date(2019, 7, 5)


def test_no_box_filled_is_no_date() -> None:
    form = filled()
    assert form.is_valid()
    assert form.cleaned_data["born"] is None


@pytest.mark.parametrize(
    "typed",
    [("31", "2", "2019"), ("", "7", "2019"), ("5", "7", "19"), ("five", "7", "2019"), ("5", "13", "2019"),
     ("0", "1", "2019"), ("1", "1", "0000"), ("\N{ARABIC-INDIC DIGIT FIVE}", "7", "2019"),
     ("9" * 5000, "7", "2019"), ("-5", "7", "2019")],
)  # fmt: skip
def test_what_is_no_date_is_refused_and_comes_back_as_typed(typed: tuple[str, str, str]) -> None:
    form = filled(**dict(zip(("born-day", "born-month", "born-year"), typed, strict=True)))
    assert "born" in form.errors
    assert form["born"].value() == list(typed)


@pytest.mark.parametrize("typed", ["", "   ", "x" * 11, "a\x00b"])
def test_a_line_that_is_empty_too_long_or_unstorable_is_refused(typed: str) -> None:
    assert "where" in Sample({"where": typed}).errors


def test_a_choice_that_is_not_offered_is_refused() -> None:
    assert "grade" in filled(grade="7").errors


def test_every_mistake_leads_to_its_field() -> None:
    form = Sample({"where": "", "what": "x" * 20_001})
    assert [p["href"] for p in form.problems()] == ["#id_where", "#id_what"]


def test_a_refusal_by_a_service_stands_at_the_field_it_names() -> None:
    form = filled()
    form.refuse(InvalidError("Where is odd.", details={"field": "Place"}))
    assert form.errors == {"where": ["Where is odd."]}


def test_a_refusal_that_names_no_field_of_the_form_is_shown_for_the_form() -> None:
    form = filled()
    form.refuse(ConflictError("It is closed.", mend="Reopen it.", details={"field": "elsewhere"}))
    assert form.problems() == [{"text": "It is closed. Reopen it."}]
    assert isinstance(form.fields["where"], forms.CharField)
