"""What a mapping says: how the rows of one kind of extract become contacts and incidents.

A mapping is data (YAML, `mappings/`), read strictly by `mapping_loader`; these are the values it becomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable
    from collections.abc import Mapping as Dictionary
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from iops.rulebook.problems import Problem


class MappingError(InvalidError):
    """A mapping cannot be used: `problems` holds every mistake with file, line and mend."""

    code = "mapping-invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(
            f"The mapping has {len(self.problems)} mistake(s):\n" + "\n".join(str(each) for each in self.problems),
            details={"problems": [str(each) for each in self.problems]},
        )


class Skipped(StrEnum):
    """What a wall time means that the spring clock change skips, so that no clock ever showed it."""

    REJECT = "reject"
    LATER = "later"
    """The source kept winter time: the moment is an hour later on the clock."""


class Repeated(StrEnum):
    """Which of two moments a wall time means that the autumn clock change repeats."""

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True)
class Layout:
    """How the file is written. Whether it is compressed is seen from its first bytes."""

    columns: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","


@dataclass(frozen=True)
class Lookup:
    """A file beside the extract that tells what its codes mean; a code it does not hold stands for itself."""

    name: str
    file: str
    key: str
    value: str
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Part:
    """One piece of a text: a column, what in it counts as nothing, words before it, and a look-up of its meaning."""

    column: str
    blank: frozenset[str] = frozenset()
    before: str = ""
    lookup: str | None = None


@dataclass(frozen=True)
class TextField:
    """A text put together from columns. `empty` is what stands when all are blank; None rejects the row."""

    parts: tuple[Part, ...]
    by: str = " "
    before: str = ""
    empty: str | None = None


@dataclass(frozen=True)
class Moment:
    """When it was reported: a wall time of the source's own time zone."""

    column: str
    format: str
    zone: ZoneInfo
    skipped: Skipped = Skipped.REJECT
    repeated: Repeated = Repeated.FIRST


@dataclass(frozen=True)
class YesNo:
    """A yes or no. Codes in neither list reject the row, unless only one list is given: then they mean the other."""

    always: bool | None = None
    column: str = ""
    yes: frozenset[str] | None = None
    no: frozenset[str] | None = None


@dataclass(frozen=True)
class Codes:
    """What each code of a column means."""

    column: str
    codes: Dictionary[str, int]


@dataclass(frozen=True)
class GradeField:
    """The grade: the first list that knows the row's code decides. `unknown`: a grade, None for none, or reject."""

    first: tuple[Codes, ...]
    unknown: int | None
    reject_unknown: bool


@dataclass(frozen=True)
class DistrictField:
    """The district, made when it is first met: its code is `prefix` and what the pattern (its group) finds.

    `unknown` is the code without prefix for values that the pattern does not match; None rejects the row.
    """

    column: str
    pattern: re.Pattern[str]
    prefix: str
    name: str
    unknown: str | None = None


@dataclass(frozen=True)
class Fields:
    """Where each fact of a contact and its incident comes from."""

    reported_at: Moment
    where: TextField
    what: TextField
    district: DistrictField
    domestic: YesNo
    crime_reported: YesNo
    category: TextField | None = None
    grade: GradeField | None = None
    log: TextField | None = None


@dataclass(frozen=True)
class Mapping:
    """One mapping. `key` is the column that names a row for ever, None when only the whole row does.

    `source` is the name under which contacts remember where they came from. `digest` is a fingerprint of the text.
    """

    name: str
    title: str
    source: str
    layout: Layout
    key: str | None
    lookups: tuple[Lookup, ...]
    fields: Fields
    path: Path
    digest: str
