"""A small mapping and small extracts for the tests of migration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iops.migration.mapping_loader import read

if TYPE_CHECKING:
    from iops.migration.mapping import Mapping

MAPPING = """\
kind: mapping
name: calls
title: Calls for tests (made up)
source: test-calls
layout: {columns: [id, when, place, said, area, domestic, urgency]}
key: {column: id}
fields:
  reported_at: {column: when, format: "%Y-%m-%d %H:%M", zone: America/Chicago, skipped: reject, repeated: first}
  where: {parts: [place], empty: reject}
  what: {parts: [said], empty: Nothing was said}
  category: {parts: [urgency], empty: nothing}
  district: {column: area, pattern: "[0-9]{1,2}", prefix: T-, name: "Test area {}", unknown: reject}
  domestic: {column: domestic, yes: ["yes"], no: ["no"]}
  crime_reported: {always: true}
  grade: {first: [{column: urgency, codes: {now: 1, soon: 2}}], unknown: none}
  log: {parts: [urgency], before: "Urgency in the source: ", empty: nothing}
"""
HEADER = "id,when,place,said,area,domestic,urgency\n"


def mapping(folder: Path, *, key: str = "{column: id}", **changes: str) -> Mapping:
    """The mapping of the tests, with lines of it changed: `where="{parts: [said], empty: reject}"`."""
    text = MAPPING.replace("key: {column: id}", f"key: {key}")
    for name, value in changes.items():
        start = text.index(f"  {name}: ")
        text = text[:start] + f"  {name}: {value}\n" + text[text.index("\n", start) + 1 :]
    path = folder / "calls.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path)


def row(number: int, **changes: str) -> str:
    """One good row of an extract."""
    fields = {
        "id": f"C{number}",
        "when": f"2022-05-{number % 27 + 1:02d} 12:{number % 60:02d}",
        "place": f"{number} Mill Lane",
        "said": "Shouting heard",
        "area": str(number % 3 + 1),
        "domestic": "yes" if number % 4 == 0 else "no",
        "urgency": ("now", "soon", "later")[number % 3],
    }
    return ",".join((fields | changes).values()) + "\n"


def extract(folder: Path, *rows: str | bytes, name: str = "calls.csv", header: str | bytes = HEADER) -> Path:
    """An extract with these rows below the header."""
    path = folder / name
    path.write_bytes(b"".join(r if isinstance(r, bytes) else r.encode() for r in (header, *rows)))
    return path


def shared_calls() -> Path:
    """The folder of the public call extracts; skips the test where it is not at hand."""
    root = Path(__file__).resolve().parents[2]
    for base in (root.parent, root.parent.parent):
        if (base / "shared" / "data" / "calls").is_dir():
            return base / "shared" / "data" / "calls"
    pytest.skip("the public call extracts (../shared/data/calls) are not here")
