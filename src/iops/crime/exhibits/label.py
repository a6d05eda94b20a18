"""The label of an exhibit as a PDF: its number as a QR code that any scanner reads, and the same in words."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import segno
import typst

from iops.foundation import clock
from iops.web.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.crime.exhibits.selectors import One

LAYOUT = Path(__file__).with_name("label.typ")
LONGEST = 160
"""Characters of a description on a label; more does not fit, and the record has it all."""


def label(found: One) -> bytes:
    """One label, 100 by 62 mm, as a tagged PDF/A."""
    return labels([found])


def labels(found: Sequence[One]) -> bytes:
    """A page for each exhibit."""
    day = clock.today()
    told = {"labels": json.dumps([_told(one) for one in found]), "day": json.dumps([day.year, day.month, day.day])}
    made = typst.compile(_layout(), format="pdf", sys_inputs=told, ignore_system_fonts=True, pdf_standards=["a-2b"])
    return bytes(made)


def _told(found: One) -> dict[str, str]:
    exhibit = found.exhibit
    words = exhibit.description
    return {
        "qr": qr(exhibit.reference),
        "reference": exhibit.reference,
        "mark": exhibit.mark,
        "kind": exhibit.get_kind_display().capitalize(),
        "description": words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…",
        "seal": found.seals[0].seal if found.seals else "",
        "seized": f"{exhibit.seized_at.astimezone(LONDON):%d/%m/%Y %H:%M}, {exhibit.seized_where}"[:80],
        "by": exhibit.seized_by.name[:60],
        "crime": exhibit.crime.reference if exhibit.crime else exhibit.incident.reference,
        "made_up": "Made up" if exhibit.made_up else "",
    }


def qr(text: str) -> str:
    """The QR code of a text as SVG, with the error correction that a scuffed label needs (a quarter of it)."""
    out = io.BytesIO()
    segno.make_qr(text, error="q").save(out, kind="svg", border=4, xmldecl=False, svgns=True)
    return out.getvalue().decode()


@cache
def _layout() -> bytes:
    return LAYOUT.read_bytes()
