"""Reads an extract record by record in bounded memory, and gives every record back: good ones, and bad with a reason.

A line that is broken spoils itself only: after a stray quotation mark, reading goes on with the next line. The bytes of
a refused record are kept as they stood in the file.
"""

from __future__ import annotations

import csv
import hashlib
import zlib
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from iops.migration.mapping import Layout

CHUNK: Final = 256 * 1024
LONGEST_RECORD: Final = 1024 * 1024
"""Bytes; a record that is longer is refused."""
MOST_KEPT: Final = 16 * 1024 * 1024
"""Bytes of a refused record that are kept; of a longer one, the beginning, its length and its SHA-256."""
MOST_LINES: Final = 100
"""Lines a record may span between quotation marks."""
GZIP: Final = b"\x1f\x8b"
BOM: Final = b"\xef\xbb\xbf"


class Record(NamedTuple):
    """One record of the file. `fields` are in the order of the layout; None when the record is refused for `problem`.

    `line` is the line it begins on, the header being line 1.
    """

    line: int
    fields: tuple[str, ...] | None
    raw: bytes
    problem: str = ""


@dataclass(frozen=True)
class _Line:
    number: int
    raw: bytes
    problem: str = ""


class Extract:
    """One file of rows. `done` bytes of `size` have been read; `damage` says why it could not be read to its end."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path, self.layout = path, layout
        if not path.is_file():
            raise InvalidError(f"There is no file {path}.", mend="Check the path.")
        self.size = path.stat().st_size
        self.done = 0
        self.damage = ""
        self._back: deque[_Line] = deque()

    def digest(self) -> str:
        """SHA-256 of the file as it lies there."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def records(self) -> Iterator[Record]:
        """Every record after the header. Raises InvalidError when the file is empty or its header is another one."""
        with self.path.open("rb") as file:
            self._lines = self._split(self._chunks(file))
            order = self._header()
            while (line := self._next()) is not None:
                yield self._record(line, order)

    def _header(self) -> list[int] | None:
        """The place of each column of the layout in the file; None when they stand in the very same order."""
        line = self._next()
        if line is None or line.problem:
            raise InvalidError(
                f"{self.path.name} has no header{f': {line.problem}' if line else ', it is empty'}.",
                mend="Nothing was loaded.",
            )
        found = self._parse(line.raw.removeprefix(BOM))
        names = [name.strip() for name in found] if found else []
        wanted = self.layout.columns
        if sorted(names) != sorted(wanted):
            missing, extra = sorted(set(wanted) - set(names)), sorted(set(names) - set(wanted))
            doubled = sorted({n for n in names if names.count(n) > 1})
            told = [("lacks", missing), ("has besides", extra), ("has twice", doubled)]
            raise InvalidError(
                f"The header of {self.path.name} is not that of the mapping: it "
                + "; ".join(f"{how} {', '.join(map(repr, which))[:300]}" for how, which in told if which),
                mend="Nothing was loaded. Use the mapping of this file, or write one.",
            )
        return None if tuple(names) == wanted else [names.index(name) for name in wanted]

    def _next(self) -> _Line | None:
        return self._back.popleft() if self._back else next(self._lines, None)

    def _record(self, line: _Line, order: list[int] | None) -> Record:
        """The record that begins on this line, or the line alone with what is wrong with it."""
        problem = line.problem or self._wrong_bytes(line.raw)
        if problem:
            return Record(line.number, None, line.raw, problem)
        fields, raw = self._parse(line.raw), line.raw
        if line.raw.count(b'"') % 2:
            fields, raw = self._several_lines(line)
        wanted = len(self.layout.columns)
        if fields is None:
            return Record(line.number, None, line.raw, "quotation marks do not pair up")
        if len(fields) != wanted:
            return Record(line.number, None, line.raw, f"{len(fields)} fields instead of {wanted}")
        return Record(line.number, fields if order is None else tuple(fields[n] for n in order), raw)

    def _wrong_bytes(self, raw: bytes) -> str:
        if not raw.strip():
            return "the line is empty"
        if b"\0" in raw:
            return "holds a NUL character"
        try:
            raw.decode(self.layout.encoding)
        except UnicodeDecodeError as error:
            return f"is not {self.layout.encoding} (byte {error.start + 1} of the line)"
        return ""

    def _several_lines(self, first: _Line) -> tuple[tuple[str, ...] | None, bytes]:
        """The record between quotation marks that spans lines; when there is none, the further lines are put back."""
        taken: list[_Line] = []
        raw = first.raw
        while len(taken) < MOST_LINES and (line := self._next()) is not None:
            taken.append(line)
            raw += b"\n" + line.raw
            if (
                line.problem
                or len(raw) > LONGEST_RECORD
                or self._wrong_bytes(line.raw) not in {"", "the line is empty"}
            ):
                break
            if line.raw.count(b'"') % 2:
                fields = self._parse(raw)
                if fields is not None and len(fields) == len(self.layout.columns):
                    return fields, raw
                break
        self._back.extendleft(reversed(taken))
        return None, first.raw

    def _parse(self, raw: bytes) -> tuple[str, ...] | None:
        """The fields of a record; None when it is not delimited text."""
        try:
            text = raw.decode(self.layout.encoding).removesuffix("\r")
            if '"' not in text:
                return tuple(text.split(self.layout.delimiter))
            rows = list(csv.reader([text], delimiter=self.layout.delimiter, strict=True))
        except (UnicodeDecodeError, csv.Error):
            return None
        return tuple(rows[0]) if len(rows) == 1 else None

    def _split(self, chunks: Iterator[bytes]) -> Iterator[_Line]:
        """The lines of the file; at its end, what a damage left of the last one."""
        number, held = 1, _Held()
        for chunk in chunks:
            first, *rest = chunk.split(b"\n")
            held.add(first)
            for piece in rest:
                yield held.line(number)
                number, held = number + 1, _Held()
                held.add(piece)
        if self.damage:
            yield _Line(number, held.line(number).raw, f"the file is damaged from here on: {self.damage}")
        elif held.size:
            yield held.line(number)

    def _chunks(self, file: BinaryIO) -> Iterator[bytes]:
        """The content in pieces, unpacked when it is compressed; sets `damage` when it breaks off."""
        packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        try:
            yield from self._unpacked(file) if packed else self._plain(file)
        except (zlib.error, OSError) as error:
            self.damage = " ".join(str(error).split())

    def _plain(self, file: BinaryIO) -> Iterator[bytes]:
        while chunk := file.read(CHUNK):
            self.done += len(chunk)
            yield chunk

    def _unpacked(self, file: BinaryIO) -> Iterator[bytes]:
        """Gzip members one after the other, never more than a chunk at once however well it was packed."""
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
        for packed in self._plain(file):
            left = packed
            while left:
                if unpack.eof:
                    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
                before = unpack.copy()
                try:
                    yield unpack.decompress(left, CHUNK)
                except zlib.error:
                    yield from _salvaged(before, left)
                    raise
                left = unpack.unconsumed_tail or unpack.unused_data
        if not unpack.eof:
            yield unpack.flush()
            self.damage = "the compressed data end in the middle"


def _salvaged(unpack: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    """What can still be unpacked before the place where the data are broken."""
    for start in range(len(packed)):
        try:
            yield unpack.decompress(packed[start : start + 1])
        except zlib.error:
            return


class _Held:
    """One line as it comes in pieces; beyond what is kept, only its length and hash grow."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0
        self.kept = 0
        self.hash = hashlib.sha256()

    def add(self, piece: bytes) -> None:
        """Take the next piece of the line."""
        self.size += len(piece)
        if self.size > LONGEST_RECORD:
            if self.size - len(piece) <= LONGEST_RECORD:
                for before in self.pieces:
                    self.hash.update(before)
            self.hash.update(piece)
        keep = piece[: max(0, MOST_KEPT - self.kept)]
        self.kept += len(keep)
        self.pieces.append(keep)

    def line(self, number: int) -> _Line:
        """The line, with what is wrong with it when it is too long."""
        raw = b"".join(self.pieces)
        if self.size <= LONGEST_RECORD:
            return _Line(number, raw)
        problem = f"the line has {self.size:,} bytes; at most {LONGEST_RECORD:,} are taken"
        if self.size > self.kept:
            problem += f" (SHA-256 of all of it: {self.hash.hexdigest()})"
        return _Line(number, raw, problem)
