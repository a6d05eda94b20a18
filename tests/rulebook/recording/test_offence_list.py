"""Loading the published offence list: what it holds, what is odd in it, and files that mean harm."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pytest

from iops.rulebook.offence_list import MAXIMUM_UNPACKED, BadOffenceListError, class_of, load_offences

PUBLISHED = Path(__file__).parents[4] / "shared" / "data" / "home_office" / "notifiable-offences-2026-04.ods"
HEAD = [
    "Home Office code", "Mode", "Max Sentence", "Victim or State Based", "Class", "Sub class", "Offence category",
    "Offence", "Act", "Section", "Current", "Year added/amended/deleted", "Commencement date",
    "Cessation date", "Comment",
]  # fmt: skip
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def sheet(rows: list[list[str]], name: str = "Notifiable_Offences_") -> str:
    cells = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in rows
    )
    return f'<table:table table:name="{name}">{cells}</table:table>'


def ods(tmp_path: Path, body: str, *, before: str = "") -> Path:
    path = tmp_path / "list.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "content.xml", f'<?xml version="1.0"?>{before}<office:document {SPACES}>{body}</office:document>'
        )
    return path


def row(**told: str) -> list[str]:
    base = {"Home Office code": "008/06", "Mode": "EW", "Max Sentence": "5", "Victim or State Based": "V",
            "Class": "Violence", "Sub class": "Violence with injury", "Offence category": "8N Assault with Injury",
            "Offence": "Assault occasioning actual bodily harm", "Current": "Y"}  # fmt: skip
    held = base | {key.replace("_", " "): value for key, value in told.items()}
    return [held.get(name, "") for name in HEAD]


def test_a_row_is_read_whole(tmp_path: Path) -> None:
    found = load_offences(ods(tmp_path, sheet([["Notifiable Offence List"], HEAD, row()])))
    assert (found.offences[0].code, found.offences[0].crime_class, found.offences[0].nature) == (
        "008/06",
        "8N",
        "victim",
    )
    assert found.oddities == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"Commencement_date": "31/01/2024"}, "another format"),
        ({"Commencement_date": "31 January 2024"}, "another format"),
        ({"Commencement_date": "TBC"}, "cannot be read"),
        ({"Commencement_date": "31/02/2024"}, "cannot be read"),
        ({"Current": "N"}, "without a cessation date"),
        ({"Year_added/amended/deleted": "Aug 2024"}, "holds text"),
        ({"Home_Office_code": "8-6"}, "not written ccc/nn"),
        ({"Offence_category": "Assault"}, "no class can be read"),
        ({"Offence_category": "8ZZ Assault"}, "no class can be read"),
        ({"Offence_category": "888 Assault"}, "not in the register"),
        ({"Home_Office_code": "999/99"}, "not in the register under its class"),
        ({"Mode": "sideways"}, "usual marks"),
        ({"Commencement_date": "2024-01-31", "Cessation_date": "2023-01-31"}, "ceased before it began"),
        ({"Home_Office_code": ""}, "without a code"),
    ],
)
def test_what_is_odd_is_reported_with_its_row(tmp_path: Path, told: dict[str, str], said: str) -> None:
    found = load_offences(ods(tmp_path, sheet([HEAD, row(**told)])))
    assert any(said in odd.what and odd.row == 2 for odd in found.oddities), found.oddities


def test_repeated_cells_and_rows_are_counted_without_being_built(tmp_path: Path) -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384"/>'
    filler = f'<table:table-row table:number-rows-repeated="999999999">{cell}</table:table-row>'
    body = sheet([HEAD, row()]).replace("</table:table>", f"{filler}</table:table>")
    assert load_offences(ods(tmp_path, body)).summary()["rows"] == 1


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<!doctype x [<!entity e SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_document_that_declares_entities_is_refused(tmp_path: Path, before: str) -> None:
    with pytest.raises(BadOffenceListError, match="entities"):
        load_offences(ods(tmp_path, sheet([HEAD, row()]), before=before))


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("content.xml", "w") as content:
        for _ in range(MAXIMUM_UNPACKED // 1_000_000 + 1):
            content.write(b"\0" * 1_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(BadOffenceListError, match="unpacks to more"):
        load_offences(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not an OpenDocument"),
        (b"PK\x03\x04 broken", "not an OpenDocument"),
        (b"code,title\n", "not an OpenDocument"),
    ],
)
def test_a_file_that_is_no_spreadsheet_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "list.ods"
    path.write_bytes(content)
    with pytest.raises(BadOffenceListError, match=said):
        load_offences(path)


@pytest.mark.parametrize(
    ("body", "said"),
    [(sheet([HEAD], "Other"), "no sheet"), (sheet([["a", "b"]]), "no heading"), ("<table:table>", "XML is broken")],
)
def test_a_spreadsheet_that_is_not_the_list_is_refused(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(BadOffenceListError, match=said):
        load_offences(ods(tmp_path, body))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8N Assault", "8N"),
        ("4/10 Corporate", "4/10"),
        ("NFIB 52E Hacking", "NFIB52E"),
        ("1 Murder", "1"),
        ("Murder", ""),
    ],
)
def test_the_class_stands_at_the_head_of_its_cell(text: str, expected: str) -> None:
    assert class_of(text) == expected


@pytest.mark.shared_data
def test_the_published_list_of_april_2026_is_loaded_whole() -> None:
    if not PUBLISHED.exists():
        pytest.skip("needs ../shared/data, which is not part of this repository")
    found = load_offences(PUBLISHED)
    assert found.summary() == {
        "rows": 1698,
        "current": 1630,
        "not current": 68,
        "victim": 318,
        "state": 1204,
        "either": 176,
    }
    assert len(found.reported) == 17
    odd = Counter(one.what for one in found.oddities)
    assert odd["not current, but without a cessation date"] == 4
    assert odd["no class can be read"] == 2
    assert not [one for one in found.oddities if "register" in one.what]
