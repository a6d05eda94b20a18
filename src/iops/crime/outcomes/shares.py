"""How many of a thousand outcomes are audited again, as dated data, and the SQL that is made of it and the rulebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.rulebook.library import class_lists
from iops.rulebook.outcomes import framework

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from iops.rulebook.shapes import Node

NAME = "outcome_audits.yaml"
DATA = Path(__file__).parent.parent / "data"
THOUSAND = 1000
OTHER = "other"
"""Every outcome that no share names."""


@dataclass(frozen=True)
class Shares:
    """How many of a thousand outcomes of each code are audited from a local day on."""

    since: dt.date
    per_thousand: Mapping[str, int]


def shares() -> tuple[Shares, ...]:
    """The shares by date, the force's own file before the one that comes with the system. Raises RuleFileError."""
    path = next((f / NAME for f in configuration.folders() if (f / NAME).is_file()), DATA / NAME)
    return read_shares(configuration.open_node(path))


def read_shares(root: Node) -> tuple[Shares, ...]:
    """The shares from their file. Raises RuleFileError."""
    root.keys(("kind", "in_force"), ("kind", "in_force")).child("kind").choice(("outcome-audits",))
    found: list[Shares] = []
    for node in root.child("in_force").each():
        found.append(_edition(node, found))
    if not found:
        raise root.child("in_force").fail("no shares are in force", "Add an entry with `from` and `per_thousand`.")
    return tuple(found)


def _edition(node: Node, before: list[Shares]) -> Shares:
    node.keys(("from", "per_thousand"), ("from", "per_thousand"))
    since = node.child("from").date()
    if since is None or (before and since <= before[-1].since):
        raise node.fail("the days do not run forward", "Write the editions in order, each with its own day.")
    given = node.child("per_thousand").keys((*framework().outcomes, OTHER), (OTHER,))
    return Shares(since, {code: configuration.number(child, 0, THOUSAND) for code, child in given.items()})


def statements() -> Iterator[str]:
    """`iops.rape_classes()` and `iops.outcome_audit_share(code, day)`."""
    rape = ", ".join(f"'{name}'" for name in sorted(class_lists()["rape"].classes))
    yield f"""
create or replace function iops.rape_classes() returns text[]
language sql immutable parallel safe as $rape$ select array[{rape}]::text[] $rape$;
"""
    rows = ", ".join(f"('{code}', date '{s.since}', {n})" for s in shares() for code, n in s.per_thousand.items())
    # Every word comes from files that were checked when they were read.
    yield f"""
create or replace function iops.outcome_audit_share(outcome_code text, on_day date) returns integer
language sql immutable parallel safe as $share$
    with edition as (
        select v.code, v.share, rank() over (order by v.since desc) as place
        from (values {rows}) v(code, since, share) where v.since <= on_day
    )
    select coalesce((select e.share from edition e where e.place = 1 and e.code = rtrim(outcome_code, 'A')),
                    (select e.share from edition e where e.place = 1 and e.code = '{OTHER}'), 0)
$share$;
"""  # noqa: S608
