"""Reading rule files strictly: a slip in a rule is reported with its file, its line and how to mend it.

Ordinary YAML readers keep the last of two equal keys and turn odd words into dates or numbers. A rule that is quietly
lost that way is worse than a rule that is missing, so duplicate keys, anchors, custom tags and files that are not a
mapping are refused.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import yaml

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAXIMUM_BYTES = 4_000_000
MAXIMUM_DEPTH = 40


class RuleFileError(InvalidError):
    """A rule file cannot be read as it stands; the message names the file and the line."""

    code = "rule-file"

    def __init__(self, file: str, line: int, wrong: str, *, mend: str) -> None:
        super().__init__(f"{file}, line {line}: {wrong}.", mend=mend, details={"file": file, "line": line})
        self.file = file
        self.line = line


class Lines:
    """Where each value of one file stands, so that a later check can name the line."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._lines: dict[tuple[object, ...], int] = {}

    def note(self, path: tuple[object, ...], line: int) -> None:
        """Remember that the value at `path` (keys and list positions) starts on `line` (1 is the first)."""
        self._lines[path] = line

    def at(self, path: tuple[object, ...]) -> int:
        """The line of the value at `path`, or of the nearest value around it."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def error(self, path: tuple[object, ...], wrong: str, *, mend: str) -> RuleFileError:
        """A named error for the value at `path`."""
        return RuleFileError(self.file, self.at(path), wrong, mend=mend)


def _date(text: str) -> object:
    return dt.date.fromisoformat(text)


def _moment(text: str) -> object:
    return dt.datetime.fromisoformat(text)


def _timestamp(text: str) -> object:
    return _date(text) if len(text) <= len("2026-04-01") else _moment(text)


def _truth(text: str) -> object:
    return text.lower() in {"yes", "true", "on"}


_SCALARS: dict[str, Callable[[str], object]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:bool": _truth,
    "tag:yaml.org,2002:null": lambda _text: None,
    "tag:yaml.org,2002:timestamp": _timestamp,
}


class _Reader:
    """Turns one parsed document into plain values, refusing what could hide a slip."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines

    def value(self, node: yaml.Node, path: tuple[object, ...]) -> object:
        self.lines.note(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, at)) for at, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: tuple[object, ...]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, child in node.value:
            key = str(key_node.value)
            self.lines.note((*path, key), key_node.start_mark.line + 1)
            if key in found:
                raise self.lines.error((*path, key), f'"{key}" is given twice', mend="Keep one of them.")
            found[key] = self.value(child, (*path, key))
        return found

    def _scalar(self, node: yaml.Node, path: tuple[object, ...]) -> object:
        reader = _SCALARS.get(str(node.tag))
        if reader is None:
            raise self.lines.error(
                path, f'"{node.value}" is of a kind rule files do not use', mend="Put it in quotation marks."
            )
        try:
            return reader(str(node.value))
        except ValueError as wrong:
            raise self.lines.error(
                path, f'"{node.value}" is not a real date or number', mend="Write dates as 2026-04-01."
            ) from wrong


def read_text(text: str, file: str) -> tuple[dict[str, object], Lines]:
    """The mapping held by `text`, and where each of its values stands.

    Raises RuleFileError when the text is not YAML, is not a mapping, repeats a key, uses anchors, or holds an
    impossible date.
    """
    lines = Lines(file)
    if len(text) > MAXIMUM_BYTES:
        raise RuleFileError(file, 1, f"the file is larger than {MAXIMUM_BYTES:,} characters", mend="Split it.")
    try:
        _refuse_traps(text, lines)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        said = getattr(wrong, "problem", None) or "the text is not YAML"
        line = mark.line + 1 if mark is not None else 1
        raise RuleFileError(file, line, str(said), mend="Mend the layout.") from wrong
    if not isinstance(node, yaml.MappingNode):
        raise RuleFileError(file, 1, "the file is not a mapping of names to values", mend="Begin with `name: value`.")
    found = _Reader(lines).value(node, ())
    assert isinstance(found, dict)  # noqa: S101
    return found, lines


def _refuse_traps(text: str, lines: Lines) -> None:
    """Refuses anchors and deep nesting before anything is built; a bomb of brackets would exhaust the C reader."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise RuleFileError(lines.file, line, "an anchor or alias is used", mend="Write the value out in full.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAXIMUM_DEPTH:
            raise RuleFileError(lines.file, line, "the values are nested too deeply", mend="Flatten the file.")


def read_file(path: Path, *, shown_as: str = "") -> tuple[dict[str, object], Lines]:
    """The mapping held by one file; `shown_as` is the name errors give it (a path inside the rulebook)."""
    name = shown_as or path.name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise RuleFileError(name, 1, "the file cannot be read as UTF-8 text", mend="Save it as UTF-8.") from wrong
    return read_text(text, name)
