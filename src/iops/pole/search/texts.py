"""Rows that hold what is asked, word for word or by an exact key: log lines, notes, marks, numbers, references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.pole.search import tokens

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

_REFERENCE = re.compile(r"\s*([0-9]{1,6})\s*(?:/|\s|of\s)\s*([0-9]{2})[-/. ]?([0-9]{2})[-/. ]?([0-9]{4})\s*", re.ASCII)
"""A number of a day as people write it: 412/05072019, 412/05-07-2019, 412 of 05/07/2019."""
SHORTEST_PREFIX = 5
"""Letters that a word must have before longer words that begin with it are found too: fewer begin too many words."""
SHORTEST_CODE = 3
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
    if len(text) <= MOST_SQUASHED and any(map(str.isdigit, whole)) and len(whole) >= SHORTEST_CODE:
        ways.append(lexeme(whole, prefix=True))
    reference = _REFERENCE.fullmatch(text)
    if reference:
        ways.append(f"{lexeme(reference[1])} & {lexeme(''.join(reference.groups()[1:]))}")
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


@dataclass(frozen=True)
class Scope:
    """What hits are kept to: kinds of record, a district, days of the row (local, both included). Empty is all."""

    kinds: tuple[str, ...] = ()
    district_id: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None


EVERYTHING = Scope()


def find(text: str, scope: Scope, most: int, *, typing: bool = False) -> tuple[list[TextHit], int]:
    """The newest rows that hold the text, at most `most`, as far as whoever acts may see them.

    Also how many hinted records were withheld.
    """
    wanted = expression(text, typing=typing)
    return ask(wanted, text, scope, most) if wanted else ([], 0)


def ask(wanted: str, said: str, scope: Scope, most: int) -> tuple[list[TextHit], int]:
    """The same for a question in the notation of tsquery; `said` is what the person asked, for the log."""
    values = [wanted, said[:500], list(scope.kinds) or None, scope.district_id, scope.since, scope.until, most]
    with connection.cursor() as cursor:
        cursor.execute("select * from iops.search_texts(%s, %s, %s::text[], %s, %s, %s, %s)", values)
        found = cursor.fetchall()
    withheld = sum(row[3] for row in found if row[2] == WITHHELD)
    return [TextHit(*row) for row in found if row[2] != WITHHELD], int(withheld)
