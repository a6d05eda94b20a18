"""Plain English, measured: how long sentences and words are, and the age at which a text can be read.

The reading age is the Flesch-Kincaid grade plus five years (Kincaid and others, 1975), with syllables counted by groups
of vowels: near enough to say that a text is hard, and no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

LONGEST_SENTENCE = 25
"""Words; GOV.UK's guidance asks for sentences of no more than 25."""
OLDEST_READER = 13
"""Years: the age at which most people can read what we send. An average adult reads at about nine to eleven."""
_WORD = re.compile(r"[A-Za-z][A-Za-z'\u2019-]*")
_ENDS = re.compile(r"(?<=[.!?:])\s+|\n\s*\n")
_VOWELS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True, slots=True)
class Plainness:
    """How a text reads: words, sentences, the longest sentence in words, the reading age in whole years."""

    words: int
    sentences: int
    longest: int
    reading_age: int

    @property
    def plain(self) -> bool:
        """Whether no sentence is too long and the text can be read at thirteen."""
        return self.longest <= LONGEST_SENTENCE and self.reading_age <= OLDEST_READER


def plainness(text: str) -> Plainness:
    """How a text reads. An empty one is plain."""
    sentences = [words for part in _ENDS.split(text) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return Plainness(0, 0, 0, 0)
    # Exact, as everything counted is: 0.39, 11.8 and 15.59 are the constants of the formula.
    per_sentence = Fraction(len(words), len(sentences))
    per_word = Fraction(sum(syllables(word) for word in words), len(words))
    grade = Fraction(39, 100) * per_sentence + Fraction(118, 10) * per_word - Fraction(1559, 100)
    return Plainness(len(words), len(sentences), max(map(len, sentences)), max(0, round(grade + 5)))


def syllables(word: str) -> int:
    """The syllables of an English word, by its groups of vowels; a silent e at the end does not count."""
    bare = word.lower().rstrip("'\u2019s")
    if bare.endswith("e") and not bare.endswith("le"):
        bare = bare[:-1]
    return max(1, len(_VOWELS.findall(bare)))
