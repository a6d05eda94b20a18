"""Small helpers that check the shape of what a rule file holds and say file, line and mend when it is wrong."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from iops.rulebook.strict_yaml import Lines

Path_ = tuple[object, ...]


class Node:
    """One value of a rule file together with where it stands."""

    __slots__ = ("lines", "path", "value")

    def __init__(self, value: Any, lines: Lines, path: Path_ = ()) -> None:
        self.value = value
        self.lines = lines
        self.path = path

    def fail(self, wrong: str, mend: str) -> Exception:
        """A RuleFileError for this value."""
        return self.lines.error(self.path, wrong, mend=mend)

    def keys(self, allowed: Collection[str], required: Collection[str] = ()) -> Node:
        """The node itself, after checking that it is a mapping with no unknown key and every required one."""
        if not isinstance(self.value, dict):
            raise self.fail("a mapping of names to values was expected", "Write `name: value` lines here.")
        for key in self.value:
            if key not in allowed:
                raise self.child(key).fail(f'"{key}" is not a known key', f"Use one of: {', '.join(sorted(allowed))}.")
        for key in required:
            if key not in self.value:
                raise self.fail(f'"{key}" is missing', f"Add `{key}:`.")
        return self

    def child(self, key: object) -> Node:
        """The value under `key` (None when absent)."""
        value = self.value[key] if isinstance(key, int) else self.value.get(key)
        return Node(value, self.lines, (*self.path, key))

    def items(self) -> list[tuple[str, Node]]:
        """The members of a mapping, in the order of the file; none when the value is absent."""
        if self.value is None:
            return []
        if not isinstance(self.value, dict):
            raise self.fail("a mapping of names to values was expected", "Write `name: value` lines here.")
        return [(key, self.child(key)) for key in self.value]

    def each(self) -> list[Node]:
        """The members of a list; none when the value is absent."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise self.fail("a list was expected", "Write `- ` before each member.")
        return [self.child(at) for at in range(len(self.value))]

    def text(self, default: str | None = None) -> str:
        """A text; a missing one is `default`, or an error when there is no default."""
        if self.value is None and default is not None:
            return default
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fail("a text was expected", "Write some words, in quotation marks if they look like a number.")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(node.text() for node in self.each())

    def date(self) -> dt.date | None:
        """A calendar date, or None when absent."""
        if self.value is None or (isinstance(self.value, dt.date) and not isinstance(self.value, dt.datetime)):
            return self.value
        raise self.fail(f'"{self.value}" is not a date', "Write dates as 2026-04-01.")

    def choice(self, allowed: Collection[str], default: str | None = None) -> str:
        """A text that is one of `allowed`."""
        if self.value is None and default is not None:
            return default
        if self.value not in allowed:
            raise self.fail(f'"{self.value}" is not one of the choices', f"Use one of: {', '.join(sorted(allowed))}.")
        return str(self.value)


def word(value: object) -> object:
    """Truth values as the words a registrar reads: yes and no. Everything else stays as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def citations(node: Node, sources: Mapping[str, object] | None = None) -> tuple[str, ...]:
    """The citations of one entry: at least one, each beginning with the key of a known source."""
    found = node.texts()
    if not found:
        raise node.fail("no citation is given", "Add `cite: [CRR2026 p11]`: document and page or section.")
    for at, cite in enumerate(found):
        key = cite.split(" ", 1)[0]
        if sources is not None and key not in sources:
            raise node.child(at).fail(f'"{key}" is not a known source', "Add it to sources.yaml or mend the key.")
    return found
