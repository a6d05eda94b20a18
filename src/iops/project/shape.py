"""Whether the code keeps the shape the house rules ask: short functions, short files."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LONGEST_FILE, LONGEST_FUNCTION = 500, 60
SHORT, MIDDLING = 10, 30
PERCENT = 100


def misshapen(files: Iterable[Path]) -> list[str]:
    """What breaks the house rules in these Python files.

    No file has over 500 lines and no function over 60; nine in ten of all functions have under 30 and half under 10.
    """
    wrong, lengths = [], []
    for path in files:
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > LONGEST_FILE:
            wrong.append(f"{path}: {lines} lines; no file has more than {LONGEST_FILE}")
        for name, line, length in functions(text):
            lengths.append(length)
            if length > LONGEST_FUNCTION:
                wrong.append(f"{path}:{line}: {name} has {length} lines; no function has more than {LONGEST_FUNCTION}")
    return [*wrong, *_shares(lengths)]


def functions(text: str) -> Iterator[tuple[str, int, int]]:
    """Each function of a Python text: its name, its first line, and how many lines of code it has.

    The docstring does not count: what a function means may take as many words as it needs.
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            said = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
            words = (said.end_lineno or 0) - said.lineno + 1 if said else 0
            yield node.name, node.lineno, (node.end_lineno or 0) - node.lineno + 1 - words


def _shares(lengths: list[int]) -> Iterator[str]:
    for limit, share in ((SHORT, 50), (MIDDLING, 90)):
        fit = sum(length < limit for length in lengths)
        if fit * PERCENT < share * len(lengths):
            yield f"{fit} of {len(lengths)} functions have under {limit} lines; it must be {share} in a hundred"
