"""Answers to questions of the recording rules that the words of an incident give (data/recording_signs.yaml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.control.configuration import read
from iops.rulebook.library import acts
from iops.rulebook.shapes import word

if TYPE_CHECKING:
    from iops.rulebook.shapes import Node


@dataclass(frozen=True)
class WordSign:
    """Words that answer one question about an act."""

    act: str
    fact: str
    answer: str
    words: re.Pattern[str]


def signs() -> tuple[WordSign, ...]:
    """The force's list of signs. Raises RuleFileError."""
    return _signs(configuration.folders())


@lru_cache(maxsize=8)
def _signs(_folders: object) -> tuple[WordSign, ...]:
    root = read("recording_signs.yaml").keys(("kind", "signs"), ("kind", "signs"))
    root.child("kind").choice(("recording-signs",))
    return tuple(read_sign(node) for node in root.child("signs").each())


def read_sign(node: Node) -> WordSign:
    """One sign; its act, question and answer must be the rulebook's. Raises RuleFileError."""
    keys = ("act", "fact", "answer", "words")
    node.keys(keys, keys)
    act = node.child("act").choice(tuple(acts()))
    asked = acts()[act].facts
    fact = node.child("fact").choice(tuple(asked))
    answer = word(node.child("answer").value)
    if answer not in asked[fact].values:
        allowed = ", ".join(asked[fact].values)
        raise node.child("answer").fail(f'"{answer}" is no answer to that question', f"Use one of: {allowed}.")
    texts = node.child("words").texts()
    if not texts:
        raise node.child("words").fail("no word is given", "Write at least one.")
    longest = "|".join(re.escape(t) for t in sorted(texts, key=len, reverse=True))
    return WordSign(act, fact, str(answer), re.compile(rf"(?<!\w)(?:{longest})(?!\w)", re.IGNORECASE))


def answers_in(text: str, act: str) -> dict[str, tuple[str, str]]:
    """What the text answers of an act: question to answer and the words that were met; the first sign of each."""
    found: dict[str, tuple[str, str]] = {}
    for sign in signs():
        if sign.act == act and sign.fact not in found and (hit := sign.words.search(text)):
            found[sign.fact] = (sign.answer, hit[0])
    return found
