"""What is wrong with a rulebook file, told so that its writer can mend it: file, line, message, mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file. `line` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.mend}".rstrip()


class RulebookError(InvalidError):
    """The rulebook cannot be used: `problems` holds every mistake of every file, in the order of file and line.

    A rulebook is taken whole or not at all: half a rulebook would drop duties without a word.
    """

    code = "rulebook-invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(
            f"The rulebook has {len(self.problems)} mistake(s):\n" + "\n".join(str(each) for each in self.problems),
            details={"problems": [str(each) for each in self.problems]},
        )
