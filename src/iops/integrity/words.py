"""The word list: words of a log by which an incident looks like a crime, as dated data, and what they hit and why.

One list, two readers. PostgreSQL finds the incidents in which a word stands (full-text search, configuration `simple`:
whole words, no stemming, so that what is found is what is written in the list); `hits` then says of a text which words
stand in it, why they are on the list, and which of them are undone by a negation right before them. A force's own
editions stand in `words/` of its folder (`IOPS_FORCE_FOLDER`), beside ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.control.configuration import number, open_node

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.rulebook.shapes import Node

DATA = Path(__file__).parent / "data"
WORD = re.compile(r"[a-z0-9]+")
TERM = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
END = re.compile(r"[.!?;\n]")
APOSTROPHES = re.compile(r"['\u2019]")
AROUND = 40
"""Characters of the text shown on either side of a hit."""
MOST_REACH = 10


@dataclass(frozen=True)
class Term:
    """One entry of the list: its words and phrases in every form, why they are there, what undoes them."""

    words: tuple[str, ...]
    group: str
    why: str
    undone_by: tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """One word of the list in a text: which, why it is there, to which group it points, and where it stands.

    `undone` names the negation that stands before it; empty when it counts.
    """

    word: str
    group: str
    why: str
    around: str
    undone: str = ""


@dataclass(frozen=True)
class WordList:
    """One edition: the groups of offence in words, and the terms. `reach`: so many words before a hit may undo it."""

    code: str
    title: str
    since: dt.date
    groups: Mapping[str, str]
    negations: frozenset[str]
    reach: int
    terms: tuple[Term, ...]

    def query(self) -> str:
        """The list as a query of PostgreSQL's full-text search: any of its words; a phrase has its words in a row."""
        phrases = sorted({word for term in self.terms for word in term.words})
        return " | ".join("(" + " <-> ".join(f"'{part}'" for part in phrase.split()) + ")" for phrase in phrases)

    def hits(self, text: str) -> tuple[Hit, ...]:
        """Every word of the list in a text, in the order of the text, each where it stands first by its term."""
        found = [hit for sentence in END.split(text) for hit in self._in_sentence(sentence)]
        return tuple(found)

    def _in_sentence(self, sentence: str) -> list[Hit]:
        lowered = APOSTROPHES.sub("", sentence).casefold()
        words = [(m[0], m.start(), m.end()) for m in WORD.finditer(lowered)]
        said = [w for w, _, _ in words]
        found = []
        for place in range(len(words)):
            for term in self.terms:
                length = self._length(term, said, place)
                if length:
                    start, end = words[place][1], words[place + length - 1][2]
                    around = APOSTROPHES.sub("", sentence)[max(0, start - AROUND) : end + AROUND].strip()
                    undone = self._undone(term, said[max(0, place - self.reach) : place])
                    found.append(Hit(" ".join(said[place : place + length]), term.group, term.why, around, undone))
        return found

    @staticmethod
    def _length(term: Term, said: list[str], place: int) -> int:
        """How many words the longest form of a term takes that stands at this place; 0 when none does."""
        forms = (form.split() for form in term.words)
        return max((len(form) for form in forms if said[place : place + len(form)] == form), default=0)

    def _undone(self, term: Term, before: list[str]) -> str:
        return next((w for w in reversed(before) if w in self.negations or w in term.undone_by), "")


@lru_cache(maxsize=8)
def _lists(folders: tuple[Path, ...]) -> tuple[WordList, ...]:
    paths = [path for folder in (DATA, *folders) for path in sorted((folder / "words").glob("*.yaml"))]
    return tuple(sorted((read(open_node(path)) for path in paths), key=lambda edition: edition.since))


def current(day: dt.date) -> WordList:
    """The edition in force on a local day: the latest that has begun, or else the first. Raises RuleFileError."""
    editions = _lists(configuration.folders())
    return next((one for one in reversed(editions) if one.since <= day), editions[0])


def named(code: str) -> WordList | None:
    """The edition of this code."""
    return next((one for one in _lists(configuration.folders()) if one.code == code), None)


def read(root: Node) -> WordList:
    """One edition from its file. Raises RuleFileError, naming file and line."""
    keys = ("kind", "code", "title", "from", "groups", "negations", "reach", "terms")
    root.keys(keys, keys).child("kind").choice(("suspicion-words",))
    groups = {key: child.text() for key, child in root.child("groups").items()}
    since = root.child("from").date()
    if since is None:
        raise root.child("from").fail("it has no day", "Write the day from which it is used.")
    terms = tuple(_term(node, groups) for node in root.child("terms").each())
    if not terms:
        raise root.child("terms").fail("there is no term", "Write at least one.")
    negations = frozenset(_words(root.child("negations")))
    reach = number(root.child("reach"), 1, MOST_REACH)
    return WordList(root.child("code").text(), root.child("title").text(), since, groups, negations, reach, terms)


def _term(node: Node, groups: Mapping[str, str]) -> Term:
    node.keys(("words", "group", "why", "undone_by"), ("words", "group", "why"))
    undone_by = _words(node.child("undone_by")) if "undone_by" in dict(node.items()) else ()
    return Term(
        _words(node.child("words")), node.child("group").choice(tuple(groups)), node.child("why").text(), undone_by
    )


def _words(node: Node) -> tuple[str, ...]:
    """Words as both readers take them: small letters and digits, parted by one blank."""
    texts = node.texts()
    for text in texts:
        if not TERM.fullmatch(text):
            raise node.fail(f'"{text}" is not plain words', "Write small letters and digits, parted by one blank.")
    if not texts:
        raise node.fail("no word is given", "Write at least one.")
    return texts
