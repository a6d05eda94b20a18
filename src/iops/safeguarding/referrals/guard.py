"""The must-not-receive list at work: who is refused as a recipient, and which words never stand in a package.

Pure: it takes the entries as they are. Texts are compared without regard to capitals, accents, blanks, punctuation,
look-alike letters and common short forms of street names, because people write an address as they please; it rather
withholds too much than too little.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING

from anyascii import anyascii

from iops.foundation.errors import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WITHHELD = "[withheld]"
SHORTEST = 4
"""Letters and digits that barred words have at least: fewer would blank out half of every text."""
MOST_FORMS = 256
SAME = (
    {"road", "rd"},
    {"street", "st", "str"},
    {"avenue", "ave", "av"},
    {"lane", "ln"},
    {"close", "cl"},
    {"drive", "dr", "drv"},
    {"court", "ct"},
    {"crescent", "cres", "cr"},
    {"terrace", "terr", "ter"},
    {"place", "pl"},
    {"square", "sq"},
    {"gardens", "gdns", "gdn"},
    {"grove", "gr", "gv"},
    {"house", "hse"},
    {"flat", "apartment", "apt"},
    {"saint", "st"},
    {"north", "n"},
    {"south", "s"},
    {"east", "e"},
    {"west", "w"},
)
POSTCODE = re.compile(r"\b[A-Za-z]{1,2}[0-9][A-Za-z0-9]?\s*[0-9][A-Za-z]{2}\b")


class BarredError(NotAllowedError):
    """The recipient is on the must-not-receive list, or the content cannot be freed of what must not be told."""

    code = "barred"


@dataclass(frozen=True)
class Bars:
    """The list of one incident: `recipients` as entered, `content` as entered, and what is known of its suspects."""

    recipients: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    suspects: tuple[str, ...] = ()

    def check_recipient(self, *told: str) -> None:
        """Refuse a recipient who matches an entry or a suspect by name or e-mail address.

        The refusal does not say which entry: whoever reads it need not know. Raises BarredError.
        """
        if any(matches(entry, each) for entry in (*self.recipients, *self.suspects) for each in told if each):
            raise BarredError(
                "This recipient must not receive anything out of this incident.",
                mend="Choose another recipient, or ask a supervisor about the must-not-receive list.",
            )

    def clean(self, text: str) -> str:
        """The text with every place withheld that says what must not be told."""
        for _ in range(len(text) + 1):
            spans = list(self._spans(text))
            if not spans:
                return text
            text = _blanked(text, spans)
        raise BarredError("The content cannot be freed of what must not be told.")

    def check_content(self, texts: Iterable[str]) -> None:
        """The last look at what is about to leave. Raises BarredError when a barred word is still in it."""
        if any(next(self._spans(text), None) for text in texts):
            raise BarredError(
                "The content still says what must not be told.", mend="Take it out of the words of the referral."
            )

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        letters, places = plain(text)
        for entry in self.content:
            for form in forms(entry):
                start = letters.find(form)
                while start >= 0:
                    yield places[start], places[start + len(form) - 1] + 1
                    start = letters.find(form, start + 1)


def plain(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, small and in Latin, and where in the text each of them stands."""
    letters: list[str] = []
    places: list[int] = []
    # What WITHHELD says is nobody's word: it breaks a match instead of joining what stands on either side of it.
    for part in re.finditer(re.escape(WITHHELD) + r"|.", text, re.DOTALL):
        found = "\x00" if part.group() == WITHHELD else _latin(part.group())
        letters += found
        places += [part.start()] * len(found)
    return "".join(letters), places


def _latin(char: str) -> str:
    return "".join(c for c in anyascii(unicodedata.normalize("NFKC", char)).casefold() if c.isalnum())


def forms(entry: str) -> list[str]:
    """The ways in which barred words may be written, as letters and digits; a postcode counts by itself too."""
    words = [plain(word)[0] for word in entry.split()]
    choices = [sorted({word}.union(*(same for same in SAME if word in same))) for word in words if word]
    ways = {"".join(way) for way in islice(product(*choices), MOST_FORMS)}
    ways |= {plain(found)[0] for found in POSTCODE.findall(entry)}
    return sorted(way for way in ways if len(way) >= SHORTEST)


def matches(entry: str, told: str) -> bool:
    """Whether what is told of a recipient (name, e-mail address) is, or names, what the entry bars.

    An e-mail address bars itself, "@example.org" or "example.org" everybody there and below, words everybody whose
    name or address holds all of them in any order.
    """
    entry, told = _folded(entry), _folded(told)
    if "@" in entry.lstrip("@"):
        return "@" in told and plain(entry)[0] == plain(told)[0]
    if ("." in entry and " " not in entry) or entry.startswith("@"):
        domain = entry.lstrip("@")
        return f".{told.rpartition('@')[2]}".endswith(f".{domain}") if "@" in told else False
    words = [w for w in (plain(word)[0] for word in re.split(r"[\s,]+", entry)) if w]
    found = plain(told)[0]
    return sum(map(len, words)) >= SHORTEST and all(word in found for word in words)


def _folded(text: str) -> str:
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in {"Cf", "Cc"})
    return visible.strip().casefold()


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with the spans, joined where they overlap, replaced by WITHHELD."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    for start, end in reversed(joined):
        text = text[:start] + WITHHELD + text[end:]
    return text
