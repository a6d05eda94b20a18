"""The questions asked of series: all of them, one with its crimes, and where one crime stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse

from iops.crime.models import CrimeStanding, Series, SeriesCrime, SeriesLead
from iops.crime.recorded.selectors import address as address_of
from iops.crime.series.suggesting import Tied, tied
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import NotFoundError
from iops.foundation.paging import PAGE_SIZE, Page
from iops.rulebook.classes import register

if TYPE_CHECKING:
    from iops.crime.models import Crime
    from iops.foundation.models import User

MOST_OFFERED = 200


@dataclass(frozen=True)
class Listed:
    """One series in the list: how many crimes stand in it (that whoever asks may see), who leads and owns it."""

    series: Series
    crimes: int
    lead: SeriesLead | None
    closed: bool


@dataclass(frozen=True)
class Member:
    """One crime of a series, as it stands now."""

    row: SeriesCrime
    title: str
    standing: CrimeStanding
    address: str
    leads: bool

    @property
    def state(self) -> str:
        """Open, or how it ended."""
        return {"open": "open", "outcome": f"outcome {self.standing.ending}"}.get(
            self.standing.state, f"removed ({self.standing.ending})"
        )


@dataclass(frozen=True)
class Shown:
    """One series with all that belongs to it; `offered` are crimes that facts tie to it."""

    series: Series
    lead: SeriesLead
    leads: tuple[SeriesLead, ...]
    members: tuple[Member, ...]
    left: tuple[SeriesCrime, ...]
    closed: bool
    offered: tuple[Tied, ...]


@shows_no_record("names of series and numbers; their crimes are shown on the page of each")
def series_list(page: int = 1, *, closed: bool = False) -> Page[Listed]:
    """The open series, or the closed ones, the newest first."""
    found = Series.objects.filter(closed__isnull=not closed)
    counted = found.annotate(standing=Count("members", filter=Q(members__stands=True))).order_by("-id")
    start = (page - 1) * PAGE_SIZE
    rows = [Listed(s, s.standing, _lead(s), closed) for s in counted[start : start + PAGE_SIZE]]
    return Page(tuple(rows), found.count(), page)


def _lead(series: Series) -> SeriesLead | None:
    return series.leads.select_related("crime", "owner").order_by("-id").first()


@consults("crime", ids=lambda shown: [m.row.crime_id for m in shown.members] + [t.crime.id for t in shown.offered])
def one(series_id: int, viewer: User) -> Shown:  # noqa: ARG001 - the look is logged in the viewer's name
    """One series. Raises NotFoundError, also for one that this person may not see."""
    series = Series.objects.filter(id=series_id).first()
    leads = (
        tuple(series.leads.select_related("crime__incident", "owner", "by").order_by("-id"))
        if series is not None
        else ()
    )
    if series is None or not leads:
        raise NotFoundError("There is no such series.")
    rows = series.members.select_related("crime__incident__district", "by", "left_by", "crime__standing__owner")
    closed = hasattr(series, "closed")
    inside = [r for r in rows.order_by("crime__committed_from", "crime_id") if r.left_at is None]
    return Shown(
        series=series,
        lead=leads[0],
        leads=leads,
        members=tuple(_member(row, leads[0]) for row in inside),
        left=tuple(r for r in rows.order_by("-left_at") if r.left_at is not None),
        closed=closed,
        offered=() if closed else tied([r.crime_id for r in inside]),
    )


def _member(row: SeriesCrime, lead: SeriesLead) -> Member:
    standing = row.crime.standing
    listed = register().find(standing.crime_class)
    title = f"{standing.crime_class} {listed.title}" if listed else standing.crime_class
    return Member(row, title, standing, address_of(row.crime), row.crime_id == lead.crime_id)


@dataclass(frozen=True)
class OfCrime:
    """Where a crime stands: its series, or what may be one with it; `open_series` are those it could join."""

    member: SeriesCrime | None
    address: str
    offered: tuple[Tied, ...]


@shows_no_record("a part of the crime, whose look is logged")
def of_crime(crime: Crime) -> OfCrime:
    """The series of a crime, or the crimes that facts tie to it."""
    member = SeriesCrime.objects.filter(crime=crime, stands=True).select_related("series").first()
    if member is not None:
        return OfCrime(member, reverse("series-one", args=[member.series_id]), ())
    return OfCrime(None, "", tied([crime.id]))


@shows_no_record("names of series, to choose one")
def open_series() -> list[tuple[int, str]]:
    """The open series by number and title, the newest first (at most 200)."""
    return list(Series.objects.filter(closed=None).order_by("-id").values_list("id", "title")[:MOST_OFFERED])


@consults("crime", ids=lambda found: [t.crime.id for t in found])
def tied_to(crime_id: int, viewer: User) -> tuple[Tied, ...]:  # noqa: ARG001 - the look is logged in the viewer's name
    """The crimes of no series that facts tie to a crime."""
    return tied([crime_id])
