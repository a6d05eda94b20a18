"""The register of crime classes: what each class is, how it is counted, which Home Office codes it holds, and when.

A class (8N) is not a function of the code (008/06): one code may sit in several classes, told apart by the victim or
the circumstances (NOL2026). Read from the YAML of the notifiable offence list; nothing here decides anything.
"""

from __future__ import annotations

import difflib
import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iops.foundation.errors import InvalidError
from iops.rulebook.shapes import Node, citations
from iops.rulebook.strict_yaml import read_file

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parent / "data" / "recording"
LIST: Final = "home_office/notifiable_offence_list"

NATURES: Final = ("victim", "state", "either")
UNKNOWN_SENTENCE: Final = -1
LIFE: Final = 100_000
UNITS: Final = frozenset(
    {
        "victim",
        "household",
        "building",
        "business",
        "shop_unit",
        "vehicle_owner",
        "cycle_owner",
        "owner",
        "offender",
        "offender_group",
        "driver",
        "penetrator",
        "undefined_offenders",
        "incident",
        "making_off",
        "account",
        "application",
        "return",
        "policy",
        "contract",
        "pension",
        "creditor",
        "server",
        "computer",
        "exchange",
    }
)


class UnknownClassError(InvalidError):
    """The rulebook holds no such crime class, code or kind of act."""

    code = "unknown-class"


class ClassNotInForceError(InvalidError):
    """The class exists, but not on the day that matters."""

    code = "class-not-in-force"


@dataclass(frozen=True, slots=True)
class OffenceCode:
    """One Home Office code as it stands in one class; `max_months` is the longest sentence (LIFE, 0 for a fine)."""

    code: str
    nature: str
    max_says: str
    max_months: int
    mode: str
    starts: dt.date | None
    ceased: dt.date | None
    withdrawn: bool

    def in_force(self, day: dt.date) -> bool:
        """Whether the offence could be committed (or was notifiable) on `day`; an undated code always could."""
        return (self.starts is None or self.starts <= day) and (self.ceased is None or day < self.ceased)


@dataclass(frozen=True, slots=True)
class CrimeClass:
    """One class of the notifiable offence list, current or historical. Dates are the first and last day of use."""

    code: str
    title: str
    category: str
    subgroup: str
    nature: str
    unit: str
    unit_says: str
    starts: dt.date | None
    ends: dt.date | None
    historical: bool
    cite: tuple[str, ...]
    unit_cite: tuple[str, ...]
    unsure: str
    codes: tuple[OffenceCode, ...]

    def in_force(self, day: dt.date) -> bool:
        """Whether new records may be made in the class on `day`."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    @property
    def is_fraud(self) -> bool:
        """Whether Report Fraud (NFIB) counts the class centrally rather than the force."""
        return self.code.startswith("NFIB")

    @property
    def max_months(self) -> int:
        """The longest sentence of any code of the class, in months; UNKNOWN_SENTENCE when none is known."""
        return max((code.max_months for code in self.codes), default=UNKNOWN_SENTENCE)

    @property
    def indictable_only(self) -> bool:
        """Whether every offence of the class is triable on indictment only."""
        return bool(self.codes) and all(code.mode == "indictable only" for code in self.codes)


class ClassRegister:
    """All classes by name and by code."""

    def __init__(self, classes: list[CrimeClass]) -> None:
        self.classes: dict[str, CrimeClass] = {}
        self.earlier_titles: dict[str, list[CrimeClass]] = {}
        self.by_code: dict[str, list[tuple[CrimeClass, OffenceCode]]] = {}
        for one in sorted(classes, key=lambda c: c.historical):
            if one.code in self.classes:
                self.earlier_titles.setdefault(one.code, []).append(one)
                continue
            self.classes[one.code] = one
            for code in one.codes:
                self.by_code.setdefault(code.code, []).append((one, code))

    def get(self, name: str) -> CrimeClass:
        """The class called `name` ("8N", "8n", "class 8N", "NFIB 1A"). Raises UnknownClassError."""
        found = self.find(name)
        if found is None:
            near = difflib.get_close_matches(tidy_class(name), self.classes, n=3, cutoff=0.5)
            mend = f"Did you mean {', '.join(near)}?" if near else "Use a class of the notifiable offence list."
            raise UnknownClassError(f'"{name}" is not a crime class.', mend=mend, details={"class": name})
        return found

    def find(self, name: str) -> CrimeClass | None:
        """The class called `name`, or None."""
        return self.classes.get(tidy_class(name))

    def find_code(self, name: str) -> str | None:
        """The Home Office code written `name` ("8/6" and "008/06" are the same), or None when the list has none."""
        code = tidy_code(name)
        return code if code in self.by_code else None

    def code_in(self, one: CrimeClass, code: str) -> OffenceCode | None:
        """How `code` stands in the class, or None when it is not of the class."""
        return next((held for owner, held in self.by_code.get(code, []) if owner.code == one.code), None)


def tidy_class(name: str) -> str:
    """A class name as the list writes it: no spaces, capitals, without the word "class"."""
    return re.sub(r"^CLASS", "", re.sub(r"[\s_-]+", "", name.upper())) if "-" not in name else _dashed(name)


def _dashed(name: str) -> str:
    return "NFIB-unspecified" if "unspecified" in name.lower() else re.sub(r"[\s_-]+", "", name.upper())


def tidy_code(name: str) -> str:
    """A Home Office code as the list writes it: three digits, a stroke, two digits. Other texts come back unchanged."""
    match = re.fullmatch(r"\s*(\d{1,3})\s*/\s*(\d{1,2})\s*", name)
    return f"{int(match[1]):03d}/{int(match[2]):02d}" if match else name


# --- reading ---------------------------------------------------------------------------------------------------------

_CLASS_KEYS = (
    "class title subgroup nature unit unit_says unit_cite from to status cite unsure codes".split()  # noqa: SIM905
)
_CODE_KEYS = ("nature", "max", "mode", "from", "ceased", "status", "codes")
_MODES = ("indictable only", "either way", "summary")


def _months(node: Node) -> int:
    says = node.text()
    if says in ("life", "fine", "unknown"):
        return {"life": LIFE, "fine": 0, "unknown": UNKNOWN_SENTENCE}[says]
    match = re.fullmatch(r"(\d+) (years?|months?|weeks)", says)
    if match is None:
        raise node.fail(f'"{says}" is not a sentence', "Write life, fine, unknown, or a number of years or months.")
    count = int(match[1])
    return count * 12 if match[2].startswith("year") else count if match[2].startswith("month") else count * 12 // 52


def _read_codes(node: Node) -> tuple[OffenceCode, ...]:
    found: list[OffenceCode] = []
    for group in node.each():
        group.keys(_CODE_KEYS, ("nature", "max", "mode", "codes"))
        found.extend(
            OffenceCode(
                code=code.text(),
                nature=group.child("nature").choice(NATURES),
                max_says=group.child("max").text(),
                max_months=_months(group.child("max")),
                mode=group.child("mode").choice(_MODES),
                starts=group.child("from").date(),
                ceased=group.child("ceased").date(),
                withdrawn=group.child("status").value == "withdrawn",
            )
            for code in group.child("codes").each()
        )
    return tuple(found)


def _read_class(node: Node, category: str, sources: Mapping[str, object]) -> CrimeClass:
    node.keys(_CLASS_KEYS, ("class", "title", "nature", "cite"))
    has_unit = node.child("unit").value is not None
    return CrimeClass(
        code=node.child("class").text(),
        title=node.child("title").text(),
        category=category,
        subgroup=node.child("subgroup").text(""),
        nature=node.child("nature").choice(NATURES),
        unit=node.child("unit").choice(UNITS, "none") if has_unit else "",
        unit_says=node.child("unit_says").text(""),
        starts=node.child("from").date(),
        ends=node.child("to").date(),
        historical=node.child("status").value == "historical",
        cite=citations(node.child("cite"), sources),
        unit_cite=citations(node.child("unit_cite"), sources) if has_unit else (),
        unsure=node.child("unsure").text(""),
        codes=_read_codes(node.child("codes")),
    )


def read_classes(path: Path, sources: Mapping[str, object]) -> list[CrimeClass]:
    """The classes of one file of the list. Raises RuleFileError."""
    value, lines = read_file(path, shown_as=str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name)
    node = Node(value, lines).keys(("category", "classes"), ("category", "classes"))
    category = node.child("category").text()
    return [_read_class(child, category, sources) for child in node.child("classes").each()]


@functools.cache
def sources() -> Mapping[str, Mapping[str, object]]:
    """The documents that citations may name, by key."""
    value, lines = read_file(ROOT / "sources.yaml", shown_as="sources.yaml")
    node = Node(value, lines).keys(("sources",), ("sources",))
    found = {}
    for key, child in node.child("sources").items():
        child.keys(("title", "issued", "owner"), ("title", "issued", "owner"))
        found[key] = dict(child.value)
    return found


@functools.cache
def register() -> ClassRegister:
    """Every class of the list, read once."""
    known = sources()
    files = sorted((ROOT / LIST / "classes").glob("*.yaml"))
    return ClassRegister([one for path in files for one in read_classes(path, known)])
