"""Reads one YAML file strictly, keeping the line of everything, and gathers what is wrong instead of stopping.

Only plain YAML is taken: no anchors, aliases, tags, several documents, duplicate or unknown keys. What a plain scalar
turns into is decided by the field that is read, never guessed (`no` stays a mistake, it does not become false).
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

import yaml

from iops.rulebook.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from enum import StrEnum
    from pathlib import Path

    Named = TypeVar("Named", bound=StrEnum)

LARGEST_FILE: Final = 262_144
"""Bytes; a file of rules that is larger is a mistake or an attack."""
DEEPEST: Final = 20
"""Levels of nesting; the deepest rule has six."""
LONGEST_TEXT: Final = 2_000
EARLIEST_YEAR: Final = 1800
LATEST_YEAR: Final = 2200

_TEXT: Final = "tag:yaml.org,2002:str"
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEBAB: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Page:
    """One file being read; `problems` fills up while its parts are asked for."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def refuse(self, where: yaml.Node | int, message: str, mend: str) -> None:
        """Note a mistake at a node, or at a line counted from 1."""
        line = where if isinstance(where, int) else where.start_mark.line + 1
        self.problems.append(Problem(self.name, line, message, mend))

    def mapping(
        self, node: yaml.Node, what: str, *, required: Collection[str], optional: Collection[str] = ()
    ) -> dict[str, yaml.Node]:
        """The values of a mapping by key; refuses unknown, doubled and missing keys. Empty when it is no mapping."""
        found: dict[str, yaml.Node] = {}
        known = [*required, *optional]
        for key, value in self.pairs(node, what):
            if key.value in known:
                found[key.value] = value
            else:
                self.refuse(key, f"{what} has an unknown key {key.value!r}.", f"Known keys: {', '.join(known)}.")
        if isinstance(node, yaml.MappingNode):
            for missing in (name for name in required if name not in found):
                self.refuse(node, f"{what} has no {missing!r}.", f"Add `{missing}:`.")
        return found

    def pairs(self, node: yaml.Node, what: str) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        """The keys and values of a mapping whose keys are free names; refuses a key that stands twice."""
        if not isinstance(node, yaml.MappingNode):
            self.refuse(node, f"{what} must be a mapping.", "Write `key: value` lines under it.")
            return
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.refuse(key, f"{what} has a key that is not a word.", "Use a plain word as key.")
            elif key.value in seen:
                self.refuse(key, f"{what} has the key {key.value!r} twice.", "Keep one of them.")
            else:
                seen.add(key.value)
                yield key, value

    def items(self, node: yaml.Node | None, what: str) -> list[yaml.Node]:
        """The items of a list that must hold at least one."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.refuse(node, f"{what} must be a list.", "Start each item with `- `.")
            return []
        if not node.value:
            self.refuse(node, f"{what} is empty.", "Add at least one item.")
        return list(node.value)

    def text(self, node: yaml.Node | None, what: str) -> str | None:
        """A text of 1 to 2,000 characters, its line breaks folded to spaces."""
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode) or node.tag != _TEXT:
            self.refuse(node, f"{what} must be text.", "Write words; put quotes around what looks like something else.")
            return None
        text = " ".join(node.value.split())
        if not text:
            self.refuse(node, f"{what} is empty.", "Write it or leave the key out.")
            return None
        if len(text) > LONGEST_TEXT:
            self.refuse(node, f"{what} is longer than {LONGEST_TEXT:,} characters.", "Shorten it.")
            return None
        return text

    def expression(self, node: yaml.Node | None, what: str) -> str | None:
        """The text of a condition; a bare `true` or `false` is one too."""
        if isinstance(node, yaml.ScalarNode) and node.value in {"true", "false"}:
            return str(node.value)
        return self.text(node, what)

    def code(self, node: yaml.Node | None, what: str) -> str | None:
        """A stable name in kebab-case, at most 60 characters."""
        text = self.text(node, what)
        if node is None or text is None:
            return None
        if not _KEBAB.fullmatch(text) or len(text) > 60:  # noqa: PLR2004
            self.refuse(node, f"{what} {text!r} is not kebab-case.", "Use lower-case words joined by single hyphens.")
            return None
        return text

    def day(self, node: yaml.Node | None, what: str) -> dt.date | None:
        """A date written YYYY-MM-DD that exists in the calendar."""
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and _DATE.fullmatch(node.value):
            with suppress(ValueError):
                day = dt.date.fromisoformat(node.value)
                if EARLIEST_YEAR <= day.year <= LATEST_YEAR:
                    return day
        shown = repr(node.value) if isinstance(node, yaml.ScalarNode) else "This"
        self.refuse(
            node, f"{what}: {shown} is not a date.", f"Write YYYY-MM-DD, from {EARLIEST_YEAR} to {LATEST_YEAR}."
        )
        return None

    def flag(self, node: yaml.Node | None, what: str) -> bool:
        """`true` or `false`; nothing else."""
        if node is None:
            return False
        if isinstance(node, yaml.ScalarNode) and node.value in {"true", "false"}:
            return bool(node.value == "true")
        self.refuse(node, f"{what} must be true or false.", "Write `true` or leave the key out.")
        return False

    def choice(self, node: yaml.Node | None, what: str, choices: type[Named]) -> Named | None:
        """One of a closed list of words."""
        text = self.text(node, what)
        if node is None or text is None:
            return None
        try:
            return choices(text)
        except ValueError:
            self.refuse(node, f"{what}: there is no {text!r}.", f"Choose from: {', '.join(choices)}.")
            return None


def open_page(path: Path, name: str, kind: str) -> tuple[Page, yaml.MappingNode | None]:
    """Read a file whose header must say `kind: <kind>`; the second part is None when nothing in it can be read."""
    page = Page(name)
    text = _read(path, page)
    root = _compose(text, page) if text is not None else None
    if root is None:
        return page, None
    if not isinstance(root, yaml.MappingNode):
        page.refuse(root, "The file must be a mapping.", f"Begin it with `kind: {kind}`.")
        return page, None
    said = [value.value for key, value in root.value if key.value == "kind" and isinstance(value, yaml.ScalarNode)]
    if said[:1] != [kind]:
        page.refuse(root, f"The file is not of the kind {kind!r}.", f"Begin it with `kind: {kind}`.")
        return page, None
    return page, root


def _read(path: Path, page: Page) -> str | None:
    if path.stat().st_size > LARGEST_FILE:
        page.refuse(0, f"The file is larger than {LARGEST_FILE:,} bytes.", "Split it by instrument.")
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        page.refuse(0, "The file is not UTF-8.", f"Save it as UTF-8 (first wrong byte at {error.start}).")
        return None
    if not text.strip():
        page.refuse(0, "The file is empty.", "Write an entry or delete the file.")
        return None
    return text


def _compose(text: str, page: Page) -> yaml.Node | None:
    try:
        if not _is_plain(text, page):
            return None
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        page.refuse(mark.line + 1 if mark else 0, f"This is not YAML: {error.problem}.", "Mend the punctuation.")
        return None
    except yaml.YAMLError as error:
        page.refuse(0, f"This is not YAML: {' '.join(str(error).split())}.", "Remove what is not plain text.")
        return None
    if root is None:
        page.refuse(0, "The file holds only comments.", "Write an entry or delete the file.")
    return root


def _is_plain(text: str, page: Page) -> bool:
    """Whether the file keeps to plain YAML; looked at as events, before anything is built from it."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        wrong = _not_plain(event, depth, documents)
        if wrong:
            page.refuse(event.start_mark.line + 1 if event.start_mark else 0, *wrong)
            return False
    return True


def _not_plain(event: yaml.Event, depth: int, documents: int) -> tuple[str, str] | None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "Anchors and aliases are not taken.", "Write the value out: an entry must be readable where it stands."
    if tag := getattr(event, "tag", None):
        return f"The tag {tag} is not taken.", "Write plain values without `!`."
    if depth > DEEPEST:
        return f"The file nests deeper than {DEEPEST} levels.", "Flatten it."
    if documents > 1:
        return "The file holds several documents.", "Remove the second `---`."
    return None
