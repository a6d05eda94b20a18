"""Which given names one name may stand for: short forms, pet names, and one name written in several languages.

From two lists: the public one of English nicknames (package `nicknames`), and our own (`data/own_names.yaml`) of names
that reach a British force written in many ways. The database holds the same relation in `iops.name_form`.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nicknames import NickNamer

from iops.pole.matching.spelling import fold, sound
from iops.rulebook.strict_yaml import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.rulebook.strict_yaml import Lines

OWN = Path(__file__).parent / "data" / "own_names.yaml"
MOST_ROOTS = 12
"""A form that is short for more names than this tells too little: the least usual ones are left out."""

MOST_SOUNDS = 4

Kind = Literal["given", "family"]


def roots(word: str, kind: Kind = "given") -> frozenset[str]:
    """The names that a folded name word may stand for, itself included.

    Two words may be forms of one name when their roots meet. Twin: `iops.roots(text, text)`.
    """
    return frozenset(ordered_roots(word, kind))


def ordered_roots(word: str, kind: Kind = "given") -> tuple[str, ...]:
    """The same, the word itself first, then the commonest name it may stand for."""
    return all_roots(kind).get(word) or (word,)


@lru_cache(maxsize=200_000)
def name_sounds(word: str, kind: Kind) -> tuple[str, ...]:
    """The sounds a name word may be asked by: its own first, then those of what it may stand for."""
    return tuple(dict.fromkeys(map(sound, ordered_roots(word, kind))))[:MOST_SOUNDS]


@cache
def all_roots(kind: Kind) -> Mapping[str, tuple[str, ...]]:
    """Every word that is on a list, with what it may stand for."""
    found = _own(kind)
    for word, names in _public().items() if kind == "given" else ():
        found[word] = [*found.get(word, ()), *names]
    return {word: tuple(dict.fromkeys([word, *names]))[:MOST_ROOTS] for word, names in found.items()}


def _own(kind: Kind) -> dict[str, list[str]]:
    """A group stands under its first name."""
    told, lines = read_file(OWN)
    groups = told.get(kind)
    if not isinstance(groups, list):
        raise lines.error((kind,), f'there is no list "{kind}"', mend=f"Write `{kind}:` and one group a line.")
    found: dict[str, list[str]] = defaultdict(list)
    for at, group in enumerate(groups):
        for name in _group(group, lines, (kind, at)):
            found[name].append(group[0])
    return found


def _group(group: object, lines: Lines, path: tuple[object, ...]) -> list[str]:
    if not isinstance(group, list) or len(group) < len("ab") or not all(isinstance(name, str) for name in group):
        raise lines.error(path, "a group is a list of two names or more", mend="Write [name, name].")
    for name in group:
        if fold(name) != name or " " in name:
            raise lines.error(path, f'"{name}" is not one folded word', mend=f'Write "{fold(name)}".')
    return group


@cache
def _public() -> dict[str, list[str]]:
    """The public list, turned round: from the short form to the full names, those with most short forms first."""
    lookup = NickNamer.default_lookup()
    found: dict[str, list[str]] = defaultdict(list)
    for full in sorted(lookup, key=lambda name: (-len(lookup[name]), name)):
        for short in lookup[full]:
            found[fold(short)].append(fold(full))
    return {word: names for word, names in found.items() if word and " " not in word}
