"""The verbs of a series: make it, put crimes in and take them out, choose lead and owner, close it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.crime.models import (
    CrimeLogEntry,
    CrimeStanding,
    Series,
    SeriesClosed,
    SeriesCrime,
    SeriesLead,
)
from iops.crime.recorded import life
from iops.crime.recorded.finding import find, open_crime
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import User
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iops.crime.models import Crime

LONGEST_TITLE = 120
KEEPERS = (*LADDER, Role.DETECTIVE, Role.REGISTRAR)
"""Who makes a series and changes it. To give it to somebody else is a supervisor's, as with one crime."""


@verb
def make_series(
    title: str, common: str, lead_id: int, by: User, *, others: Iterable[int] = (), owner_id: int | None = None
) -> Series:
    """Make a series of an open lead crime and others, owned by one person (whoever makes it, unless given).

    All of it is allocated to the owner. Raises NotAllowedError, NotFoundError, InvalidError, ConflictError for a title
    that is taken and, by the database, for a crime that stands in a series or was removed.
    """
    _may(by)
    named = text(title, "Title").strip()
    if len(named) > LONGEST_TITLE:
        raise InvalidError(f"Title: at most {LONGEST_TITLE} characters.", details={"field": "title"})
    said, lead = text(common, "What they have in common"), open_crime(lead_id)
    with writing(by, reason="series made"):
        if Series.objects.filter(title=named).exists():
            raise ConflictError(
                "A series has this title.", mend="Put the crime into it, or use another title.",
                details={"field": "title"},
            )  # fmt: skip
        made = Series.objects.create(title=named, common=said, at=clock.now(), by=by)
        _put_in(made, lead, said, by)
        _lead(made, lead, owner_id or by.id, said, by)
        for other in dict.fromkeys(others):
            if other != lead.id:
                join(made.id, other, said, by)
    return made


@verb
def join(series_id: int, crime_id: int, reason: str, by: User) -> SeriesCrime:
    """Put a crime into a series, and say why; an open one goes to the owner of the series.

    Joining again gives what stands. Raises NotAllowedError, NotFoundError, InvalidError, ConflictError.
    """
    _may(by)
    series, crime = _series(series_id), find(crime_id)
    if (there := SeriesCrime.objects.filter(series=series, crime=crime, stands=True).first()) is not None:
        return there
    with writing(by, reason="crime joins series"):
        made = _put_in(series, crime, text(reason, "Reason"), by)
        last = series.leads.order_by("-id").first()
        if last is not None:
            _give(series, [crime], last.owner, by)
    return made


@verb
def leave(series_id: int, crime_id: int, reason: str, by: User) -> SeriesCrime:
    """Take a crime out of a series, and say why; never the lead crime. It keeps its owner until somebody changes that.

    Raises NotAllowedError, NotFoundError, InvalidError, ConflictError.
    """
    _may(by)
    said = text(reason, "Reason")
    with writing(by, reason="crime leaves series"):
        _series(series_id, locked=True)
        found = SeriesCrime.objects.filter(series_id=series_id, crime_id=crime_id, stands=True)
        one = found.select_related("series", "crime").first()
        if one is None:
            raise NotFoundError("The crime does not stand in that series.")
        one.stands, one.left_at, one.left_by, one.left_reason = False, clock.now(), by, said
        one.save(update_fields=["stands", "left_at", "left_by", "left_reason"])
        _log(one.crime, f"It was taken out of the series {one.series.title}: {said}", by)
    return one


@verb
def lead(series_id: int, crime_id: int, reason: str, by: User, *, owner_id: int | None = None) -> SeriesLead:
    """Choose which crime leads a series and who owns all of it (as before, unless given), and say why.

    Raises NotAllowedError, NotFoundError, InvalidError, ConflictError for a crime that is not in it.
    """
    _may(by)
    crime, said = find(crime_id), text(reason, "Reason")
    with writing(by, reason="series led"):
        series = _series(series_id, locked=True)
        last = series.leads.order_by("-id").first()
        return _lead(series, crime, owner_id or (last.owner_id if last else by.id), said, by)


@verb
def close(series_id: int, reason: str, by: User) -> SeriesClosed:
    """Close a series, and say why: its crimes go on by themselves. Raises NotAllowedError, ConflictError."""
    _may(by)
    said = text(reason, "Reason")
    with writing(by, reason="series closed"):
        series = _series(series_id, locked=True)
        return SeriesClosed.objects.create(series=series, reason=said, at=clock.now(), by=by)


def _may(by: User) -> None:
    if not by.holds(KEEPERS):
        raise NotAllowedError(
            "A series is kept by a detective, a supervisor or the registrar.", mend="Ask one of them."
        )


def _series(series_id: int, *, locked: bool = False) -> Series:
    """The series; `locked` waits for whoever changes it now, and raises ConflictError when it is closed."""
    found = Series.objects.filter(id=series_id).first()
    if found is None:
        raise NotFoundError("There is no such series.")
    if locked:
        with connection.cursor() as cursor:
            cursor.execute("select iops.series_is_open(%s)", [series_id])
    return found


def _put_in(series: Series, crime: Crime, reason: str, by: User) -> SeriesCrime:
    made = SeriesCrime.objects.create(series=series, crime=crime, reason=reason, at=clock.now(), by=by)
    _log(crime, f"It was put into the series {series.title}: {reason}", by)
    return made


def _lead(series: Series, crime: Crime, owner_id: int, reason: str, by: User) -> SeriesLead:
    owner = User.objects.filter(id=owner_id, is_active=True, kind="person").first()
    if owner is None:
        raise NotFoundError("There is no such person.", details={"field": "owner"})
    made = SeriesLead.objects.create(series=series, crime=crime, owner=owner, reason=reason, at=clock.now(), by=by)
    members = SeriesCrime.objects.filter(series=series, stands=True).select_related("crime").order_by("crime_id")
    _give(series, [m.crime for m in members], owner, by)
    return made


def _give(series: Series, crimes: Iterable[Crime], owner: User, by: User) -> None:
    """Allocate what is open, and not theirs yet, to the owner of the series."""
    numbers = [c.id for c in crimes]
    wanting = CrimeStanding.objects.filter(crime_id__in=numbers, state="open").exclude(owner_id=owner.id)
    for crime_id in wanting.order_by("crime_id").values_list("crime_id", flat=True):
        life.allocate(crime_id, by, f"Owner of the series {series.title}", user_id=owner.id)


def _log(crime: Crime, words: str, by: User) -> None:
    CrimeLogEntry.objects.create(crime=crime, text=words, at=clock.now(), by=by)
