"""A plain PDF of text, made without a library: headings and lines on A4, the same bytes for the same words.

The fonts are those that every reader has (Courier, whose letters are all 0.6 of the size wide, so that lines break
where they should). Letters outside Windows-1252 are written in Latin letters; the JSON beside it has them as they are.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from anyascii import anyascii

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH, HEIGHT, MARGIN = 595, 842, 56
SIZE, LEADING = 10, 14
COLUMNS = (WIDTH - 2 * MARGIN) * 10 // (SIZE * 6)
ROWS = (HEIGHT - 2 * MARGIN) // LEADING


def document(title: str, parts: Iterable[tuple[str, Sequence[str]]]) -> bytes:
    """A PDF: the title, then each part with its heading and lines. Every page says which of how many it is."""
    rows = _rows(title, parts)
    pages = [rows[i : i + ROWS - 2] for i in range(0, len(rows), ROWS - 2)] or [[]]
    drawn = [_page(page, f"{title}, page {n} of {len(pages)}") for n, page in enumerate(pages, 1)]
    return _file(title, drawn)


def _rows(title: str, parts: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[bool, str]]:
    """Each row: whether it is a heading, and its text, short enough for one line."""
    rows = [(True, row) for row in _wrapped(title)]
    for heading, lines in parts:
        rows += [(False, ""), *((True, row) for row in _wrapped(heading))]
        rows += [(False, row) for line in lines for row in _wrapped(line)]
    return rows


def _wrapped(text: str) -> list[str]:
    return [row for line in latin(text).splitlines() or [""] for row in textwrap.wrap(line, COLUMNS) or [""]]


def latin(text: str) -> str:
    """The text in the letters of Windows-1252; others are written in Latin letters, control characters as blanks."""
    return "".join(c if c == "\n" or (c.isprintable() and _encodes(c)) else _other(c) for c in text)


def _other(char: str) -> str:
    return anyascii(char) if char.isprintable() else "\n" if char in "\r\v\f\u2028\u2029" else " "


def _encodes(char: str) -> bool:
    try:
        char.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _literal(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def _page(rows: Sequence[tuple[bool, str]], foot: str) -> bytes:
    drawn = [b"BT", b"%d TL" % LEADING, b"%d %d Td" % (MARGIN, HEIGHT - MARGIN)]
    for heading, row in rows:
        drawn += [b"/%s %d Tf" % (b"B" if heading else b"T", SIZE), _literal(row) + b" Tj T*"]
    drawn += [b"ET", b"BT /T 8 Tf %d %d Td" % (MARGIN, MARGIN // 2), _literal(latin(foot)) + b" Tj", b"ET"]
    return b"\n".join(drawn)


def _file(title: str, pages: Sequence[bytes]) -> bytes:
    first = 6
    kids = b" ".join(b"%d 0 R" % (first + 2 * n) for n in range(len(pages)))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) /ViewerPreferences << /DisplayDocTitle true >> >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        font % b"Courier",
        font % b"Courier-Bold",
        b"<< /Title " + _literal(latin(title)) + b" >>",
    ]
    for n, page in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R"
            b" /Resources << /Font << /T 3 0 R /B 4 0 R >> >> >>" % (WIDTH, HEIGHT, first + 2 * n + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page))
    return _joined(objects)


def _joined(objects: Sequence[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
        + b"trailer << /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    )
