"""The editions of incident classes, as dated data: categories, qualifiers with what suggests them, and results.

A force may keep its own edition in its folder (`nsir/*.yaml`), and its own choice of editions (`nsir.yaml`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from iops.control import configuration
from iops.control.configuration import open_node, read
from iops.control.models import Thrive
from iops.foundation.errors import InvalidError
from iops.pole.models import MarkerKind
from iops.pole.roles import roles_between
from iops.rulebook.shapes import Node, word

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

DOMESTIC = "domestic"
"""The code of the qualifier that stands for the domestic mark; every edition has it."""
T = TypeVar("T", "Category", "Qualifier")
WORDS = ("words", "words_too")
LONGEST_CODE = 40


@dataclass(frozen=True)
class Category:
    """One category: its name, its group, what the recording rulebook is told of it.

    `about` and `details` are facts of an incident that is no crime; `acts` are the offences a crime category discloses.
    `between` says that it is by nature something one person does to another; `domestic` that it is so in a home.
    """

    code: str
    title: str
    group: str
    means: str
    about: str
    details: Mapping[str, str]
    acts: tuple[str, ...]
    is_crime: bool
    domestic: bool
    between: bool


@dataclass(frozen=True)
class Sign:
    """What suggests a qualifier: every fact must have one of its values; and why, in words."""

    when: tuple[tuple[str, frozenset[str]], ...]
    says: str


@dataclass(frozen=True)
class Qualifier:
    """One qualifier; `required` by the standard where it applies; `reason_when_declined`: not taking it needs one."""

    code: str
    title: str
    means: str
    required: bool
    reason_when_declined: bool
    since: dt.date | None
    until: dt.date | None
    signs: tuple[Sign, ...]

    def in_force(self, day: dt.date) -> bool:
        """Whether it may be given to an incident reported that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Edition:
    """One edition of the classes."""

    code: str
    title: str
    groups: Mapping[str, str]
    categories: Mapping[str, Category]
    qualifiers: Mapping[str, Qualifier]
    results: Mapping[str, str]

    def category(self, code: str) -> Category:
        """The category of this code. Raises InvalidError."""
        found = self.categories.get(code)
        if found is None:
            raise InvalidError(
                f"“{code[:LONGEST_CODE]}” is not a category of {self.title}.",
                mend=f"Take one of: {', '.join(self.categories)}.",
                details={"field": "category"},
            )
        return found

    def qualifiers_on(self, day: dt.date) -> dict[str, Qualifier]:
        """The qualifiers that may be given to an incident reported on a local day."""
        return {code: one for code, one in self.qualifiers.items() if one.in_force(day)}

    def check_qualifiers(self, codes: list[str], day: dt.date) -> list[str]:
        """The codes, once each in the order of the edition. Raises InvalidError for one that is not in force."""
        known = self.qualifiers_on(day)
        for code in codes:
            if code not in known:
                raise InvalidError(
                    f"“{code[:LONGEST_CODE]}” is not a qualifier of {self.title} on {day:%d/%m/%Y}.",
                    mend=f"Take some of: {', '.join(known)}.",
                    details={"field": "qualifiers"},
                )
        return [code for code in known if code in codes]

    def check_results(self, codes: list[str]) -> list[str]:
        """The codes of results, once each in the order of the edition. Raises InvalidError."""
        for code in codes:
            if code not in self.results:
                raise InvalidError(
                    f"“{code[:LONGEST_CODE]}” is not a result.",
                    mend=f"Take some of: {', '.join(self.results)}.",
                    details={"field": "results"},
                )
        return [code for code in self.results if code in codes]

    def titled(self, title: str) -> Category | None:
        """The category of this name, however it is written; None when there is none."""
        wanted = title.strip().casefold()
        return next((c for c in self.categories.values() if wanted in (c.title.casefold(), c.code)), None)


def edition_on(day: dt.date) -> Edition:
    """The edition in force for a report of a local day. Raises InvalidError for a day before the first."""
    found = [edition for since, edition in choices() if since <= day]
    if not found:
        raise InvalidError(f"No incident classes were in force on {day:%d %B %Y}.", mend="Add them to nsir.yaml.")
    return found[-1]


def edition(code: str) -> Edition | None:
    """The edition of this code; None when it is no longer kept."""
    return editions().get(code)


def choices() -> tuple[tuple[dt.date, Edition], ...]:
    """The force's choices in the order of their days. Raises RuleFileError."""
    return _choices(configuration.folders())


@lru_cache(maxsize=8)
def _choices(_folders: object) -> tuple[tuple[dt.date, Edition], ...]:
    known = editions()
    root = read("nsir.yaml").keys(("kind", "in_force"), ("kind", "in_force"))
    root.child("kind").choice(("nsir-choice",))
    found: list[tuple[dt.date, Edition]] = []
    for node in root.child("in_force").each():
        node.keys(("from", "edition"), ("from", "edition"))
        since = node.child("from").date()
        if since is None or (found and since <= found[-1][0]):
            raise node.fail("the days do not run forward", "Write the choices in order, each with its own day.")
        found.append((since, known[node.child("edition").choice(tuple(known))]))
    if not found:
        raise root.fail("no edition is chosen", "Add `- {from: 2011-04-01, edition: nsir-2011}`.")
    return tuple(found)


def editions() -> dict[str, Edition]:
    """Every edition by its code: those that come with the system, then the force's own. Raises RuleFileError."""
    return _editions(configuration.folders())


@lru_cache(maxsize=8)
def _editions(folders: tuple[object, ...]) -> dict[str, Edition]:
    del folders
    found: dict[str, Edition] = {}
    for folder in reversed(configuration.folders()):
        for path in sorted(folder.glob("nsir/*.yaml")):
            node = open_node(path)
            one = read_edition(node)
            if one.code in found:
                raise node.child("code").fail(f'"{one.code}" is an edition already', "Give it a code of its own.")
            found[one.code] = one
    return found


# --- reading ---------------------------------------------------------------------------------------------------------


def read_edition(node: Node) -> Edition:
    """One edition from its file. Raises RuleFileError."""
    keys = ("kind", "code", "title", "basis", "groups", "categories", "qualifiers", "results")
    node.keys(keys, keys).child("kind").choice(("incident-classes",))
    node.child("basis").keys(("instrument", "clause", "unsure"), ("instrument", "clause"))
    groups = {key: child.text() for key, child in node.child("groups").items()}
    categories = _by_code(node.child("categories"), [_category(n, groups) for n in node.child("categories").each()])
    qualifiers = _by_code(
        node.child("qualifiers"), [_qualifier(n, tuple(categories)) for n in node.child("qualifiers").each()]
    )
    if DOMESTIC not in qualifiers:
        raise node.child("qualifiers").fail(f'there is no qualifier "{DOMESTIC}"', "It stands for the domestic mark.")
    results: dict[str, str] = {}
    for child in node.child("results").each():
        child.keys(("code", "title"), ("code", "title"))
        results[_new(child, results)] = child.child("title").text()
    return Edition(node.child("code").text(), node.child("title").text(), groups, categories, qualifiers, results)


def _by_code(node: Node, found: list[T]) -> dict[str, T]:
    if not found:
        raise node.fail("the list is empty", "Write at least one entry.")
    known: dict[str, T] = {}
    for child, one in zip(node.each(), found, strict=True):
        known[_new(child, known)] = one
    return known


def _new(node: Node, known: Mapping[str, object]) -> str:
    code = node.child("code").text()
    if code in known:
        raise node.child("code").fail(f'"{code}" stands twice', "Give each entry a code of its own.")
    if len(code) > LONGEST_CODE:
        raise node.child("code").fail("the code is too long", f"Use at most {LONGEST_CODE} characters.")
    return code


def _yes(node: Node) -> bool:
    return word(node.value) == "yes" if node.value is not None else False


def _category(node: Node, groups: Mapping[str, str]) -> Category:
    node.keys(
        ("code", "title", "group", "means", "about", "details", "acts", "domestic", "between"),
        ("code", "title", "group", "means"),
    )
    acts = node.child("acts")
    about = node.child("about").text("")
    if (acts.value is None) == (about == ""):
        raise node.fail("it says neither what it is about nor which acts it discloses, or both", "Write one of them.")
    details = {key: str(word(child.value)) for key, child in node.child("details").items()}
    return Category(
        node.child("code").text(),
        node.child("title").text(),
        node.child("group").choice(tuple(groups)),
        node.child("means").text(),
        about,
        details,
        acts.texts(),
        acts.value is not None,
        _yes(node.child("domestic")),
        _yes(node.child("between")),
    )


def _qualifier(node: Node, categories: tuple[str, ...]) -> Qualifier:
    node.keys(
        ("code", "title", "means", "required", "reason_when_declined", "from", "to", "suggest"),
        ("code", "title", "means"),
    )
    since, until = node.child("from").date(), node.child("to").date()
    if since is not None and until is not None and until < since:
        raise node.child("to").fail("it ends before it begins", "Write `to` on or after `from`.")
    return Qualifier(
        node.child("code").text(),
        node.child("title").text(),
        node.child("means").text(),
        _yes(node.child("required")),
        _yes(node.child("reason_when_declined")),
        since,
        until,
        tuple(_sign(child, categories) for child in node.child("suggest").each()),
    )


def _sign(node: Node, categories: tuple[str, ...]) -> Sign:
    node.keys(("when", "says"), ("when", "says"))
    allowed: dict[str, tuple[str, ...]] = {
        "category": categories,
        "domestic": ("qualifies", "may"),
        "marker": tuple(MarkerKind.values),
        "thrive": Thrive.PARTS,
        "role": roles_between("person", "incident"),
        "item": roles_between("item", "incident"),
        "child": ("yes",),
    }
    when = []
    for fact, child in node.child("when").keys((*allowed, *WORDS)).items():
        if fact in WORDS:
            values = frozenset(text.casefold() for text in child.texts())
        else:
            values = frozenset(one.choice(allowed[fact]) for one in _worded(child))
        if not values:
            raise child.fail("no value is given", "Write at least one.")
        when.append((fact, values))
    if not when:
        raise node.child("when").fail("it is suggested always", "Say when it is suggested.")
    return Sign(tuple(when), node.child("says").text())


def _worded(node: Node) -> list[Node]:
    return [Node(word(child.value), child.lines, child.path) for child in node.each()]
