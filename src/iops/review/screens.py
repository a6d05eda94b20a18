"""The screens that come with the system, read once."""

from __future__ import annotations

from functools import cache

from iops.review.method.bands import DATA, Screen, read
from iops.rulebook.loader import standard


@cache
def screens() -> dict[str, Screen]:
    """Every screen by its code. Raises RuleFileError, naming file and line."""
    subjects = standard().subjects
    found = [read(path, subjects) for path in sorted(DATA.glob("*.yaml"))]
    return {screen.code: screen for screen in found}
