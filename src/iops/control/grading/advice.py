"""Advice on a grade from THRIVE and what the incident is: explained, never binding. The human decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.grading.schemes import Advice, GradeRule, Scheme


@dataclass(frozen=True)
class GradeSuggestion:
    """The grade that is suggested, every reason for it, and the facts that were not told and could make it faster."""

    grade: int
    said: str
    title: str
    reasons: tuple[str, ...]
    not_told: tuple[str, ...]


def suggest(scheme: Scheme, facts: Mapping[str, str | None]) -> GradeSuggestion | None:
    """The most urgent grade that any line of the scheme's advice calls for; None when the scheme gives no advice.

    `facts` holds the level of each part of THRIVE, `domestic` (yes or no) and `category`; one that is None or absent
    is not known, calls for nothing, and is named when it could have called for a faster grade.
    """
    called = [a for a in scheme.advice if _applies(a, facts)]
    if not called:
        return None
    grade = min(a.grade for a in called)
    rule: GradeRule = scheme.rule(grade)
    reasons = tuple(a.says for a in called if a.grade == grade)
    unknown = {
        fact: None
        for a in scheme.advice
        if a.grade < grade
        for fact, _ in a.when
        if facts.get(fact) is None and all(f == fact or facts.get(f) in values for f, values in a.when)
    }
    return GradeSuggestion(grade, rule.said, rule.title, reasons, tuple(unknown))


def _applies(advice: Advice, facts: Mapping[str, str | None]) -> bool:
    return all(facts.get(fact) in values for fact, values in advice.when)
