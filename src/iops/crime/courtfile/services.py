"""The verbs of the court file: schedule unused material, export the file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.crime.courtfile.making import parts_of
from iops.crime.courtfile.packing import check_package, pack
from iops.crime.models import Charge, CourtFile, UnusedMaterial
from iops.crime.recorded.finding import find
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from iops.foundation.models import User

MARKING = "OFFICIAL-SENSITIVE"


@dataclass(frozen=True)
class Item:
    """One item of unused material; `because` says why it is sensitive, and is empty for what is not."""

    description: str
    where_kept: str
    sensitive: bool
    may_assist: bool
    because: str = ""


@verb
def schedule(crime_id: int, item: Item, by: User) -> UnusedMaterial:
    """Put an item of unused material on its schedule (CPIA 1996 Code of Practice part 6). Raises InvalidError."""
    crime = find(crime_id)
    if item.sensitive and not item.because.strip():
        raise InvalidError("Say why it is sensitive.", details={"field": "because"})
    if not item.sensitive and item.because.strip():
        raise InvalidError("A reason is given only of what is sensitive.", details={"field": "because"})
    told = {
        "description": text(item.description, "Description"),
        "where_kept": text(item.where_kept, "Where it is kept").strip()[:100],
        "sensitive_because": item.because.strip(),
    }
    with writing(by, reason="unused material scheduled"):
        return UnusedMaterial.objects.create(
            crime=crime, sensitive=item.sensitive, may_assist=item.may_assist, at=clock.now(), by=by, **told
        )


@verb
def export(crime_id: int, by: User) -> tuple[CourtFile, bytes]:
    """Export the file of a charged crime as a package that was checked, and keep its hash.

    Raises ConflictError when nobody is charged.
    """
    crime = find(crime_id)
    if not Charge.objects.filter(crime=crime).exists():
        raise ConflictError("Nobody is charged with this crime.", mend="Put the charge on record first.")
    now = clock.now()
    about = {"crime": crime.reference, "made_at": now.isoformat(), "by": by.name, "marking": MARKING}
    made = pack(parts_of(crime), about)
    checked = check_package(made)
    with writing(by, reason="court file exported"):
        kept = CourtFile.objects.create(
            crime=crime,
            sha256=hashlib.sha256(made).hexdigest(),
            size=len(made),
            parts=len(checked.parts),
            at=now,
            by=by,
        )
    return kept, made
