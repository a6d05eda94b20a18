"""Warnings before the door (U20): shown to the crew, read by the crew, and only then is the job acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.control.dispatch.common import must_speak_for, on_duty
from iops.control.models import CrewMember, Deployment, MarkerReceipt
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import User
from iops.obligations.services import writing
from iops.pole.models import WarningMarker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.control.dispatch.common import OnDuty

MOST_AT_ONCE = 500


@verb
def show_markers(deployment_id: int, by: User) -> list[WarningMarker]:
    """The standing warnings of the incident of a deployment, put on the screen of a member of its crew.

    That each was shown to them, and when, is kept. Warnings on records that are hidden from them are not among these.
    """
    with writing(by, reason="warnings shown"):
        deployment = _open(deployment_id)
        unit = _unit_of(deployment)
        if not unit.has_crew(by):
            raise NotAllowedError("Warnings are shown to the crew that is sent.")
        markers = standing_markers(deployment.incident_id)
        _keep(deployment, [m.id for m in markers], by, by, read=False, spoken=False)
    return markers


@verb
def read_markers(
    deployment_id: int, marker_ids: Sequence[int], by: User, *, reader_id: int | None = None
) -> list[MarkerReceipt]:
    """A member of the crew says that they have read these warnings: themselves on screen, or over the radio.

    Over the radio somebody in the control room says who (`reader_id`) and the receipt says that it was spoken. Saying
    it again changes nothing. Raises NotFoundError for a warning that does not stand on the incident, NotAllowedError
    for a reader who is not in the crew.
    """
    wanted = sorted(set(marker_ids))
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise InvalidError(f"Name 1 to {MOST_AT_ONCE} warnings.", details={"field": "markers"})
    with writing(by, reason="warnings read"):
        deployment = _open(deployment_id)
        unit = _unit_of(deployment)
        must_speak_for(unit, by)
        reader = _reader(unit, by, reader_id)
        if set(wanted) - {m.id for m in standing_markers(deployment.incident_id)}:
            raise NotFoundError("That warning does not stand on this incident.")
        _keep(deployment, wanted, reader, by, read=True, spoken=reader.id != by.id)
        receipts = MarkerReceipt.objects.filter(deployment=deployment, reader=reader, read=True)
        return list(receipts.filter(marker_id__in=wanted).order_by("marker_id"))


def standing_markers(incident_id: int) -> list[WarningMarker]:
    """The standing warnings that bear on an incident, as whoever acts may see them, the gravest first."""
    with connection.cursor() as cursor:
        cursor.execute("select marker_id from iops.incident_markers(%s)", [incident_id])
        ids = [row[0] for row in cursor.fetchall()]
    found = WarningMarker.objects.filter(id__in=ids).select_related("person", "location")
    gravest = {"grave": 0, "serious": 1, "caution": 2}
    return sorted(found, key=lambda m: (gravest[m.severity], m.id))


def unread(deployment_id: int) -> list[int]:
    """The ids of the standing warnings that nobody of the crew has read, as whoever acts may see them."""
    with connection.cursor() as cursor:
        cursor.execute("select unnest(iops.unread_markers(%s))", [deployment_id])
        return sorted(row[0] for row in cursor.fetchall())


def _open(deployment_id: int) -> Deployment:
    deployment = Deployment.objects.filter(id=deployment_id).first()
    if deployment is None:
        raise NotFoundError("There is no such deployment.")
    if deployment.stood_down_at is not None:
        raise ConflictError(f"{deployment.unit} was stood down.")
    return deployment


def _unit_of(deployment: Deployment) -> OnDuty:
    if deployment.resource_id is None:
        raise ConflictError(f"{deployment.unit} is not booked on: nobody of its crew is known.")
    return on_duty(deployment.resource_id)


def _reader(unit: OnDuty, by: User, reader_id: int | None) -> User:
    member = CrewMember.objects.filter(duty=unit.duty, user_id=reader_id or by.id, left_at=None).first()
    if member is None:
        raise NotAllowedError(
            "Only a member of the crew reads warnings for the crew.", mend="Say who of the crew was told."
        )
    if reader_id not in {None, by.id} and unit.has_crew(by):
        raise NotAllowedError("Nobody of the crew reads for another.", mend="Say that you have read them yourself.")
    return User.objects.get(id=member.user_id)


def _keep(
    deployment: Deployment, marker_ids: Sequence[int], reader: User, by: User, *, read: bool, spoken: bool
) -> None:
    now = clock.now()
    rows = [
        MarkerReceipt(
            deployment=deployment, marker_id=marker_id, reader=reader, read=read, spoken=spoken, at=now, by=by
        )
        for marker_id in marker_ids
    ]
    MarkerReceipt.objects.bulk_create(rows, ignore_conflicts=True)
