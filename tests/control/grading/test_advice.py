"""Advice on a grade: the most urgent that anything calls for, with every reason, and what was not told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.control.grading.advice import suggest
from iops.control.grading.schemes import schemes
from iops.control.models import Level, Thrive

GMP, GENERIC = schemes()["gmp-2022"], schemes()["generic-five"]
NOTHING: dict[str, str | None] = {**dict.fromkeys(Thrive.PARTS, "none"), "domestic": "no", "category": "Alarm"}


@pytest.mark.parametrize(
    ("facts", "grade", "reasons"),
    [
        ({}, 3, ["Nothing told so far asks for a faster answer."]),
        ({"threat": "high"}, 1, ["The threat is high."]),
        ({"threat": "high", "harm": "high"}, 1, ["The threat is high.", "Grave harm is happening or about to."]),
        ({"vulnerability": "medium"}, 2, ["Somebody vulnerable is involved."]),
        ({"domestic": "yes"}, 2, ["The incident is domestic."]),
        ({"domestic": "yes", "risk": "high"}, 1, ["Harm will probably follow without police."]),
        ({"category": "Missing Person"}, 2, ["Incidents of this category are not left to wait."]),
    ],
)
def test_the_most_urgent_reason_decides(facts: dict[str, str], grade: int, reasons: list[str]) -> None:
    found = suggest(GMP, NOTHING | facts)
    assert found is not None
    assert (found.grade, list(found.reasons), found.not_told) == (grade, reasons, ())


def test_what_was_not_told_and_could_make_it_faster_is_named() -> None:
    found = suggest(GMP, {"domestic": "yes", "threat": "none", "category": None})
    assert found is not None
    assert (found.grade, found.not_told) == (2, ("harm", "risk"))


def test_a_scheme_of_five_may_advise_that_nobody_need_come() -> None:
    found = suggest(GENERIC, NOTHING)
    assert found is not None
    assert (found.grade, found.title) == (5, "Resolution without attendance")


@given(st.sampled_from([GMP, GENERIC]), st.fixed_dictionaries({
    **{part: st.none() | st.sampled_from(Level.values) for part in Thrive.PARTS},
    "domestic": st.sampled_from(["yes", "no"]), "category": st.none() | st.text(max_size=20),
}), st.sampled_from(Thrive.PARTS))  # fmt: skip
def test_more_danger_is_never_advised_a_slower_answer(scheme: object, facts: dict[str, str | None], part: str) -> None:
    found = suggest(scheme, facts)  # type: ignore[arg-type]
    worse = suggest(scheme, facts | {part: "high"})  # type: ignore[arg-type]
    assert found is not None
    assert worse is not None
    assert worse.grade <= found.grade
    assert found.reasons
