"""The verbs of protection notices: serve one, write down what the court did, review a lapse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.control.services import find
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.services import text, writing
from iops.safeguarding.models import NoticeKind, NoticeStep, NoticeStepKind, ProtectionNotice, Rank
from iops.safeguarding.models.schemes.notices import SENIOR
from iops.safeguarding.schemes.common import line, may, moment, one_of, person

if TYPE_CHECKING:
    import datetime as dt

    from iops.foundation.models import User

OF_THE_COURT = tuple(k for k in NoticeStepKind.values if k not in ("lapsed", "reviewed"))


@dataclass(frozen=True)
class Notice:
    """A notice as it was served: under which Act, between whom, who authorised it in which rank, and when."""

    kind: str
    victim_id: int
    respondent_id: int
    authoriser: str
    authorised_rank: str
    grounds: str
    served_at: dt.datetime
    authorised_at: dt.datetime | None = None


@verb
def serve_notice(incident_id: int, told: Notice, by: User) -> ProtectionNotice:
    """Write down a notice that was served. From then its hearing is owed within 48 court hours.

    Raises InvalidError for a rank that may not authorise it (a DVPN needs a superintendent, a DAPN an inspector), for
    a respondent under 18, and for times that do not fit; ConflictError when the notice is there already.
    """
    may(by)
    incident = find(incident_id)
    one_of(told.kind, NoticeKind.values, "kind")
    one_of(told.authorised_rank, Rank.values, "authorised_rank")
    if told.kind == NoticeKind.DVPN and told.authorised_rank not in SENIOR:
        raise InvalidError(
            "A DVPN is authorised by a superintendent or above.",
            mend="An inspector may authorise a DAPN, where it is in force.",
            details={"field": "authorised_rank"},
        )
    served, authorised = _times(told)
    victim, respondent = person(told.victim_id, "victim"), person(told.respondent_id, "respondent")
    if victim.id == respondent.id:
        raise InvalidError("A notice stands between two people.", details={"field": "respondent"})
    with writing(by, reason="protection notice served"):
        if ProtectionNotice.objects.filter(incident=incident, respondent=respondent, served_at=served).exists():
            raise ConflictError("This notice is written down already.")
        return ProtectionNotice.objects.create(
            incident=incident,
            kind=told.kind,
            victim=victim,
            respondent=respondent,
            authoriser=line(told.authoriser, "Authorised by"),
            authorised_rank=told.authorised_rank,
            authorised_at=authorised,
            served_at=served,
            grounds=text(told.grounds, "Grounds").strip(),
            by=by,
        )


def _times(told: Notice) -> tuple[dt.datetime, dt.datetime]:
    served = moment(told.served_at, "served_at")
    authorised = moment(told.authorised_at, "authorised_at") if told.authorised_at else served
    if authorised > served:
        raise InvalidError("A notice is authorised before it is served.", details={"field": "authorised_at"})
    return served, authorised


@verb
def notice_step(
    notice_id: int,
    kind: str,
    by: User,
    *,
    at: dt.datetime | None = None,
    listed_for: dt.datetime | None = None,
    ends_on: dt.date | None = None,
    note: str = "",
) -> NoticeStep:
    """Write down that the hearing was listed, adjourned, that an order was made or refused, or was given up.

    Raises InvalidError for what is missing, ConflictError for a step that cannot follow: after the end, after a lapse,
    or a DVPO that does not run for 14 to 28 days.
    """
    may(by)
    notice = _found(notice_id)
    one_of(kind, OF_THE_COURT, "kind")
    listing = kind in (NoticeStepKind.LISTED, NoticeStepKind.ADJOURNED)
    if listing != (listed_for is not None):
        raise InvalidError(
            "A listing and an adjournment say when the court sits, and nothing else does.",
            details={"field": "listed_for"},
        )
    if ends_on is not None and kind != NoticeStepKind.ORDER_MADE:
        raise InvalidError("Only an order has a last day.", details={"field": "ends_on"})
    why = text(note, "Note", needed=kind in (NoticeStepKind.REFUSED, NoticeStepKind.WITHDRAWN)).strip()
    with writing(by, reason=f"protection notice: {kind}"):
        return NoticeStep.objects.create(
            notice=notice,
            incident_id=notice.incident_id,
            kind=kind,
            at=moment(at),
            listed_for=listed_for,
            ends_on=ends_on,
            note=why,
            by=by,
        )


@verb
def review_lapse(notice_id: int, note: str, by: User) -> NoticeStep:
    """An inspector says why a notice lapsed and what protects the victim now. Raises ConflictError without a lapse."""
    may(by, (Role.INSPECTOR,))
    notice = _found(notice_id)
    with writing(by, reason="lapse of a protection notice reviewed"):
        return NoticeStep.objects.create(
            notice=notice,
            incident_id=notice.incident_id,
            kind=NoticeStepKind.REVIEWED,
            at=clock.now(),
            note=text(note, "Note").strip(),
            by=by,
        )


def note_lapses() -> int:
    """Write the lapse of every notice whose hours have passed without a hearing (I28). Returns how many."""
    with writing(None, reason="48 court hours have passed without a hearing"), connection.cursor() as cursor:
        cursor.execute("select iops.note_lapses()")
        return int(cursor.fetchone()[0])


def _found(notice_id: int) -> ProtectionNotice:
    notice = ProtectionNotice.objects.filter(id=notice_id).first()
    if notice is None:
        raise NotFoundError("There is no such protection notice.")
    return notice
