"""Where the control room's configuration stands: the files that come with the system, and a force's own before them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from iops.rulebook.shapes import Node
from iops.rulebook.strict_yaml import read_file

DATA = Path(__file__).parent / "data"


def folders() -> tuple[Path, ...]:
    """The folders that hold configuration, a force's own first (setting `IOPS_FORCE_FOLDER`)."""
    own: Path | None = getattr(settings, "IOPS_FORCE_FOLDER", None)
    return (own, DATA) if own else (DATA,)


def read(name: str) -> Node:
    """The file of this name: the force's own when it has one. Raises RuleFileError, naming file and line."""
    path = next((f / name for f in folders() if (f / name).is_file()), DATA / name)
    return open_node(path)


def open_node(path: Path) -> Node:
    """One file, read strictly."""
    value, lines = read_file(path, shown_as=path.name)
    return Node(value, lines)


def number(node: Node, low: int, high: int) -> int:
    """A whole number within bounds."""
    value = node.value
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise node.fail(f'"{value}" is not a whole number from {low} to {high}', "Write such a number.")
    return value
