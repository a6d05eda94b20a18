"""Reads a mapping strictly: an unknown key, a wrong type or an unknown column is told with file, line and mend."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from zoneinfo import ZoneInfo

import yaml

from iops.foundation.errors import NotFoundError
from iops.migration.mapping import (
    Codes,
    DistrictField,
    Fields,
    GradeField,
    Layout,
    Lookup,
    Mapping,
    MappingError,
    Moment,
    Part,
    Repeated,
    Skipped,
    TextField,
    YesNo,
)
from iops.rulebook.pages import Page, open_page

if TYPE_CHECKING:
    from collections.abc import Callable

    Made = TypeVar("Made")

FOLDER: Final = Path(__file__).parent / "mappings"
ENCODINGS: Final = ("utf-8", "cp1252", "iso-8859-1")
DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
LONGEST_SOURCE: Final = 40
LONGEST_CODE: Final = 12
LEAST_GRADE, MOST_GRADE = 1, 5
FEWEST_COLUMNS: Final = 1
STANDARD_FIELDS: Final = ("reported_at", "where", "what", "district", "domestic", "crime_reported")
RESERVED: Final = frozenset({"status"})
"""Words that `iops replay` understands itself."""


def available() -> list[Mapping]:
    """Every mapping the product brings, by name. Raises MappingError when one cannot be used."""
    return [read(path) for path in sorted(FOLDER.glob("*.yaml"))]


def find(name: str) -> Mapping:
    """The mapping of this name, or of this file when the name ends in `.yaml`. Raises NotFoundError, MappingError."""
    path = Path(name) if name.endswith(".yaml") else FOLDER / f"{name}.yaml"
    if ("/" in name and not name.endswith(".yaml")) or not path.is_file():
        known = ", ".join(sorted(p.stem for p in FOLDER.glob("*.yaml")))
        raise NotFoundError(f"There is no mapping “{name}”.", mend=f"Known: {known}; or give the path of a .yaml file.")
    return read(path)


def read(path: Path) -> Mapping:
    """Read one mapping file. Raises MappingError with every mistake in it."""
    page, root = open_page(path, path.name, "mapping")
    mapping = _Reader(page).mapping(root, path) if root is not None else None
    if page.problems or mapping is None:
        raise MappingError(page.problems)
    return mapping


class _Reader:
    """Reads the parts of one mapping; mistakes gather on the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.columns: tuple[str, ...] = ()
        self.lookups: dict[str, Lookup] = {}

    def mapping(self, root: yaml.MappingNode, path: Path) -> Mapping | None:
        needed = ("kind", "name", "title", "source", "layout", "key", "fields")
        found = self.page.mapping(root, "The mapping", required=needed, optional=("about", "lookups"))
        name = self._name(found.get("name"), path)
        title = self.page.text(found.get("title"), "The title")
        self.page.text(found.get("about"), "About")
        source = self._short(found.get("source"), "The source", LONGEST_SOURCE)
        layout = self._layout(found.get("layout"))
        for lookup in self._list(found.get("lookups"), "The look-ups", self._lookup):
            self.lookups[lookup.name] = lookup
        key = self._key(found.get("key"))
        fields = self._fields(found.get("fields"))
        if self.page.problems or not (name and title and source and layout and fields):
            return None
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return Mapping(name, title, source, layout, key, tuple(self.lookups.values()), fields, path, digest)

    def _name(self, node: yaml.Node | None, path: Path) -> str | None:
        name = self.page.code(node, "The name")
        if node is not None and name is not None and (name != path.stem or name in RESERVED):
            self.page.refuse(node, f"The name {name!r} is not that of the file.", f"Call the file {name}.yaml.")
        return name

    def _layout(self, node: yaml.Node | None) -> Layout | None:
        if node is None:
            return None
        found = self.page.mapping(node, "The layout", required=("columns",), optional=("encoding", "delimiter"))
        columns = self._list(found.get("columns"), "The columns", lambda n: self._word(n, "A column"))
        for twice in sorted({c for c in columns if columns.count(c) > 1}):
            self.page.refuse(node, f"The column {twice!r} stands twice.", "A column of an extract has one name.")
        self.columns = tuple(columns)
        encoding = self._one_of(found.get("encoding"), "The encoding", ENCODINGS)
        delimiter = self._one_of(found.get("delimiter"), "The delimiter", tuple(DELIMITERS))
        return Layout(self.columns, encoding or "utf-8", DELIMITERS[delimiter or "comma"])

    def _lookup(self, node: yaml.Node) -> Lookup | None:
        found = self.page.mapping(node, "A look-up", required=("name", "file", "key", "value"), optional=("encoding",))
        name, file, key, value = (
            self.page.text(found.get(k), f"A look-up's {k}") for k in ("name", "file", "key", "value")
        )
        encoding = self._one_of(found.get("encoding"), "The encoding", ENCODINGS) or "utf-8"
        if file and Path(file).name != file:
            self.page.refuse(node, f"{file!r} is not the plain name of a file.", "It lies beside the extract.")
        return Lookup(name, file, key, value, encoding) if name and file and key and value else None

    def _key(self, node: yaml.Node | None) -> str | None:
        """The column of the key, None for the whole row."""
        if isinstance(node, yaml.ScalarNode) and node.value == "whole row":
            return None
        if node is None:
            return None
        found = self.page.mapping(node, "The key", required=("column",))
        return self._column(found.get("column"), "The key")

    def _fields(self, node: yaml.Node | None) -> Fields | None:
        if node is None:
            return None
        found = self.page.mapping(node, "The fields", required=STANDARD_FIELDS, optional=("category", "grade", "log"))
        reported_at = self._moment(found.get("reported_at"))
        where, what = self._text(found.get("where"), "Where"), self._text(found.get("what"), "What")
        district = self._district(found.get("district"))
        domestic = self._yes_no(found.get("domestic"), "Domestic")
        crime = self._yes_no(found.get("crime_reported"), "Crime reported")
        category, log = self._text(found.get("category"), "Category"), self._text(found.get("log"), "Log")
        grade = self._grade(found.get("grade"))
        if not (reported_at and where and what and district and domestic and crime):
            return None
        return Fields(reported_at, where, what, district, domestic, crime, category, grade, log)

    def _moment(self, node: yaml.Node | None) -> Moment | None:
        if node is None:
            return None
        found = self.page.mapping(
            node, "reported_at", required=("column", "format", "zone"), optional=("skipped", "repeated")
        )
        column = self._column(found.get("column"), "reported_at")
        form, zone = self.page.text(found.get("format"), "The format"), self._zone(found.get("zone"))
        if form and "%" not in form:
            self.page.refuse(found["format"], f"{form!r} is not a format.", "Such as %Y-%m-%d %H:%M:%S.")
        skipped = self.page.choice(found.get("skipped"), "skipped", Skipped) or Skipped.REJECT
        repeated = self.page.choice(found.get("repeated"), "repeated", Repeated) or Repeated.FIRST
        return Moment(column, form, zone, skipped, repeated) if column and form and zone else None

    def _zone(self, node: yaml.Node | None) -> ZoneInfo | None:
        name = self.page.text(node, "The zone")
        if node is None or name is None:
            return None
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            self.page.refuse(node, f"There is no time zone {name!r}.", "Such as America/Chicago.")
            return None

    def _text(self, node: yaml.Node | None, what: str) -> TextField | None:
        if node is None:
            return None
        found = self.page.mapping(node, what, required=("parts", "empty"), optional=("by", "before"))
        parts = self._list(found.get("parts"), f"{what}: the parts", lambda n: self._part(n, what))
        empty = self.page.text(found.get("empty"), f"{what}: empty")
        return TextField(
            tuple(parts),
            self._spaced(found.get("by"), what, " "),
            self._spaced(found.get("before"), what, ""),
            {"reject": None, "nothing": ""}.get(empty or "", empty),
        )

    def _part(self, node: yaml.Node, what: str) -> Part | None:
        if isinstance(node, yaml.ScalarNode):
            column = self._column(node, what)
            return Part(column) if column else None
        found = self.page.mapping(
            node, f"A part of {what}", required=("column",), optional=("blank", "before", "lookup")
        )
        column = self._column(found.get("column"), what)
        blank = self._list(found.get("blank"), "blank", lambda n: self._word(n, "blank"))
        lookup = self.page.text(found.get("lookup"), "The look-up")
        if lookup is not None and lookup not in self.lookups:
            self.page.refuse(found["lookup"], f"There is no look-up {lookup!r}.", "Declare it under `lookups:`.")
        before = self._spaced(found.get("before"), what, "")
        return Part(column, frozenset(blank), before, lookup) if column else None

    def _district(self, node: yaml.Node | None) -> DistrictField | None:
        if node is None:
            return None
        required = ("column", "pattern", "prefix", "name", "unknown")
        found = self.page.mapping(node, "The district", required=required)
        column = self._column(found.get("column"), "The district")
        pattern = self._pattern(found.get("pattern"))
        prefix = self._short(found.get("prefix"), "The prefix", LONGEST_CODE - 1)
        name = self.page.text(found.get("name"), "The name of a district")
        if name is not None and name.count("{}") != 1:
            self.page.refuse(found["name"], "The name of a district must hold {} once.", "Such as: Area {}.")
        unknown = self.page.text(found.get("unknown"), "unknown")
        if not (column and pattern and prefix and name):
            return None
        return DistrictField(column, pattern, prefix, name, None if unknown == "reject" else unknown)

    def _pattern(self, node: yaml.Node | None) -> re.Pattern[str] | None:
        text = self.page.text(node, "The pattern")
        if node is None or text is None:
            return None
        try:
            return re.compile(text, re.ASCII)
        except re.error as error:
            self.page.refuse(node, f"{text!r} is not a pattern: {error}.", "Write a regular expression.")
            return None

    def _yes_no(self, node: yaml.Node | None, what: str) -> YesNo | None:
        if node is None:
            return None
        found = self.page.mapping(node, what, required=(), optional=("always", "column", "yes", "no"))
        if "always" in found and len(found) == 1:
            return YesNo(always=self.page.flag(found["always"], what))
        if "column" not in found or not {"yes", "no"} & found.keys() or "always" in found:
            self.page.refuse(node, f"{what} must say when it is so.", "Give `always:`, or `column:` with `yes:`/`no:`.")
            return None
        column = self._column(found["column"], what)
        lists = [
            frozenset(self._list(found[k], f"{what}: {k}", lambda n: self._word(n, what))) if k in found else None
            for k in ("yes", "no")
        ]
        return YesNo(None, column, *lists) if column else None

    def _grade(self, node: yaml.Node | None) -> GradeField | None:
        if node is None:
            return None
        found = self.page.mapping(node, "The grade", required=("first", "unknown"))
        first = self._list(found.get("first"), "The grade: first", self._codes)
        said = found.get("unknown")
        word = said.value if isinstance(said, yaml.ScalarNode) else ""
        if said is None or word in {"reject", "none"}:
            return GradeField(tuple(first), None, word == "reject")
        return GradeField(tuple(first), self._number(said), False)

    def _codes(self, node: yaml.Node) -> Codes | None:
        found = self.page.mapping(node, "A list of codes", required=("column", "codes"))
        column = self._column(found.get("column"), "The grade")
        codes: dict[str, int] = {}
        if "codes" in found:
            for key, value in self.page.pairs(found["codes"], "The codes"):
                grade = self._number(value)
                codes |= {key.value: grade} if grade else {}
        return Codes(column, codes) if column else None

    def _number(self, node: yaml.Node) -> int | None:
        value = node.value if isinstance(node, yaml.ScalarNode) else ""
        if value in {str(n) for n in range(LEAST_GRADE, MOST_GRADE + 1)}:
            return int(value)
        self.page.refuse(node, "A grade is 1, 2, 3, 4 or 5.", "Write one of them.")
        return None

    def _column(self, node: yaml.Node | None, what: str) -> str | None:
        name = self._word(node, what) if node is not None else None
        if node is not None and name and self.columns and name not in self.columns:
            known = ", ".join(self.columns)
            self.page.refuse(node, f"{what}: there is no column {name!r}.", f"Columns of the layout: {known}.")
            return None
        return name

    def _word(self, node: yaml.Node, what: str) -> str | None:
        """A scalar as it is written: a code such as 0 or true is a word here, whatever YAML would make of it."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.page.refuse(node, f"{what} must be a word.", "Write it plainly, or in quotes.")
        return None

    def _short(self, node: yaml.Node | None, what: str, most: int) -> str | None:
        text = self.page.text(node, what)
        if node is not None and text is not None and len(text) > most:
            self.page.refuse(node, f"{what} has more than {most} characters.", "Shorten it.")
        return text

    def _spaced(self, node: yaml.Node | None, what: str, default: str) -> str:
        """Words whose spaces count."""
        return default if node is None else self._word(node, what) or ""

    def _one_of(self, node: yaml.Node | None, what: str, known: tuple[str, ...]) -> str | None:
        text = self.page.text(node, what)
        if node is not None and text is not None and text not in known:
            self.page.refuse(node, f"{what}: there is no {text!r}.", f"Choose from: {', '.join(known)}.")
            return None
        return text

    def _list(self, node: yaml.Node | None, what: str, make: Callable[[yaml.Node], Made | None]) -> list[Made]:
        made = (make(item) for item in self.page.items(node, what))
        return [item for item in made if item is not None]
