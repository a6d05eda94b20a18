"""The package of a referral: the chosen blocks, freed of what must not be told, as JSON and PDF, hashed and signed."""

from __future__ import annotations

import hashlib
import hmac
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import orjson
from django.utils.crypto import salted_hmac

from iops.safeguarding.referrals import pdf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from iops.safeguarding.models import Disclosure
    from iops.safeguarding.referrals.guard import Bars

FORMAT = "iops-referral/1"
SALT = "iops.referrals.package"
EARLIEST_IN_ZIP = 1980


@dataclass(frozen=True)
class Section:
    """One block of a package as it will be read: its heading and its lines."""

    block: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Package:
    """A package that may leave: `content` as JSON, `document` as PDF, `manifest` with their hashes, its signature."""

    content: str
    document: bytes
    manifest: str
    signature: str

    @property
    def content_hash(self) -> str:
        """SHA-256 of the content, in hexadecimal digits."""
        return sha256(self.content.encode())


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def made(reference: str, head: Mapping[str, str], sections: Sequence[Section], bars: Bars) -> Package:
    """Make a package. Everything in it passes the must-not-receive list, and is looked at once more when it is whole.

    Raises BarredError when what must not be told cannot be kept out.
    """
    clean_head = {key: bars.clean(value) for key, value in head.items()}
    clean = [Section(s.block, s.title, tuple(bars.clean(line) for line in s.lines)) for s in sections]
    said: dict[str, Any] = {"format": FORMAT, "reference": reference} | clean_head
    said["sections"] = [{"block": s.block, "title": s.title, "lines": list(s.lines)} for s in clean]
    bars.check_content(texts(said))
    content = orjson.dumps(said, option=orjson.OPT_INDENT_2).decode()
    parts = [("About this referral", [f"{key}: {value}" for key, value in clean_head.items() if value])]
    document = pdf.document(f"Referral {reference}", [*parts, *((s.title, s.lines) for s in clean)])
    manifest = _manifest(reference, content.encode(), document)
    return Package(content, document, manifest, signed(manifest))


def texts(said: object) -> Iterator[str]:
    """Every text in a package, and the lines of each of its parts read on as one."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for value in said.values():
            yield from texts(value)
    elif isinstance(said, list):
        if said and all(isinstance(each, str) for each in said):
            yield "\n".join(said)
        for value in said:
            yield from texts(value)


def _manifest(reference: str, content: bytes, document: bytes) -> str:
    files = {"referral.json": content, "referral.pdf": document}
    said = {
        "reference": reference,
        "signature": "HMAC-SHA256 over this file",
        "files": {name: {"sha256": sha256(data), "bytes": len(data)} for name, data in files.items()},
    }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2).decode()


def signed(manifest: str) -> str:
    """The signature of a manifest: HMAC-SHA256 with a key that is made from the system's own secret."""
    return salted_hmac(SALT, manifest, algorithm="sha256").hexdigest()


def is_genuine(disclosure: Disclosure) -> bool:
    """Whether a stored package is as it was signed: manifest, content and PDF."""
    content, document = disclosure.content.encode(), bytes(disclosure.pdf)
    files = cast("dict[str, Any]", orjson.loads(disclosure.manifest))["files"]
    return (
        hmac.compare_digest(signed(disclosure.manifest), disclosure.signature)
        and files["referral.json"]["sha256"] == sha256(content) == disclosure.content_hash
        and files["referral.pdf"]["sha256"] == sha256(document)
    )


def archive(disclosure: Disclosure, link: str, at: datetime) -> bytes:
    """The package as one ZIP: the same bytes each time, so that a second delivery is the first one again."""
    files = {
        "referral.json": disclosure.content.encode(),
        "referral.pdf": bytes(disclosure.pdf),
        "manifest.json": disclosure.manifest.encode(),
        "manifest.sig": disclosure.signature.encode(),
        "answer-here.txt": f"Answer this referral here, please: {link}\n".encode(),
    }
    stamp = (max(at.year, EARLIEST_IN_ZIP), at.month, at.day, at.hour, at.minute, 0)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(zipfile.ZipInfo(name, date_time=stamp), data)
    return out.getvalue()
