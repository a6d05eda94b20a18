"""The configuration of sharing (data/sharing.yaml; a force's own file goes before it)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.control.configuration import number, open_node
from iops.foundation.errors import InvalidError
from iops.safeguarding.models import AgencyKind, ReferralState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.rulebook.shapes import Node

NAME = "sharing.yaml"
DATA = Path(__file__).parent.parent / "data"
CONSENT = "consent"
PARTS = ("kind", "follows", "bases", "blocks", "defaults", "link", "delivery")
MOST_MINUTES = 10_080


@dataclass(frozen=True)
class Basis:
    """One ground on which personal data may be shared: its words and its source in law."""

    title: str
    source: str


@dataclass(frozen=True)
class Block:
    """One part of a package: its heading, and what it shows in a few words."""

    title: str
    means: str


@dataclass(frozen=True)
class Sharing:
    """Which state follows which, the closed list of grounds, the blocks of a package and the default of each agency.

    `waits` are the minutes between tries of a delivery; `lease` the minutes after which a try that never ended is made
    again; `link_days` how long a partner's link holds; `tries_a_minute` how often one address may ask with a bad one.
    """

    follows: Mapping[str, frozenset[str]]
    bases: Mapping[str, Basis]
    blocks: Mapping[str, Block]
    defaults: Mapping[str, tuple[str, ...]]
    link_days: int
    tries_a_minute: int
    waits: tuple[int, ...]
    lease: int

    def check_basis(self, code: str, grounds: str) -> None:
        """Refuse a ground that is not on the list, or an override without words (B4). Raises InvalidError."""
        if code not in self.bases:
            raise InvalidError(
                "That is not one of the grounds for sharing.",
                mend=f"Take one of: {', '.join(self.bases)}.",
                details={"field": "basis"},
            )
        if code != CONSENT and not grounds.strip():
            raise InvalidError(
                "To share without consent needs its grounds.",
                mend="Say in a few words why it is needed.",
                details={"field": "grounds"},
            )

    def sections(self, kind: str, added: Mapping[str, str]) -> list[dict[str, str]]:
        """The blocks of a package: the least its kind of agency needs, and what is added, each with its why.

        Raises InvalidError for a block that there is not, and for an addition without a why.
        """
        least = self.defaults[kind]
        for block, why in added.items():
            if block not in self.blocks:
                raise InvalidError("That is not a block of a package.", details={"field": "added"})
            if block not in least and not why.strip():
                raise InvalidError(
                    f"“{self.blocks[block].title}” goes beyond what this agency needs by default.",
                    mend="Say why it is needed.",
                    details={"field": "why"},
                )
        return [
            {"block": block, "why": "" if block in least else added[block].strip()}
            for block in self.blocks
            if block in least or block in added
        ]


def sharing() -> Sharing:
    """The configuration of sharing in force. Raises RuleFileError."""
    return _sharing(configuration.folders())


@lru_cache(maxsize=8)
def _sharing(folders: tuple[Path, ...]) -> Sharing:
    own = next((f / NAME for f in folders if (f / NAME).is_file()), DATA / NAME)
    return read_sharing(open_node(own))


def read_sharing(root: Node) -> Sharing:
    """The configuration from its file. Raises RuleFileError, naming line and mend."""
    root.keys(PARTS, PARTS).child("kind").choice(("sharing",))
    blocks = {key: Block(*_texts(node, "title", "means")) for key, node in root.child("blocks").items()}
    link = root.child("link").keys(("days", "tries_a_minute"), ("days", "tries_a_minute"))
    delivery = root.child("delivery").keys(("wait_minutes", "lease_minutes"), ("wait_minutes", "lease_minutes"))
    return Sharing(
        _lists(root.child("follows"), ReferralState.values, ReferralState.values),
        {key: Basis(*_texts(node, "title", "source")) for key, node in root.child("bases").items()},
        blocks,
        {k: tuple(v) for k, v in _ordered(root.child("defaults"), AgencyKind.values, list(blocks)).items()},
        number(link.child("days"), 1, 90),
        number(link.child("tries_a_minute"), 1, 1000),
        tuple(number(each, 1, MOST_MINUTES) for each in delivery.child("wait_minutes").each()),
        number(delivery.child("lease_minutes"), 1, 60),
    )


def _texts(node: Node, *names: str) -> tuple[str, ...]:
    node.keys(names, names)
    return tuple(node.child(name).text() for name in names)


def _lists(node: Node, keys: list[str], words: list[str]) -> dict[str, frozenset[str]]:
    return {key: frozenset(found) for key, found in _ordered(node, keys, words).items()}


def _ordered(node: Node, keys: list[str], words: list[str]) -> dict[str, list[str]]:
    """Every key with its list of known words; a key that is missing or unknown is refused."""
    node.keys(keys, keys)
    return {key: [each.choice(words) for each in child.each()] for key, child in node.items()}
