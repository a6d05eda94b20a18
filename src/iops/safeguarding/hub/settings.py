"""The configuration of the absence alarm (data/absence.yaml; a force's own file goes before it)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.control.configuration import number, open_node

if TYPE_CHECKING:
    import datetime as dt

    from iops.rulebook.shapes import Node

NAME = "absence.yaml"
DATA = Path(__file__).parent.parent / "data"
MILLION = 1_000_000
PARTS = (
    "kind",
    "from",
    "basis",
    "baseline_days",
    "least_days",
    "windows",
    "chance_per_million",
    "drop_percent",
    "drop_window",
    "drop_least",
)
WEEK, YEAR = 7, 366


@dataclass(frozen=True)
class Absence:
    """When too few referrals are an alarm, from `since` on.

    `chance` is how likely so few may be by chance alone, in one window of days; `drop` the share by which the number of
    `drop_window` days may fall, where at least `drop_least` were to be expected.
    """

    since: dt.date
    baseline_days: int
    least_days: int
    windows: tuple[int, ...]
    chance: Fraction
    drop: Fraction
    drop_window: int
    drop_least: int


def absence() -> Absence:
    """The configuration in force. Raises RuleFileError."""
    return _absence(configuration.folders())


@lru_cache(maxsize=8)
def _absence(folders: tuple[Path, ...]) -> Absence:
    own = next((f / NAME for f in folders if (f / NAME).is_file()), DATA / NAME)
    return read_absence(open_node(own))


def read_absence(root: Node) -> Absence:
    """The configuration from its file. Raises RuleFileError, naming line and mend."""
    root.keys(PARTS, PARTS).child("kind").choice(("absence",))
    root.child("basis").keys(("instrument", "clause", "unsure"), ("instrument", "clause"))
    since = root.child("from").date()
    if since is None:
        raise root.child("from").fail("it has no first day", "Write a day.")
    baseline = number(root.child("baseline_days"), WEEK, YEAR)
    windows = tuple(number(each, 1, baseline) for each in root.child("windows").each())
    if not windows or len(set(windows)) != len(windows):
        raise root.child("windows").fail("each window is named once, and there is one", "Write such as [1, 7].")
    return Absence(
        since,
        baseline,
        number(root.child("least_days"), 1, baseline),
        tuple(sorted(windows)),
        Fraction(number(root.child("chance_per_million"), 1, MILLION // 2), MILLION),
        Fraction(number(root.child("drop_percent"), 1, 99), 100),
        number(root.child("drop_window"), 1, baseline),
        number(root.child("drop_least"), 1, MILLION),
    )
