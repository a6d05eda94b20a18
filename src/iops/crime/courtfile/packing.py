"""A court file as one package that shows any change, and the check that whoever receives it makes.

The package is a zip whose `manifest.json` names every other part with its SHA-256 and size. Parts are JSON. The same
contents at the same moment give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MANIFEST = "manifest.json"
FORMAT = "iops-court-file/1"
MOST_PARTS = 200
MOST_BYTES = 50_000_000
"""Bytes of one part as unpacked, and of all parts together: a package that claims more is not opened."""
NAME = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)*\.json")
STAMP = (1996, 1, 1, 0, 0, 0)
"""The same time for every part in the zip, so that the same contents give the same bytes."""
UNREADABLE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError,
    NotImplementedError, struct.error,
)  # fmt: skip
"""What the library says of bytes that are no whole zip, or one of a kind it does not read."""
REQUIRED = (
    "case.json",
    "documents.json",
    "forms/charges.json",
    "forms/case_summary.json",
    "forms/witnesses.json",
    "forms/exhibits.json",
    "disclosure/non_sensitive.json",
    "disclosure/sensitive.json",
)


class PackageRefusedError(InvalidError):
    """A package that is not what it says: `details["problems"]` names every fault that was found."""

    code = "package-refused"


@dataclass(frozen=True)
class Checked:
    """A package that agrees with its manifest: the manifest, and every part as it was read."""

    manifest: Mapping[str, Any]
    parts: Mapping[str, Any]


def pack(parts: Mapping[str, object], about: Mapping[str, object]) -> bytes:
    """The package of these parts; `about` goes into the manifest (crime, made_at, by, marking)."""
    written = {name: _json(part) for name, part in sorted(parts.items())}
    listed = [{"name": n, "sha256": _hash(b), "size": len(b)} for n, b in written.items()]
    manifest = _json({"format": FORMAT, **about, "parts": listed})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {MANIFEST: manifest, **written}.items():
            package.writestr(zipfile.ZipInfo(name, STAMP), content, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- the check -------------------------------------------------------------------------------------------------------


def check_package(given: bytes) -> Checked:
    """The package, if every part is there, is what the manifest says, and the parts agree with each other.

    Raises PackageRefusedError with every fault: no zip, missing, altered, surplus or doubled parts, unsafe names, too
    large, an index that names what is not there, a sensitive item in the schedule that goes to the defence.
    """
    contents = _read(given)
    manifest = _manifest(contents)
    problems = list(_differences(manifest, contents))
    if problems:
        raise _refused(problems)
    parts = {name: _parsed(name, content) for name, content in contents.items() if name != MANIFEST}
    if problems := [*_missing(parts), *_inconsistent(parts)]:
        raise _refused(problems)
    return Checked(manifest, parts)


def _refused(problems: list[str]) -> PackageRefusedError:
    return PackageRefusedError(
        f"This package is not to be relied on: {problems[0]}",
        mend="Ask whoever sent it for the file again.",
        details={"problems": problems},
    )


def _read(given: bytes) -> dict[str, bytes]:
    if len(given) > MOST_BYTES:
        raise _refused(["it is too large"])
    try:
        with zipfile.ZipFile(io.BytesIO(given)) as package:
            return _unpacked(package)
    except UNREADABLE as error:
        raise _refused(["it cannot be opened as a package"]) from error


def _unpacked(package: zipfile.ZipFile) -> dict[str, bytes]:
    entries = package.infolist()
    names = [one.filename for one in entries]
    problems = [f"part {name!r} is there twice" for name in sorted({n for n in names if names.count(n) > 1})]
    problems += [f"part {name[:60]!r} has no safe name" for name in names if not NAME.fullmatch(name)]
    if len(entries) > MOST_PARTS or sum(one.file_size for one in entries) > MOST_BYTES:
        problems.append("it is too large")
    if problems:
        raise _refused(problems)
    found, left = {}, MOST_BYTES
    for one in entries:
        with package.open(one) as part:
            # What a part says of its own size is not believed.
            content = part.read(left + 1)
        left -= len(content)
        if left < 0:
            raise _refused(["it is too large"])
        found[one.filename] = content
    return found


def _manifest(contents: Mapping[str, bytes]) -> Mapping[str, Any]:
    if MANIFEST not in contents:
        raise _refused(["the manifest is missing"])
    found = _parsed(MANIFEST, contents[MANIFEST])
    if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("parts"), list):
        raise _refused(["the manifest is not one of a court file"])
    return found


def _parsed(name: str, content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _refused([f"part {name!r} cannot be read"]) from error


def _differences(manifest: Mapping[str, Any], contents: Mapping[str, bytes]) -> Iterator[str]:
    listed: dict[str, Any] = {}
    for one in manifest["parts"]:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            yield "the manifest has a line that names no part"
        elif one["name"] in listed:
            yield f"the manifest names {one['name']!r} twice"
        else:
            listed[one["name"]] = one
    for name, one in listed.items():
        content = contents.get(name)
        if content is None:
            yield f"part {name!r} is missing"
        elif one.get("sha256") != _hash(content) or one.get("size") != len(content):
            yield f"part {name!r} was altered"
    for name in sorted(set(contents) - set(listed) - {MANIFEST}):
        yield f"part {name!r} is not in the manifest"


def _missing(parts: Mapping[str, Any]) -> Iterator[str]:
    for name in REQUIRED:
        if name not in parts:
            yield f"a court file needs {name!r}"
        elif not isinstance(parts[name], dict if name in ("case.json", "forms/case_summary.json") else list):
            yield f"part {name!r} has not the shape of one"


def _inconsistent(parts: Mapping[str, Any]) -> Iterator[str]:
    """What the parts say of each other, once each has its shape."""
    if list(_missing(parts)):
        return
    numbers = []
    for one in parts["documents.json"]:
        if not isinstance(one, dict) or not isinstance(one.get("number"), int):
            yield "the index of documents has a line without a number"
            continue
        numbers.append(one["number"])
        if one.get("part") not in parts:
            yield f"the index names {str(one.get('part'))[:60]!r}, which is not there"
    if numbers != list(range(1, len(numbers) + 1)):
        yield "the index of documents is not numbered from 1 without gaps"
    for name, sensitive in (("disclosure/non_sensitive.json", False), ("disclosure/sensitive.json", True)):
        for item in parts[name]:
            if not isinstance(item, dict) or item.get("sensitive") is not sensitive:
                yield f"an item of {name!r} belongs to the other schedule"
