"""The API of unused material and of court files."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status

from iops.crime.courtfile import services
from iops.crime.models import UnusedMaterial
from iops.crime.recorded.selectors import by_reference, one
from iops.foundation.api import Line, Text, viewer
from iops.rulebook.needs import Needed

router = Router(tags=["court file"])
CRIME = "/crimes/{reference}"


class UnusedIn(Schema):
    """An item of unused material; `because` says why it is sensitive."""

    description: Annotated[Text, Needed("disclosure-schedule")]
    where_kept: Annotated[Line, Needed("disclosure-schedule")]
    sensitive: Annotated[bool, Needed("disclosure-schedule")]
    may_assist: Annotated[bool, Needed("disclosure-schedule")]
    because: Text = ""


class UnusedOut(Schema):
    """An item of unused material as it was scheduled."""

    description: str
    where_kept: str
    sensitive: bool
    may_assist: bool
    at: dt.datetime


class FileOut(Schema):
    """A court file: its hash and size, and the package in base64."""

    sha256: str
    size: int
    parts: int
    at: dt.datetime
    package: str


def _out(item: UnusedMaterial) -> UnusedOut:
    return UnusedOut(
        description=item.description,
        where_kept=item.where_kept,
        sensitive=item.sensitive,
        may_assist=item.may_assist,
        at=item.at,
    )


@router.get(f"{CRIME}/unused-material", response=list[UnusedOut])
def unused(request: HttpRequest, reference: str) -> list[UnusedOut]:
    """The unused material of a crime, in the order in which it was scheduled."""
    found = one(by_reference(reference).id, viewer(request)).crime
    return [_out(item) for item in found.unused_material.order_by("id")]


@router.post(f"{CRIME}/unused-material", response={201: UnusedOut})
def schedule(request: HttpRequest, reference: str, given: UnusedIn) -> Status[UnusedOut]:
    """Schedule an item of unused material."""
    made = services.schedule(by_reference(reference).id, services.Item(**given.dict()), viewer(request))
    return Status(201, _out(made))


@router.post(f"{CRIME}/court-files", response={201: FileOut})
def export(request: HttpRequest, reference: str) -> Status[FileOut]:
    """Export the court file of a charged crime."""
    kept, made = services.export(by_reference(reference).id, viewer(request))
    package = base64.b64encode(made).decode()
    return Status(201, FileOut(sha256=kept.sha256, size=kept.size, parts=kept.parts, at=kept.at, package=package))
