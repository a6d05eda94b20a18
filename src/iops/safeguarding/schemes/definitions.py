"""When a new incident is a MARAC repeat: dated definitions (data/marac.yaml; a force's own file goes before it)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.control.configuration import number, open_node

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from iops.rulebook.shapes import Node

NAME = "marac.yaml"
DATA = Path(__file__).parent.parent / "data"
KEYS = ("code", "from", "within_months", "crime_only", "means", "cite", "unsure")


@dataclass(frozen=True)
class RepeatDefinition:
    """One definition of a repeat, from its first day until the day before the next one.

    `crime_only`: what is reported would have to be a crime. `means` is said to people beside a repeat that was found.
    """

    code: str
    starts: dt.date
    months: int
    crime_only: bool
    means: str


def definitions() -> tuple[RepeatDefinition, ...]:
    """The definitions, the earliest first. Raises RuleFileError, naming line and mend."""
    return _definitions(configuration.folders())


def definition_on(day: dt.date) -> RepeatDefinition | None:
    """The definition in force on a London day; None before the first one."""
    return next((d for d in reversed(definitions()) if d.starts <= day), None)


@lru_cache(maxsize=8)
def _definitions(folders: tuple[Path, ...]) -> tuple[RepeatDefinition, ...]:
    own = next((f / NAME for f in folders if (f / NAME).is_file()), DATA / NAME)
    return read_definitions(open_node(own))


def read_definitions(root: Node) -> tuple[RepeatDefinition, ...]:
    """The definitions from their file. Raises RuleFileError."""
    root.keys(("kind", "repeat"), ("kind", "repeat")).child("kind").choice(("marac",))
    nodes = root.child("repeat").each()
    if not nodes:
        raise root.child("repeat").fail("no definition is given", "Write one with its first day.")
    found = tuple(_definition(node) for node in nodes)
    for (before, after), node in zip(pairwise(found), nodes[1:], strict=True):
        if after.starts <= before.starts or after.code in {d.code for d in found if d is not after}:
            raise node.fail(
                "a definition does not follow the one before", "Order them by date, each with its own code."
            )
    return found


def _definition(node: Node) -> RepeatDefinition:
    node.keys(KEYS, KEYS[:-1])
    starts, crime_only = node.child("from").date(), node.child("crime_only").value
    if starts is None or not isinstance(crime_only, bool):
        raise node.fail("from and crime_only must be a date and true or false", "Write `crime_only: false`.")
    node.child("cite").text()
    return RepeatDefinition(
        node.child("code").text(),
        starts,
        number(node.child("within_months"), 1, 60),
        crime_only,
        node.child("means").text(),
    )


def statements() -> Iterator[str]:
    """The function `iops.marac_definition(day)`, made from the configuration."""
    rows = ", ".join(
        f"({_quoted(d.code)}, date '{d.starts}', {d.months}, {str(d.crime_only).lower()}, {_quoted(d.means)})"
        for d in definitions()
    )
    yield f"""
create or replace function iops.marac_definition(wanted date, out code text, out months integer, out crime_only boolean,
                                                 out means text) returns setof record
language sql immutable parallel safe as $definition$
    select d.code, d.months, d.crime_only, d.means
    from (values {rows}) d (code, starts, months, crime_only, means)
    where d.starts <= wanted order by d.starts desc limit 1
$definition$;
"""  # noqa: S608 - words of the configuration, quoted


def _quoted(words: str) -> str:
    return "'" + words.replace("\\", " ").replace("'", "''").replace("$", " ") + "'"
