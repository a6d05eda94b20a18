"""Letters and texts to victims: which there are, and how they read when they are filled in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from iops.crime.models import NewsKind, TellChannel
from iops.foundation.errors import InvalidError
from iops.rulebook.shapes import Node
from iops.rulebook.strict_yaml import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping

LETTERS = Path(__file__).parent / "data" / "letters.yaml"
TOP = ("kind", "opening", "closing", "discreet", "letters", "asks")
EACH = ("name", "title", "covers", "asks", "letter", "text")
WRITTEN = (TellChannel.LETTER, TellChannel.EMAIL, TellChannel.TEXT)
MAY_BE_EMPTY = frozenset({"conditions"})
# Plain text: nothing of it is HTML, and the pages that show it escape it. What people type is filled in, never read as
# a template.
_JINJA = SandboxedEnvironment(autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True, slots=True)
class Template:
    """One letter with its text message: which key events it tells, and what the officer fills in."""

    name: str
    title: str
    covers: tuple[str, ...]
    asks: tuple[str, ...]
    letter: str
    text: str


@dataclass(frozen=True, slots=True)
class Letters:
    """Every letter by name; the opening and closing of each, the words that say nothing, what each question means."""

    templates: Mapping[str, Template]
    opening: str
    closing: str
    discreet: str
    asks: Mapping[str, str]

    def named(self, name: str) -> Template:
        """One letter. Raises InvalidError for a name that is none."""
        if name not in self.templates:
            raise InvalidError(
                "There is no such letter.",
                mend=f"Use one of: {', '.join(self.templates)}.",
                details={"field": "template"},
            )
        return self.templates[name]

    def covering(self, kind: str) -> Template:
        """The letter that tells a key event; the one about progress where none is made for it."""
        return next((one for one in self.templates.values() if kind in one.covers), self.templates["progress"])


@cache
def letters() -> Letters:
    """The letters as they come with the system, read once."""
    return read_letters(LETTERS)


def read_letters(path: Path) -> Letters:
    """Read a file of letters. Raises RuleFileError, with the line, for whatever is not one."""
    value, lines = read_file(path, shown_as=path.name)
    top = Node(value, lines).keys(TOP, TOP)
    asks = {name: node.text() for name, node in top.child("asks").items()}
    found = [_template(node, asks) for node in top.child("letters").each()]
    return Letters(
        templates={one.name: one for one in found},
        opening=top.child("opening").text(),
        closing=top.child("closing").text(),
        discreet=top.child("discreet").text(),
        asks=asks,
    )


def _template(node: Node, asks: Mapping[str, str]) -> Template:
    node.keys(EACH, [key for key in EACH if key != "asks"])
    return Template(
        name=node.child("name").text(),
        title=node.child("title").text(),
        covers=tuple(one.choice(NewsKind.values) for one in node.child("covers").each()),
        asks=tuple(one.choice(asks) for one in node.child("asks").each()),
        letter=node.child("letter").text(),
        text=node.child("text").text(),
    )


def write(template: Template, channel: str, filled: Mapping[str, object], *, discreet: bool = False) -> str:
    """The words of a letter by a channel, filled in; `discreet` says nothing of what it is about.

    Raises InvalidError for a channel that is not written, and for a question that is not answered.
    """
    if channel not in WRITTEN:
        raise InvalidError("A letter goes by post, by email or as a text message.", details={"field": "channel"})
    if discreet:
        return _fill(letters().discreet, filled)
    for name in template.asks:
        if name not in MAY_BE_EMPTY and not str(filled.get(name, "")).strip():
            raise InvalidError(f"{letters().asks[name]}: say it in a few words.", details={"field": name})
    if channel == TellChannel.TEXT:
        return _fill(template.text, filled)
    parts = (letters().opening, template.letter, letters().closing)
    return "\n\n".join(_fill(part, filled) for part in parts)


def _fill(words: str, filled: Mapping[str, object]) -> str:
    try:
        made = _JINJA.from_string(words).render(filled)
    except UndefinedError as missing:
        raise InvalidError(f"Something is not filled in: {missing.message}.") from missing
    # At most one empty line between paragraphs, whatever the conditions left out.
    paragraphs = [" ".join(part.split()) for part in made.split("\n\n")]
    return "\n\n".join(part for part in paragraphs if part)
