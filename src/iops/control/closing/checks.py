"""Which closures a supervisor checks, as dated data: so many in a thousand of each kind, and the findings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.control.configuration import number, read
from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.rulebook.shapes import Node

THOUSAND = 1000
OTHER = "other"
"""The kind of every closure that is of no other kind."""


@dataclass(frozen=True)
class Shares:
    """How many of a thousand closures of each kind are checked from a local day on."""

    since: dt.date
    per_thousand: Mapping[str, int]


@dataclass(frozen=True)
class Checks:
    """Kinds of closure with their words, how soon after the report is "quick" (minutes), findings, shares by date."""

    strata: Mapping[str, str]
    quick_minutes: int
    findings: Mapping[str, str]
    in_force: tuple[Shares, ...]

    def check_findings(self, codes: list[str]) -> list[str]:
        """The codes of findings, once each in the order of the list. Raises InvalidError."""
        for code in codes:
            if code not in self.findings:
                raise InvalidError(
                    f"“{code[:40]}” is not a finding.",
                    mend=f"Take some of: {', '.join(self.findings)}.",
                    details={"field": "findings"},
                )
        return [code for code in self.findings if code in codes]


def checks() -> Checks:
    """The force's configuration of checks. Raises RuleFileError."""
    return _checks(configuration.folders())


@lru_cache(maxsize=8)
def _checks(_folders: object) -> Checks:
    return read_checks(read("closure_checks.yaml"))


def read_checks(root: Node) -> Checks:
    """The configuration from its file. Raises RuleFileError."""
    keys = ("kind", "strata", "quick_minutes", "findings", "in_force")
    root.keys(keys, keys).child("kind").choice(("closure-checks",))
    strata = {key: child.text() for key, child in root.child("strata").items()}
    if OTHER not in strata:
        raise root.child("strata").fail(f'there is no kind "{OTHER}"', "It takes the closures of no other kind.")
    findings: dict[str, str] = {}
    for node in root.child("findings").each():
        node.keys(("code", "title"), ("code", "title"))
        findings[node.child("code").text()] = node.child("title").text()
    shares: list[Shares] = []
    for node in root.child("in_force").each():
        shares.append(_shares(node, strata, shares))
    if not shares:
        raise root.child("in_force").fail("no shares are in force", "Add an entry with `from` and `per_thousand`.")
    return Checks(strata, number(root.child("quick_minutes"), 1, 24 * 60), findings, tuple(shares))


def _shares(node: Node, strata: Mapping[str, str], before: list[Shares]) -> Shares:
    node.keys(("from", "per_thousand"), ("from", "per_thousand"))
    since = node.child("from").date()
    if since is None or (before and since <= before[-1].since):
        raise node.fail("the days do not run forward", "Write the editions in order, each with its own day.")
    node.child("per_thousand").keys(tuple(strata), tuple(strata))
    return Shares(since, {key: number(child, 0, THOUSAND) for key, child in node.child("per_thousand").items()})
