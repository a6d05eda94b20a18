"""Warning markers: propose, decide, review, end (U20, U21)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing
from iops.pole.models import MarkerKind, MarkerReview, Severity, WarningMarker
from iops.pole.services.common import choice, find_location, find_person

if TYPE_CHECKING:
    from datetime import date

    from iops.foundation.models import User

DECIDERS = (*LADDER, Role.SAFEGUARDING)
"""Who confirms, refuses, reviews and ends a marker."""
REVIEW_AFTER = timedelta(days=365)
LATEST_REVIEW = timedelta(days=3 * 365)
"""A marker that nobody looks at for longer than this is stale, whatever its grounds were."""


@verb
def propose_marker(
    *,
    kind: str,
    severity: str,
    grounds: str,
    by: User,
    person_id: int | None = None,
    location_id: int | None = None,
    owner_id: int | None = None,
    review_on: date | None = None,
    expires_on: date | None = None,
    made_up: bool = False,
) -> WarningMarker:
    """Propose a warning on one person or one place. Anybody may; it is shown from now on as proposed.

    The review date is a year from now unless said, and at most three. Raises InvalidError naming the field.
    """
    if (person_id is None) == (location_id is None):
        raise InvalidError("A marker is on one person or on one place.", details={"field": "person"})
    person = find_person(person_id) if person_id is not None else None
    location = find_location(location_id) if location_id is not None else None
    today = clock.today()
    review = review_on or today + REVIEW_AFTER
    _check_dates(review, expires_on, today)
    with writing(by, reason="marker proposed"):
        return WarningMarker.objects.create(
            person=person,
            location=location,
            kind=choice(kind, MarkerKind.values, "kind of marker"),
            severity=choice(severity, Severity.values, "severity"),
            grounds=text(grounds, "Grounds").strip(),
            proposed_at=clock.now(),
            proposed_by=by,
            owner_id=owner_id,
            review_on=review,
            expires_on=expires_on,
            made_up=made_up,
        )


def _check_dates(review: date, expires: date | None, today: date) -> None:
    if review <= today:
        raise InvalidError("The review date lies ahead of today.", details={"field": "review_on"})
    if review > today + LATEST_REVIEW:
        raise InvalidError("A marker is reviewed within three years.", details={"field": "review_on"})
    if expires is not None and expires <= today:
        raise InvalidError("The expiry date lies ahead of today.", details={"field": "expires_on"})


@verb
def decide_marker(marker_id: int, confirmed: bool, reason: str, by: User) -> WarningMarker:
    """Confirm a proposed marker, or refuse it with a reason. Not by whoever proposed it."""
    with writing(by, reason=reason or "marker confirmed"):
        marker = _standing(marker_id, by)
        if marker.decided_at is not None:
            raise ConflictError("This marker has been decided already.")
        if marker.proposed_by_id == by.id:
            raise NotAllowedError("Nobody decides a marker they proposed.", mend="Ask another supervisor.")
        now = clock.now()
        marker.decided_at, marker.decided_by, marker.confirmed = now, by, confirmed
        if not confirmed:
            marker.ended_at, marker.ended_by = now, by
            marker.ended_reason = text(reason, "Reason").strip()
        marker.save()
    return marker


@verb
def review_marker(marker_id: int, kept: bool, note: str, by: User, *, next_review: date | None = None) -> MarkerReview:
    """Review a confirmed marker: keep it until a new date (a year from now unless said), or end it; say why."""
    today = clock.today()
    following = (next_review or today + REVIEW_AFTER) if kept else None
    with writing(by, reason="marker reviewed"):
        marker = _standing(marker_id, by)
        if not marker.confirmed:
            raise ConflictError("A marker is confirmed before it is reviewed.")
        if following is not None:
            _check_dates(following, None, today)
        said = text(note, "Note").strip()
        review = MarkerReview.objects.create(
            marker=marker, at=clock.now(), by=by, was_due=marker.review_on, kept=kept, next_review=following, note=said
        )
        if following is not None:
            marker.review_on = following
        else:
            marker.ended_at, marker.ended_by, marker.ended_reason = clock.now(), by, said
        marker.save()
    return review


@verb
def end_marker(marker_id: int, reason: str, by: User) -> WarningMarker:
    """End a marker that holds no longer; it stays on record with the reason."""
    with writing(by, reason=reason):
        marker = _standing(marker_id, by)
        marker.ended_at, marker.ended_by = clock.now(), by
        marker.ended_reason = text(reason, "Reason").strip()
        marker.save()
    return marker


def _standing(marker_id: int, by: User) -> WarningMarker:
    """The marker, locked, if it stands and `by` may decide on markers."""
    if not by.holds(DECIDERS):
        raise NotAllowedError("A marker is decided by a sergeant or above, or by safeguarding.")
    marker = WarningMarker.objects.select_for_update().filter(id=marker_id).first()
    if marker is None:
        raise NotFoundError("There is no such warning marker.")
    if marker.ended_at is not None:
        raise ConflictError("This marker has ended.")
    return marker
