"""Rows that hold what is asked, word for word or by an exact key: log lines, notes, marks, numbers, references."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.pole.search import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHORTEST_PREFIX = 3
"""Letters that a word must have before longer words that begin with it are found too: two letters begin most words."""
MOST_SQUASHED = 30
WITHHELD = "withheld"


@dataclass(frozen=True)
class TextHit:
    """One row that holds what is asked, and the record it is shown under."""

    table: str
    row_id: int
    kind: str
    record_id: int
    at: dt.datetime | None


def lexeme(token: str, *, prefix: bool = False) -> str:
    """One token in the notation of tsquery."""
    quoted = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'{':*' if prefix else ''}"


def expression(text: str, *, typing: bool = False) -> str:
    """What a row must hold, in the notation of tsquery: all the words, or one of the exact keys of the whole.

    While somebody is typing, the last word stands for every longer one. Empty when the text holds nothing to ask.
    """
    words = tokens.asked(text)
    if not words:
        return ""
    ways = [" & ".join([*map(lexeme, words[:-1]), _last(words[-1], typing=typing)])]
    whole = tokens.squashed(text)
    if len(text) <= MOST_SQUASHED and any(map(str.isdigit, whole)) and len(whole) >= SHORTEST_PREFIX:
        ways.append(lexeme(whole, prefix=True))
    ways += [lexeme(f"tel{number}", prefix=True) for number in _numbers(text)]
    return " | ".join(f"({way})" for way in ways)


def _last(word: str, *, typing: bool) -> str:
    return lexeme(word, prefix=typing and len(word) >= SHORTEST_PREFIX)


def _numbers(text: str) -> Iterable[str]:
    """The telephone number that the whole text may be, or a part of one: with the noughts in front and without."""
    digits = "".join(filter(str.isdigit, text))
    other = [c for c in text if not (c.isdigit() or c in " ().+-")]
    if other or not digits.isascii() or not tokens.SHORTEST_PHONE <= len(digits) <= MOST_SQUASHED:
        return ()
    return {n for n in (digits, tokens.national(digits)) if len(n) >= tokens.SHORTEST_PHONE}


def find(text: str, kinds: Sequence[str] | None, most: int, *, typing: bool = False) -> tuple[list[TextHit], int]:
    """The newest rows that hold the text, at most `most`, as far as whoever acts may see them; and how many hinted
    records were withheld."""
    wanted = expression(text, typing=typing)
    if not wanted:
        return [], 0
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from iops.search_texts(%s, %s, %s, %s)", [wanted, text[:500], list(kinds) if kinds else None, most]
        )
        found = cursor.fetchall()
    withheld = sum(row[3] for row in found if row[2] == WITHHELD)
    return [TextHit(*row) for row in found if row[2] != WITHHELD], int(withheld)
