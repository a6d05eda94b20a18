"""A court file shows any change: whoever receives it is told what is missing, altered, surplus or inconsistent."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.crime.courtfile import packing
from iops.crime.courtfile.packing import MANIFEST, REQUIRED, PackageRefusedError, check_package, pack

ABOUT = {"crime": "CR/1/2026", "made_at": "2026-11-23T10:00:00+00:00", "by": "A (made up)", "marking": "OFFICIAL"}


def whole() -> dict[str, Any]:
    """The parts of a small file that agrees with itself."""
    parts: dict[str, Any] = {name: [] for name in REQUIRED}
    parts |= {"case.json": {"crime": "CR/1/2026"}, "forms/case_summary.json": {"what": "Theft"}}
    parts["disclosure/sensitive.json"] = [{"number": 1, "sensitive": True, "description": "An informant"}]
    parts["disclosure/non_sensitive.json"] = [{"number": 2, "sensitive": False, "description": "A till roll"}]
    names = sorted(set(parts) - {"documents.json"})
    return parts | {"documents.json": [{"number": n, "part": name} for n, name in enumerate(names, 1)]}


def unpacked(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(parts: dict[str, bytes] | list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            package.writestr(name, content)
    return out.getvalue()


def problems(package: bytes) -> list[str]:
    with pytest.raises(PackageRefusedError) as refused:
        check_package(package)
    found = refused.value.details["problems"]
    assert isinstance(found, list)
    return found


def test_what_was_packed_is_read_back_and_the_same_contents_give_the_same_bytes() -> None:
    made = pack(whole(), ABOUT)
    assert made == pack(dict(reversed(whole().items())), ABOUT)
    checked = check_package(made)
    assert checked.parts == whole()
    assert checked.manifest["crime"] == "CR/1/2026"


WHOLE = pack(whole(), ABOUT)


@settings(max_examples=150)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_any_byte_that_is_altered_is_seen_or_changes_nothing_that_is_read(place: int, by: int) -> None:
    altered = bytearray(WHOLE)
    altered[place] ^= by
    try:
        checked = check_package(bytes(altered))
    except PackageRefusedError:
        return
    # Some bytes of a zip carry nothing of its contents, such as the system that made it.
    assert checked.parts == whole()
    assert {k: checked.manifest[k] for k in ABOUT} == ABOUT


@given(st.binary(max_size=2000))
def test_bytes_that_are_no_package_are_refused_and_never_break(given: bytes) -> None:
    assert problems(given)


@settings(max_examples=30)
@given(st.integers(0, len(WHOLE) - 1))
def test_a_package_cut_short_is_refused(place: int) -> None:
    assert problems(WHOLE[:place])


@pytest.mark.parametrize("name", REQUIRED)
def test_a_part_that_is_missing_is_named(name: str) -> None:
    found = unpacked(WHOLE)
    del found[name]
    assert any(name in said and "missing" in said for said in problems(zipped(found)))
    parts = whole()
    del parts[name]
    parts["documents.json" if name != "documents.json" else "x.json"] = []
    assert any(name in said for said in problems(pack(parts, ABOUT)))


def test_a_part_that_was_altered_or_added_is_named() -> None:
    found = unpacked(WHOLE)
    found["case.json"] = b'{"crime": "CR/2/2026"}'
    found["extra.json"] = b"[]"
    said = problems(zipped(found))
    assert "part 'case.json' was altered" in said
    assert "part 'extra.json' is not in the manifest" in said


def test_a_part_that_is_there_twice_is_refused() -> None:
    found = [*unpacked(WHOLE).items(), ("case.json", b"{}")]
    with pytest.warns(UserWarning, match="Duplicate"):
        package = zipped(found)
    assert any("there twice" in said for said in problems(package))


@pytest.mark.parametrize(
    "name", ["../case.json", "/etc/passwd", "a/../b.json", "C:\\x.json", "x.exe", "A.json", "x y.json"]
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    assert any("no safe name" in said for said in problems(zipped({**unpacked(WHOLE), name: b"[]"})))


def test_a_package_that_unpacks_without_end_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_BYTES", 100_000)
    assert problems(zipped({"bomb.json": b"0" * 5_000_000})) == ["it is too large"]
    assert problems(b"x" * 100_001) == ["it is too large"]
    many = {f"p{n}.json": b"[]" for n in range(packing.MOST_PARTS + 1)}
    assert problems(zipped(many)) == ["it is too large"]


@pytest.mark.parametrize(("changed", "says"), [
    ({"documents.json": [{"number": 1, "part": "gone.json"}]}, "gone.json"),
    ({"documents.json": [{"number": 2, "part": "case.json"}]}, "numbered from 1"),
    ({"documents.json": [{"number": 1, "part": "case.json"}, {"number": 1, "part": "case.json"}]}, "numbered from 1"),
    ({"documents.json": ["x"]}, "without a number"),
    ({"disclosure/non_sensitive.json": [{"sensitive": True}]}, "belongs to the other schedule"),
    ({"disclosure/sensitive.json": [{"sensitive": False}]}, "belongs to the other schedule"),
    ({"disclosure/sensitive.json": ["x"]}, "belongs to the other schedule"),
    ({"case.json": []}, "shape"), ({"forms/charges.json": {}}, "shape"),
])  # fmt: skip
def test_parts_that_disagree_are_named(changed: dict[str, Any], says: str) -> None:
    assert any(says in said for said in problems(pack(whole() | changed, ABOUT)))


@pytest.mark.parametrize(
    "manifest", [b"", b"[]", b"{}", b'{"format": "other/1", "parts": []}', b"\xff", b"[" * 100_000]
)
def test_a_manifest_that_is_none_is_refused(manifest: bytes) -> None:
    assert problems(zipped({**unpacked(WHOLE), MANIFEST: manifest}))


def test_a_manifest_that_names_nothing_or_a_part_twice_is_refused() -> None:
    found = unpacked(WHOLE)
    manifest = json.loads(found[MANIFEST])
    manifest["parts"] += [manifest["parts"][0], 7]
    said = problems(zipped({**found, MANIFEST: json.dumps(manifest).encode()}))
    assert any("twice" in one for one in said)
    assert any("names no part" in one for one in said)
