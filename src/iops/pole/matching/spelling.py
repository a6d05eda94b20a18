"""One spelling for every name: Latin, lower case, without accents; and one short key for names that sound alike.

Each function has a twin in the database (`sql/10_spelling.sql`), and a property test holds the two together on any
text. What is written here is therefore kept to what both languages say alike: one table of characters, and a chain of
regular expressions on ASCII letters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

APOSTROPHES = "'`"
_LONGEST_SOUNDED = 60
_GAPS = frozenset({"Cc", "Zs", "Zl", "Zp"})
_NOTHING = frozenset({"Cf", "Mn", "Me", "Mc"})
# Each sign of these scripts is a word or syllable of its own; written in Latin letters they stand apart.
_SYLLABLES = ((0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF))
FIRST_KEPT = 0x20000
"""From here on lie rare signs that no name of a living person needs: they are kept as they are."""


def plain(character: str) -> str:
    """How one character is written in ASCII, before case and punctuation are taken away.

    Accents and marks that stand alone become nothing, gaps of any kind a blank. A character that no Latin letter stands
    for is kept as it is: a name must never become unfindable because nobody knows how to write it.
    """
    if character < "\x80" or ord(character) >= FIRST_KEPT:
        return character
    latin = anyascii(character)
    if latin:
        return f" {latin} " if _is_syllable(ord(character)) else latin
    category = unicodedata.category(character)
    if category in _GAPS:
        return " "
    return "" if category in _NOTHING else character


def _is_syllable(code: int) -> bool:
    return any(first <= code <= last for first, last in _SYLLABLES)


def _settle(character: str) -> str:
    """One ASCII character in its folded form; others as they are."""
    if character in APOSTROPHES:
        return ""
    if character >= "\x80" or character.isalnum():
        return character.lower() if character < "\x80" else character
    return " "


class _Folding(dict[int, str]):
    """What every character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = "".join(map(_settle, plain(chr(code))))
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Any text in lower-case Latin letters and digits, one blank between words.

    Accents go, apostrophes close up (O'Neil is oneil), other punctuation parts words. Twin: `iops.fold(text)`.
    """
    return " ".join([word for word in text.translate(_FOLDING).split(" ") if word])


def words(text: str) -> tuple[str, ...]:
    """The words of the folded text, in order. Twin: `iops.words(text)`."""
    return tuple(fold(text).split(" ")) if fold(text) else ()


# A chain of replacements, each on the outcome of the one before. Made for names heard over a British telephone, in
# English spelling or in one of the many ways Urdu, Arabic, Polish, Irish, West African and Chinese names are written.
_CHAIN: tuple[tuple[str, str], ...] = (
    (r"(.)\1+", r"\1"),  # doubled letters: Mohammed, Philippa
    (r"^(ma?c)(?=[^aeiouyhk])", "mk"),  # McDonald, MacDonald
    (r"^[kgp]n", "n"),  # Knight, Gnanalingam, pneu-
    (r"^(wr|rh)", "r"),  # Wright, Rhys
    (r"^ps|^x|^hs", "s"),  # Psaila, Xavier, Hsu
    (r"^y(?=[^aeiou])", "i"),  # Yvonne
    (r"^dj|^dz|^zh", "j"),  # Djamel, Zhang
    (r"cz|tsch|tch|tj", "j"),  # Walczak, Mitchell
    (r"sch|sz|sh|ts|tz|sc(?=[eiy])", "s"),  # Schmidt, Tomasz, Aisha, Fritz, Priscilla
    (r"chr|kr", "kr"),  # Christine, Kristine
    (r"ch", "j"),  # Charles; with j, because Zhang, Chang and Jang are heard alike
    (r"ph", "f"),  # Philip, Filip, Stephen
    (r"mps", "ms"),  # Thompson, Thomson
    (r"mb$", "m"),  # Lamb
    (r"(^|[^aeiou])gh(?=[aeiou])", r"\1g"),  # Ghaffar, Asghar
    (r"gh", ""),  # Hughes, Leigh, Singh, Callaghan
    (r"dg|g(?=[eiy])", "j"),  # Bridget, Geoffrey
    (r"^ng|ng(?=[^aeiou]|$)", "n"),  # Nguyen, Wang, Chen and Cheng
    (r"c(?=[eiy])", "s"),  # Cecil
    (r"ck|qu|[cq]", "k"),  # Dickson, Qasim, Catherine
    (r"x", "ks"),  # Dixon, Alexander
    (r"([aeou])w(?=[^aeiouy]|$)", r"\1"),  # Lawrence, Shaw
    (r"[vw]", "f"),  # Stephen and Steven; Kowalski and Kovalski
    (r"z", "s"),  # Aziz
    (r"d", "t"),  # Mohammed, Mehmet
    (r"(.)\1+", r"\1"),
    (r"(.)h+", r"\1"),  # Thomas, Khan, Bhatt: only the first letter of a name keeps its h
    (r"^[aeiou]+", "a"),  # whatever vowel begins it: Ayesha, Emre and Imre
    (r"(?<=.)[aeiouy]+", ""),
)
_STEPS = tuple((re.compile(pattern), mend) for pattern, mend in _CHAIN)


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """A short key that names heard alike share; of one folded word. Twin: `iops.sound(text)`.

    Smith and Smyth, Mohammed and Muhammad, Catherine and Kathryn have one key. It is coarse on purpose: it
    chooses whom to compare, and the model says how alike they are.
    """
    word = word[:_LONGEST_SOUNDED]
    for pattern, mend in _STEPS:
        word = pattern.sub(mend, word)
    return word
