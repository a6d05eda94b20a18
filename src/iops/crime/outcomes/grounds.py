"""What outcome 14, 15 or 16 of a crime rests on, asked of the functions by which the database refuses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    import datetime as dt

    from iops.foundation.models import User

RESTING = ("14", "15", "16")
"""The outcomes that rest on the victim's wish, an evidence-led consideration and a look at safety."""


@dataclass(frozen=True)
class Lack:
    """One thing an outcome still lacks: `part` is wish, evidence_led, safeguarding or authority."""

    part: str
    says: str


@dataclass(frozen=True)
class VictimNow:
    """A victim linked to a crime, by kind and id, with the latest wish; None while there is none."""

    kind: str
    id: int
    wish: str | None
    taken_at: dt.datetime | None


def lacking(crime_id: int, code: str, by: User) -> tuple[Lack, ...]:
    """What the outcome `code` of the crime, authorised by `by`, still lacks; nothing for all but 14, 15 and 16."""
    if code not in RESTING:
        return ()
    with connection.cursor() as cursor:
        cursor.execute("select lacking, says from iops.crime_outcome_lacks(%s, %s, %s)", [crime_id, code, by.id])
        return tuple(Lack(*row) for row in cursor.fetchall())


def victims(crime_id: int) -> tuple[VictimNow, ...]:
    """The victims of the crime with what each wants."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, victim, wish, taken_at from iops.crime_wishes(%s) order by kind, victim", [crime_id]
        )
        return tuple(VictimNow(*row) for row in cursor.fetchall())


def wished(crime_id: int) -> dict[str, str]:
    """The facts of an outcome that the wishes tell, when every victim has told; nobody types them again.

    The victim supports when one does; contact is lost when it is with one.
    """
    told = [one.wish for one in victims(crime_id)]
    if not told or any(wish in (None, "not_asked") for wish in told):
        return {}
    return {
        "victim_supports": "yes" if "supports" in told else "no",
        "lost_contact": "yes" if "lost_contact" in told else "no",
    }
