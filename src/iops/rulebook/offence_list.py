"""Loading the published notifiable offence list, as the Home Office issues it (an OpenDocument spreadsheet).

The file comes from outside and is treated so: its size is limited before and while it is unpacked, and a document that
declares entities is refused, which leaves nothing for an XML attack to work with. What is odd in the list is reported
row by row and never mended in silence: dates in several formats, text where a year should be, rows no longer current
without a day of cessation, codes superseded in place.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from iops.foundation.errors import InvalidError
from iops.rulebook.classes import ClassRegister, register, tidy_class, tidy_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAXIMUM_PACKED = 20_000_000
MAXIMUM_UNPACKED = 100_000_000
MAXIMUM_ROWS = 100_000
MAXIMUM_COLUMNS = 64
LONGEST_NUMBER = 8

OFFENCES = "Notifiable_Offences_"
REPORTED = "Notifiable_Reported_Incidents"

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"

MODES = {"I": "indictable only", "EW": "either way", "E": "either way", "S": "summary"}
NATURES = {"V": "victim", "S": "state", "S/V": "either", "V/S": "either"}


class BadOffenceListError(InvalidError):
    """The file is not the notifiable offence list, or is not safe to open."""

    code = "bad-offence-list"


@dataclass(frozen=True, slots=True)
class ListedOffence:
    """One row of the list. `row` counts the rows of the sheet from 1; `changed` is when the list last touched it."""

    row: int
    code: str
    crime_class: str
    title: str
    category: str
    subgroup: str
    nature: str
    mode: str
    max_sentence: str
    act: str
    section: str
    current: bool
    changed: str
    starts: dt.date | None
    ceased: dt.date | None
    comment: str


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd in one row of the list."""

    row: int
    what: str
    value: str


@dataclass(slots=True)
class OffenceList:
    """A loaded list: its offences, the reported incidents, and what was odd."""

    offences: list[ListedOffence] = field(default_factory=list)
    reported: list[tuple[str, str, str]] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)

    def summary(self) -> dict[str, int]:
        """How many rows there are, current and not, and by nature."""
        natures = Counter(one.nature for one in self.offences)
        current = sum(one.current for one in self.offences)
        return {"rows": len(self.offences), "current": current, "not current": len(self.offences) - current, **natures}


# --- unpacking -------------------------------------------------------------------------------------------------------


def read_content(path: Path) -> str:
    """The spreadsheet's content as text. Raises BadOffenceListError when it is none, too large or has entities."""
    try:
        if path.stat().st_size > MAXIMUM_PACKED:
            raise BadOffenceListError("The file is larger than any offence list.", mend="Check the file.")
        with zipfile.ZipFile(path) as packed, packed.open("content.xml") as content:
            raw = content.read(MAXIMUM_UNPACKED + 1)
    except (OSError, zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError) as wrong:
        raise BadOffenceListError(
            f"{path.name} is not an OpenDocument spreadsheet.", mend="Give the .ods file as published."
        ) from wrong
    if len(raw) > MAXIMUM_UNPACKED:
        raise BadOffenceListError("The file unpacks to more than any offence list holds.", mend="Check the file.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise BadOffenceListError("The spreadsheet is not UTF-8.", mend="Save it again as .ods.") from wrong
    if re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise BadOffenceListError(
            "The spreadsheet declares entities, which no honest one does.", mend="Do not open it."
        )
    return text


def _sheets(text: str) -> dict[str, list[tuple[int, list[str]]]]:
    try:
        root = ET.fromstring(text)  # noqa: S314
    except ET.ParseError as wrong:
        raise BadOffenceListError("The spreadsheet's XML is broken.", mend="Fetch it again.") from wrong
    return {sheet.get(f"{TABLE}name", ""): list(_rows(sheet)) for sheet in root.iter(f"{TABLE}table")}


def _rows(sheet: ET.Element) -> Iterator[tuple[int, list[str]]]:
    number = 0
    for row in sheet.iter(f"{TABLE}table-row"):
        repeated = _times(row, "number-rows-repeated")
        cells = _cells(row)
        number += 1
        if any(cells):
            yield number, cells
        number += repeated - 1
        if number > MAXIMUM_ROWS * 20:
            return


def _times(element: ET.Element, name: str) -> int:
    said = element.get(f"{TABLE}{name}", "1")
    return int(said) if said.isdigit() and len(said) <= LONGEST_NUMBER else 1


def _cells(row: ET.Element) -> list[str]:
    found: list[str] = []
    for cell in row:
        if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        value = _cell(cell)
        found.extend([value] * min(_times(cell, "number-columns-repeated"), MAXIMUM_COLUMNS - len(found)))
        if len(found) >= MAXIMUM_COLUMNS:
            break
    return found


def _cell(cell: ET.Element) -> str:
    date = cell.get(f"{OFFICE}date-value")
    if date:
        return date
    return "\n".join(_words(part) for part in cell.findall(f"{TEXT}p")).strip()


def _words(part: ET.Element) -> str:
    said = part.text or ""
    for child in part:
        if child.tag == f"{TEXT}s":
            said += " "
        else:
            said += _words(child)
        said += child.tail or ""
    return said


# --- reading ---------------------------------------------------------------------------------------------------------


def load_offences(path: Path, known: ClassRegister | None = None) -> OffenceList:
    """The list held by one published file, checked against the class register.

    Raises BadOffenceListError when the file is not the list. Odd rows are kept and reported.
    """
    sheets = _sheets(read_content(path))
    if OFFENCES not in sheets:
        raise BadOffenceListError(
            "The spreadsheet has no sheet of notifiable offences.", mend="Give the published list."
        )
    loaded = OffenceList()
    _read_offences(sheets[OFFENCES], loaded, known or register())
    _read_reported(sheets.get(REPORTED, []), loaded)
    return loaded


def _columns(rows: list[tuple[int, list[str]]]) -> tuple[int, dict[str, int]]:
    for at, (_, cells) in enumerate(rows):
        names = [cell.strip().lower() for cell in cells]
        if "home office code" in names and "offence" in names:
            return at, {name: column for column, name in enumerate(names) if name}
    raise BadOffenceListError("The sheet has no heading row.", mend="Give the published list.")


def _read_offences(rows: list[tuple[int, list[str]]], loaded: OffenceList, known: ClassRegister) -> None:
    start, columns = _columns(rows)
    for number, cells in rows[start + 1 :]:
        told = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
        if not told.get("home office code", "").strip():
            loaded.oddities.append(Oddity(number, "a row without a code", " ".join(cells).strip()[:80]))
            continue
        offence = _offence(number, told, loaded.oddities)
        loaded.offences.append(offence)
        _compare(offence, loaded.oddities, known)


def _offence(number: int, told: Mapping[str, str], odd: list[Oddity]) -> ListedOffence:
    def get(name: str) -> str:
        return told.get(name, "").strip()

    def one_of(name: str, choices: Mapping[str, str]) -> str:
        said = get(name).upper().replace(" ", "")
        if said not in choices:
            odd.append(Oddity(number, f'"{name}" is not one of the usual marks', get(name)))
        return choices.get(said, get(name))

    code = tidy_code(get("home office code"))
    if not re.fullmatch(r"\d{3}/\d{2}", code):
        odd.append(Oddity(number, "the code is not written ccc/nn", get("home office code")))
    offence = ListedOffence(
        row=number,
        code=code,
        crime_class=class_of(get("offence category")),
        title=re.sub(r"\s+", " ", get("offence")),
        category=get("class"),
        subgroup=get("sub class"),
        nature=one_of("victim or state based", NATURES),
        mode=one_of("mode", MODES),
        max_sentence=get("max sentence"),
        act=get("act"),
        section=get("section"),
        current=get("current").upper() != "N",
        changed=_changed(number, get("year added/amended/deleted"), odd),
        starts=_date(number, "commencement date", get("commencement date"), odd),
        ceased=_date(number, "cessation date", get("cessation date"), odd),
        comment=get("comment"),
    )
    if not offence.current and offence.ceased is None:
        odd.append(Oddity(number, "not current, but without a cessation date", code))
    if offence.starts and offence.ceased and offence.ceased < offence.starts:
        odd.append(Oddity(number, "ceased before it began", f"{offence.starts} to {offence.ceased}"))
    return offence


def class_of(category: str) -> str:
    """The class at the head of an "offence category" cell: "8N Assault with Injury" is 8N. Empty when there is none."""
    match = re.match(r"\s*(NFIB\s*\d+[A-Z]?|\d+[A-Z]?(?:/\d+)?)\b", category, re.IGNORECASE)
    return tidy_class(match[1]) if match else ""


def _compare(offence: ListedOffence, odd: list[Oddity], known: ClassRegister) -> None:
    if not offence.crime_class:
        odd.append(Oddity(offence.row, "no class can be read", offence.code))
        return
    one = known.find(offence.crime_class)
    if one is None:
        odd.append(Oddity(offence.row, "the class is not in the register", offence.crime_class))
    elif known.code_in(one, offence.code) is None:
        odd.append(Oddity(offence.row, "the code is not in the register under its class", f"{offence.code} {one.code}"))


_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_SLASH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{2,4})")
_MONTHS = {name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}  # noqa: SIM905
_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3})[a-z]*\.?\s+(\d{4})")


def _date(number: int, name: str, said: str, odd: list[Oddity]) -> dt.date | None:
    """A date in any of the formats the list uses: 2024-01-31, 31/01/2024, 31 January 2024. Others are reported."""
    if not said:
        return None
    try:
        found = _parse_date(said)
    except ValueError:
        found = None
    if found is None:
        odd.append(Oddity(number, f"the {name} cannot be read", said))
    elif not _ISO.match(said):
        odd.append(Oddity(number, f"the {name} is written in another format", said))
    return found


def _parse_date(said: str) -> dt.date | None:
    if _ISO.match(said):
        return dt.date.fromisoformat(said[:10])
    if slash := _SLASH.fullmatch(said):
        year = int(slash[3]) + (2000 if len(slash[3]) < len("2026") else 0)
        return dt.date(year, int(slash[2]), int(slash[1]))
    words = _WORDS.fullmatch(said)
    month = _MONTHS.get(words[2].lower()) if words else None
    return dt.date(int(words[3]), month, int(words[1])) if words and month else None


def _changed(number: int, said: str, odd: list[Oddity]) -> str:
    if said and not re.fullmatch(r"\d{4}|\d{4}-\d{2}-\d{2}.*", said):
        odd.append(Oddity(number, "the year of change holds text", said))
    return said[:10]


def _read_reported(rows: list[tuple[int, list[str]]], loaded: OffenceList) -> None:
    for number, cells in rows:
        code = next((cell.strip() for cell in cells if re.fullmatch(r"N?\s*\d{3}/\d{2}", cell.strip())), "")
        if code:
            others = [cell.strip() for cell in cells if cell.strip() and cell.strip() != code]
            loaded.reported.append((tidy_code(code.lstrip("N ")), " | ".join(others[:4]), str(number)))
