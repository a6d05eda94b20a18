"""Every record of a file comes back, good or with what is wrong with it; a broken line spoils itself only."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.foundation.errors import InvalidError
from iops.migration import reading
from iops.migration.mapping import Layout
from iops.migration.reading import Extract, Record
from tests.migration.extracts import HEADER, extract, row

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = tuple(HEADER.strip().split(","))


def read(path: Path, columns: tuple[str, ...] = COLUMNS, **layout: str) -> list[Record]:
    """All records of a file."""
    return list(Extract(path, Layout(columns, **layout)).records())


def told(path: Path) -> list[tuple[int, str]]:
    """The line of each record and what is wrong with it, '' for nothing."""
    return [(record.line, record.problem) for record in read(path)]


def test_rows_come_in_order_with_their_lines(tmp_path: Path) -> None:
    records = read(extract(tmp_path, row(1), row(2)))
    assert [(r.line, r.fields[0] if r.fields else None) for r in records] == [(2, "C1"), (3, "C2")]


def test_a_last_line_without_line_end_is_a_row(tmp_path: Path) -> None:
    assert told(extract(tmp_path, row(1), row(2).rstrip("\n"))) == [(2, ""), (3, "")]


def test_line_ends_of_windows_and_a_byte_order_mark_make_no_difference(tmp_path: Path) -> None:
    plain = read(extract(tmp_path, row(1)))
    other = read(extract(tmp_path, row(1).replace("\n", "\r\n"), header="\ufeff" + HEADER.replace("\n", "\r\n")))
    assert [r.fields for r in other] == [r.fields for r in plain]


def test_columns_may_stand_in_another_order(tmp_path: Path) -> None:
    path = extract(tmp_path, "2,1\n", header="b,a\n")
    assert read(path, ("a", "b"))[0].fields == ("1", "2")


def test_a_field_in_quotation_marks_may_hold_delimiters_quotes_and_line_ends(tmp_path: Path) -> None:
    path = extract(tmp_path, 'C1,"a, ""b""\nand c",x\nC2,d,y\n', header="id,said,z\n")
    records = read(path, ("id", "said", "z"))
    assert [(r.line, r.fields) for r in records] == [(2, ("C1", 'a, "b"\nand c', "x")), (4, ("C2", "d", "y"))]
    assert records[0].raw == b'C1,"a, ""b""\nand c",x'


def test_other_delimiters_and_encodings_are_read(tmp_path: Path) -> None:
    path = extract(tmp_path, "C1;Café\n".encode("cp1252"), header="id;said\n")
    assert read(path, ("id", "said"), encoding="cp1252", delimiter=";")[0].fields == ("C1", "Café")


class TestWholeFiles:
    """What is wrong with a file as a whole stops the load before it begins."""

    @pytest.mark.parametrize(
        "content", ["", "\n", "id,when\n", HEADER.replace("said", "told"), "\x00\x01\x02", "x" * 3_000_000]
    )
    def test_a_file_with_no_or_another_header_is_refused(self, tmp_path: Path, content: str) -> None:
        with pytest.raises(InvalidError, match=r"header.*Nothing was loaded"):
            read(extract(tmp_path, header=content))

    def test_a_column_that_stands_twice_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidError, match="has twice 'said'"):
            read(extract(tmp_path, header=HEADER.replace("place", "said")))

    def test_a_column_too_many_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidError, match="has besides 'extra'"):
            read(extract(tmp_path, header=HEADER.replace("\n", ",extra\n")))

    def test_a_header_alone_is_a_file_without_rows(self, tmp_path: Path) -> None:
        assert read(extract(tmp_path)) == []

    @pytest.mark.parametrize("name", ["nothing.csv", "."])
    def test_what_is_no_file_is_refused(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(InvalidError, match="There is no file"):
            read(tmp_path / name)


class TestBrokenLines:
    """Each broken line is refused by itself, and the lines around it are read."""

    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            (b"C9,too,few\n", "3 fields instead of 7"),
            (row(9).encode().rstrip() + b",more\n", "8 fields instead of 7"),
            (b"\n", "the line is empty"),
            (b"  \r\n", "the line is empty"),
            (row(9, said="a\x00b").encode(), "holds a NUL character"),
            (b"C9,2022-05-01 12:00,Mill Lane,\xff\xfe,1,no,now\n", "is not utf-8 (byte 31 of the line)"),
            (b"C9,2022-05-01 12:00,Mill Lane,\xed\xa0\x80,1,no,now\n", "is not utf-8 (byte 31 of the line)"),
            (row(9, said='"unclosed').encode(), "quotation marks do not pair up"),
            (row(9, said='"closed" then more').encode(), "quotation marks do not pair up"),
            (row(9, said="carriage\rreturn").encode(), ""),
        ],
    )
    def test_a_broken_line_is_refused_alone(self, tmp_path: Path, line: bytes, problem: str) -> None:
        path = extract(tmp_path, row(1), line, row(2), row(3))
        assert told(path) == [(2, ""), (3, problem), (4, ""), (5, "")]
        assert read(path)[1].raw == line.rstrip(b"\n")

    def test_two_lines_with_a_stray_quotation_mark_do_not_swallow_what_lies_between(self, tmp_path: Path) -> None:
        broken = row(9, said='"unclosed')
        path = extract(tmp_path, broken, row(1), row(2), broken, row(3))
        assert [bool(problem) for _, problem in told(path)] == [True, False, False, True, False]

    def test_a_stray_quotation_mark_far_from_any_other_costs_one_line(self, tmp_path: Path) -> None:
        rows = [row(n) for n in range(1, 400)]
        path = extract(tmp_path, row(9, said='"unclosed'), *rows)
        problems = [problem for _, problem in told(path)]
        assert (len(problems), sum(map(bool, problems))) == (400, 1)

    def test_a_huge_line_is_refused_and_kept_whole(self, tmp_path: Path) -> None:
        huge = row(9, said="x" * 10_000_000)
        records = read(extract(tmp_path, row(1), huge, row(2)))
        assert [r.problem for r in records] == [
            "",
            f"the line has {len(huge) - 1:,} bytes; at most 1,048,576 are taken",
            "",
        ]
        assert records[1].raw == huge.rstrip("\n").encode()

    def test_a_line_beyond_all_measure_takes_bounded_memory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "MOST_KEPT", 2_000_000)
        path = extract(tmp_path, "x" * 30_000_000 + "\n", row(2))
        tracemalloc.start()
        try:
            records = read(path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert len(records[0].raw) == 2_000_000
        assert "SHA-256 of all of it" in records[0].problem
        assert records[1].problem == ""
        assert peak < 15_000_000


class TestCompressed:
    """Gzip files, whole and broken."""

    def packed(self, folder: Path, rows: int = 2000) -> tuple[Path, bytes]:
        text = (HEADER + "".join(row(n) for n in range(rows))).encode()
        path = folder / "calls.csv.gz"
        path.write_bytes(gzip.compress(text))
        return path, path.read_bytes()

    def test_a_compressed_file_is_known_by_its_content(self, tmp_path: Path) -> None:
        path, _ = self.packed(tmp_path)
        other = path.rename(tmp_path / "calls.csv")
        assert len(read(other)) == 2000

    def test_several_members_are_one_file(self, tmp_path: Path) -> None:
        path, content = self.packed(tmp_path)
        path.write_bytes(content + gzip.compress(row(1).encode()))
        assert len(read(path)) == 2001

    def test_a_truncated_file_gives_what_it_holds_and_says_where_it_ends(self, tmp_path: Path) -> None:
        path, content = self.packed(tmp_path)
        path.write_bytes(content[: len(content) // 2])
        source = Extract(path, Layout(COLUMNS))
        records = list(source.records())
        assert 500 < len(records) < 2000
        assert [bool(r.problem) for r in records] == [False] * (len(records) - 1) + [True]
        assert records[-1].problem == "the file is damaged from here on: the compressed data end in the middle"
        assert source.damage

    def test_a_flipped_byte_is_told(self, tmp_path: Path) -> None:
        path, content = self.packed(tmp_path)
        path.write_bytes(content[:-6] + bytes([content[-6] ^ 1]) + content[-5:])
        records = read(path)
        assert records[-1].problem.startswith("the file is damaged from here on: ")
        assert sum(not r.problem for r in records) == 2000

    def test_a_file_that_unpacks_to_very_much_takes_bounded_memory(self, tmp_path: Path) -> None:
        path = tmp_path / "bomb.gz"
        path.write_bytes(gzip.compress(HEADER.encode() + (b"x" * 999 + b"\n") * 100_000))
        tracemalloc.start()
        try:
            count = sum(1 for record in Extract(path, Layout(COLUMNS)).records() if record.problem)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert count == 100_000
        assert peak < 10_000_000


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_whatever_the_lines_hold_every_byte_of_them_comes_back(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("any") / "calls.csv"
    path.write_bytes(HEADER.encode() + b"\n".join(lines))
    records = read(path)
    body = path.read_bytes()[len(HEADER) :]
    assert b"\n".join(r.raw for r in records) == body.removesuffix(b"\n") or not body
    assert all(r.fields is not None or r.problem for r in records)
