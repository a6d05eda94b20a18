"""Fills the database's tables of characters and of names from the lists that Python reads."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from psycopg import sql

from iops.pole.matching.forms import all_roots, name_sounds
from iops.pole.matching.spelling import FIRST_KEPT, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.pole.matching.forms import Kind

_SURROGATES = range(0xD800, 0xE000)


def statements() -> Iterator[str]:
    """One statement a table."""
    yield _fill("iops.fold_character (character, plain)", "a.c1, a.c2", _characters())
    chosen = "a.c1, a.c2, string_to_array(a.c3, ' '), string_to_array(a.c4, ' ')"
    yield _fill("iops.name_form (kind, word, roots, sounds)", chosen, _forms())
    yield "analyze iops.fold_character; analyze iops.name_form;"


def _fill(target: str, chosen: str, columns: tuple[tuple[str, ...], ...]) -> str:
    """Columns travel as one text each: the server reads that many times faster than as many rows of values."""
    arrays = sql.SQL(", ").join(
        sql.SQL("string_to_array({}, E'\\x01')").format(sql.Literal("\x01".join(column))) for column in columns
    )
    names = ", ".join(f"c{at + 1}" for at in range(len(columns)))
    return f"insert into {target} select {chosen} from unnest({arrays.as_string(None)}) as a ({names});"


@cache
def _characters() -> tuple[tuple[str, ...], ...]:
    """Every character that folds to something else than itself, and what it becomes."""
    found = [
        (character, latin)
        for code in range(0x80, FIRST_KEPT)
        if code not in _SURROGATES and (latin := plain(character := chr(code))) != character
    ]
    return tuple(zip(*found, strict=True))


@cache
def _forms() -> tuple[tuple[str, ...], ...]:
    kinds: tuple[Kind, ...] = ("given", "family")
    rows = [
        (kind, word, " ".join(roots), " ".join(name_sounds(word, kind)))
        for kind in kinds
        for word, roots in sorted(all_roots(kind).items())
    ]
    return tuple(zip(*rows, strict=True))
