"""The tokens of a text as the search keeps and asks them: twin of `iops.search_tokens` (sql/30_search.sql)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iops.pole.matching.spelling import fold, words

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 200
"""Characters of a token that are kept; longer words are found by these."""
MOST_ASKED = 48
"""Tokens of a question that are asked for: all of them must be there, so more would find no other rows."""

BLANKS = re.compile("[\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_PHONE = re.compile(r"[0-9](?:[ ().+-]{0,3}[0-9]){5,17}")
_LINE = re.compile(r"[0-9](?:[ ().+-]{0,3}[0-9]){8,14}")
_ABROAD = re.compile(r"^(?:00)?44(?=[0-9]{9,10}$)|^0+")
_NOT_DIGITS = re.compile(r"[^0-9]")
SHORTEST_PHONE = 6


def national(digits: str) -> str:
    """A telephone number without the code of this country and without noughts in front."""
    return _ABROAD.sub("", digits)


def phones(text: str) -> list[str]:
    """The digits of what looks like a telephone number in a text."""
    return [national(_NOT_DIGITS.sub("", found)) for found in _PHONE.findall(text)]


def phone_line(text: str) -> str:
    """The digits of the first whole telephone number in a text, as `national` gives them; "" when there is none.

    Twin of `iops.line_of`.
    """
    found = _LINE.search(text)
    return national(_NOT_DIGITS.sub("", found[0])) if found else ""


def signs(text: str) -> list[str]:
    """Pieces of a text that have neither letter nor digit."""
    return [piece for piece in BLANKS.split(text) if piece and not fold(piece)]


def asked(text: str) -> tuple[str, ...]:
    """What a row must hold to hold the whole text: its words, and its signs when they stand alone."""
    found = (*words(text), *signs(text))
    return tuple(dict.fromkeys(token[:LONGEST] for token in found))[:MOST_ASKED]


def squashed(text: str) -> str:
    """A mark or number without its blanks: "ab12 cde" as "ab12cde"."""
    return fold(text).replace(" ", "")[:LONGEST]


def stored(text: str, codes: Iterable[str]) -> list[str]:
    """Every token of a text, each once and in order; `codes` are the marks and numbers in it.

    Twin of `iops.search_tokens`.
    """
    found = [*words(text), *signs(text)]
    for number in phones(text):
        found += (f"tel{number[at:]}" for at in range(len(number) - SHORTEST_PHONE + 1))
    found += (squashed(code) for code in codes if any("0" <= c <= "9" for c in code))
    return list(dict.fromkeys(token[:LONGEST] for token in found if token))
