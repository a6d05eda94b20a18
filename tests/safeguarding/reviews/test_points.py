"""The points of a supervisor's review: files that are read strictly, and a force's own beside ours."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.test import override_settings

from iops.control.configuration import open_node
from iops.foundation.errors import InvalidError, IopsError
from iops.safeguarding.reviews.points import current, read_review, review_form, review_forms

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """kind: review
code: own-1
title: Our own
from: 2024-04-01
basis: {instrument: Our policy, clause: "1"}
points:
  - {code: safe, asks: "Is she safe?"}
"""


def test_the_review_that_comes_with_the_system_has_its_twenty_points() -> None:
    form = current(dt.date(2026, 1, 1))
    assert (form.code, len(form.points)) == ("first-line-1", 20)
    assert form.words("apart").endswith("?")
    assert form.words("gone") == "gone"


def test_before_the_first_day_there_is_none() -> None:
    with pytest.raises(InvalidError, match="in force"):
        current(dt.date(2019, 6, 30))


def test_a_force_adds_its_own_and_it_is_used_from_its_day(tmp_path: Path) -> None:
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reviews" / "own.yaml").write_text(GOOD, encoding="utf-8")
    with override_settings(IOPS_FORCE_FOLDER=tmp_path):
        assert current(dt.date(2024, 3, 31)).code == "first-line-1"
        assert current(dt.date(2024, 4, 1)).code == "own-1"
        assert set(review_forms()) == {"first-line-1", "own-1"}
    assert review_form("own-1") is None


def test_a_code_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reviews" / "own.yaml").write_text(GOOD.replace("own-1", "first-line-1"), encoding="utf-8")
    with override_settings(IOPS_FORCE_FOLDER=tmp_path), pytest.raises(IopsError, match="a form already"):
        review_forms()


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("kind: review", "kind: other", "one of: review"),
        ("code: own-1", "code: Own 1", "not a code"),
        ("from: 2024-04-01", "from: 2024-04-01\nuntil: 2024-04-01", "run forward"),
        ("{code: safe", "{code: safe, more: x", "more"),
        ('  - {code: safe, asks: "Is she safe?"}\n', '  - {code: a, asks: "x"}\n  - {code: a, asks: "y"}\n', "once"),
        ("title: Our own\n", "", "title"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_what_is_wrong(tmp_path: Path, good: str, bad: str, said: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(GOOD.replace(good, bad), encoding="utf-8")
    with pytest.raises(IopsError, match=said):
        read_review(open_node(path))
