"""The definitions of domestic abuse, as dated data: which ages, relations and behaviours each asks for.

A definition holds from its day to its last; the one in force on the day of the report is used, so that an incident of
2019 is judged by what was asked of the police in 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.control.configuration import number, open_node
from iops.pole.roles import roles_between
from iops.rulebook.shapes import word

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.rulebook.shapes import Node

OLDEST = 130


@dataclass(frozen=True)
class Definition:
    """One definition: `age` is the least age of both in years; `relations` are roles of a link between people.

    `unsure` are relations that may or may not be meant. `shared_child`: two parents of one child are connected.
    `children`: a child under `child_until` years, related to either, is a victim too (section 3).
    """

    code: str
    title: str
    basis: str
    since: dt.date
    until: dt.date | None
    age: int
    child_until: int
    children: bool
    shared_child: bool
    relations: frozenset[str]
    unsure: frozenset[str]
    behaviours: Mapping[str, str]


def definition_on(day: dt.date) -> Definition | None:
    """The definition in force on a local day; None before the first."""
    return next((d for d in definitions() if d.since <= day and (d.until is None or day <= d.until)), None)


def definitions() -> tuple[Definition, ...]:
    """Every definition in the order of their days. Raises RuleFileError."""
    return _definitions(configuration.folders())


@lru_cache(maxsize=8)
def _definitions(folders: tuple[object, ...]) -> tuple[Definition, ...]:
    del folders
    found: list[Definition] = []
    nodes = [open_node(p) for f in reversed(configuration.folders()) for p in sorted(f.glob("domestic/*.yaml"))]
    for one, node in sorted(((read_definition(n), n) for n in nodes), key=lambda pair: pair[0].since):
        if found and (found[-1].until is None or found[-1].until >= one.since):
            raise node.child("from").fail(
                f'it overlaps "{found[-1].code}"', "End the one before with `to`, the day before this one begins."
            )
        found.append(one)
    return tuple(found)


def read_definition(node: Node) -> Definition:
    """One definition from its file. Raises RuleFileError."""
    keys = ("kind", "code", "title", "basis", "from", "age", "child_until", "children_are_victims", "shared_child",
            "relations", "behaviours")  # fmt: skip
    node.keys((*keys, "to", "relations_unsure"), keys).child("kind").choice(("domestic-definition",))
    basis = node.child("basis").keys(("instrument", "clause", "unsure"), ("instrument", "clause"))
    since, until = node.child("from").date(), node.child("to").date()
    if since is None or (until is not None and until < since):
        raise node.child("from").fail("the days do not run forward", "Write `from` and, after it, `to`.")
    return Definition(
        code=node.child("code").text(),
        title=node.child("title").text(),
        basis=f"{basis.child('instrument').text()}, {basis.child('clause').text()}",
        since=since,
        until=until,
        age=number(node.child("age"), 0, OLDEST),
        child_until=number(node.child("child_until"), 0, OLDEST),
        children=word(node.child("children_are_victims").value) == "yes",
        shared_child=word(node.child("shared_child").value) == "yes",
        relations=_roles(node.child("relations")),
        unsure=_roles(node.child("relations_unsure")),
        behaviours={key: child.text() for key, child in node.child("behaviours").items()},
    )


def _roles(node: Node) -> frozenset[str]:
    return frozenset(child.choice(roles_between("person", "person")) for child in node.each())
