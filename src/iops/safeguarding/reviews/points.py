"""The points of a supervisor's review, as dated files: the one that comes with the system, and a force's own.

All words are ours. A force adds a version of its own as a file in `reviews/` of its folder (`IOPS_FORCE_FOLDER`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from iops.control.configuration import folders, open_node
from iops.foundation.errors import InvalidError
from iops.safeguarding.assess.questionnaires import CODE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.rulebook.shapes import Node

DATA = Path(__file__).parent.parent / "data"
PASSED, FAILED, NOT_APPLICABLE = "yes", "no", "not_applicable"
ANSWERS = (PASSED, FAILED, NOT_APPLICABLE)


@dataclass(frozen=True)
class Point:
    """One point of the review: its code and our words; a yes is good."""

    code: str
    asks: str


@dataclass(frozen=True)
class ReviewForm:
    """One version of the review, in force from `since` to before `until` (None: still)."""

    code: str
    title: str
    since: dt.date
    until: dt.date | None
    points: tuple[Point, ...]

    def words(self, code: str) -> str:
        """The words of a point; its code when the form does not know it."""
        return next((point.asks for point in self.points if point.code == code), code)

    def checked(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Every point with its answer. Raises InvalidError: a point left out, unknown, or answered otherwise."""
        known = [point.code for point in self.points]
        for code in answers:
            if code not in known:
                raise InvalidError(f"The review has no point “{code}”.", details={"field": "answers"})
        for code in known:
            if answers.get(code) not in ANSWERS:
                raise InvalidError(
                    f"“{self.words(code)}” is not answered.",
                    mend="Answer yes, no or not applicable.",
                    details={"field": code},
                )
        return {code: answers[code] for code in known}


def current(day: dt.date) -> ReviewForm:
    """The review in force on a local day: the one that came into force last. Raises InvalidError when there is none."""
    standing = [f for f in review_forms().values() if f.since <= day and (f.until is None or day < f.until)]
    if not standing:
        raise InvalidError("No form of a supervisor's review is in force.")
    return max(standing, key=lambda form: (form.since, form.code))


def review_form(code: str) -> ReviewForm | None:
    """The form of this code, in force or not; None when its file is gone."""
    return review_forms().get(code)


def review_forms() -> dict[str, ReviewForm]:
    """Every form by its code. Raises RuleFileError, naming file and line."""
    return _read_all((DATA, *folders()[:-1]))


@lru_cache(maxsize=8)
def _read_all(within: tuple[Path, ...]) -> dict[str, ReviewForm]:
    found: dict[str, ReviewForm] = {}
    for folder in within:
        for path in sorted(folder.glob("reviews/*.yaml")):
            node = open_node(path)
            one = read_review(node)
            if one.code in found:
                raise node.child("code").fail(f'"{one.code}" is a form already', "Give the version a code of its own.")
            found[one.code] = one
    return found


def read_review(node: Node) -> ReviewForm:
    """One form from its file. Raises RuleFileError."""
    needed = ("kind", "code", "title", "from", "basis", "points")
    node.keys((*needed, "until"), needed)
    node.child("kind").choice(("review",))
    node.child("basis").keys(("instrument", "clause", "unsure"), ("instrument", "clause"))
    since, until = node.child("from").date(), node.child("until").date()
    if since is None or (until is not None and until <= since):
        raise node.child("from").fail("the days in force do not run forward", "Write `from:` before `until:`.")
    points = tuple(_point(child) for child in node.child("points").each())
    codes = [point.code for point in points]
    if not codes or len(set(codes)) != len(codes):
        raise node.child("points").fail("a form has each of its points once", "Write at least one; each code once.")
    return ReviewForm(_code(node.child("code")), node.child("title").text(), since, until, points)


def _point(node: Node) -> Point:
    node.keys(("code", "asks"), ("code", "asks"))
    return Point(_code(node.child("code")), node.child("asks").text())


def _code(node: Node) -> str:
    code = node.text()
    if not CODE.fullmatch(code):
        raise node.fail(f'"{code}" is not a code', "Write small letters, digits, - and _, at most 30.")
    return code
