"""The questions of referrals: those of an incident, one with its history, the list, counts by day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.paging import PAGE_SIZE, Page
from iops.safeguarding.models import (
    Agency,
    Delivery,
    DeliveryAttempt,
    Disclosure,
    Referral,
    ReferralState,
    ReferralStep,
    RejectionDecision,
    SharingBar,
)
from iops.safeguarding.referrals.content import reference
from iops.safeguarding.referrals.sharing import sharing
from iops.safeguarding.referrals.states import found

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from iops.foundation.models import User


@dataclass(frozen=True)
class Row:
    """One referral of a list, with the state it is in."""

    referral: Referral
    state: str
    dead: bool

    @property
    def reference(self) -> str:
        """The reference partners know it by."""
        return reference(self.referral.id)


@dataclass(frozen=True)
class Rows:
    """The referrals of an incident, each about a person; logged as a look at those people."""

    rows: tuple[Row, ...]
    bars: tuple[SharingBar, ...]

    def shown_ids(self) -> Iterable[int]:
        """The people they are about."""
        return {row.referral.person_id for row in self.rows}


@dataclass(frozen=True)
class Listed(Page[Row]):
    """One page of the list of referrals."""

    def shown_ids(self) -> Iterable[int]:
        """The people they are about."""
        return {row.referral.person_id for row in self.rows}


@dataclass(frozen=True)
class Wanted:
    """Which referrals of the list: by state, by kind of agency, by district, or only those with a dead letter."""

    state: str = ""
    kind: str = ""
    district_id: int | None = None
    dead: bool = False
    page: int = 1


@dataclass(frozen=True)
class One:
    """One referral with everything that happened to it."""

    referral: Referral
    state: str
    steps: tuple[ReferralStep, ...]
    disclosure: Disclosure | None
    deliveries: tuple[tuple[Delivery, tuple[DeliveryAttempt, ...]], ...]
    rejection: RejectionDecision | None

    def shown_ids(self) -> Iterable[int]:
        """The person it is about."""
        return [self.referral.person_id]

    @property
    def reference(self) -> str:
        """The reference partners know it by."""
        return reference(self.referral.id)

    @property
    def sections(self) -> tuple[tuple[str, str], ...]:
        """The blocks it shows, each with its why where it was added."""
        blocks = sharing().blocks
        return tuple((blocks[s["block"]].title, s["why"]) for s in self.referral.sections if s["block"] in blocks)

    @property
    def basis(self) -> str:
        """The ground it is shared on, in words."""
        known = sharing().bases.get(self.referral.basis)
        return known.title if known else self.referral.basis

    @property
    def follows(self) -> frozenset[str]:
        """The states it may turn to now."""
        return sharing().follows[self.state]


@dataclass(frozen=True)
class DayCount:
    """How many referrals reached a state on a local day, in a district, for an agency."""

    day: date
    district_id: int
    agency_kind: str
    agency_id: int
    state: str
    referrals: int


@consults("person")
def on_incident(incident_id: int, viewer: User) -> Rows:  # noqa: ARG001 - the look is logged in the viewer's name
    """The referrals out of an incident, the latest first, and its must-not-receive list."""
    rows = _rows(_listed().filter(incident_id=incident_id))
    bars = SharingBar.objects.filter(incident_id=incident_id, lifted_at=None).select_related("by").order_by("at", "id")
    return Rows(rows, tuple(bars))


@consults("person")
def listed(viewer: User, wanted: Wanted) -> Listed:  # noqa: ARG001 - the look is logged in the viewer's name
    """One page of the referrals the viewer may see, the latest first."""
    asked = _listed().filter(**_conditions(wanted))
    start = (wanted.page - 1) * PAGE_SIZE
    return Listed(_rows(asked[start : start + PAGE_SIZE]), asked.count(), wanted.page)


@consults("person")
def one(referral_id: int, viewer: User) -> One:  # noqa: ARG001 - the look is logged in the viewer's name
    """One referral with its history. Raises NotFoundError."""
    referral = found(referral_id)
    steps = tuple(ReferralStep.objects.filter(referral=referral).select_related("by").order_by("id"))
    disclosure = Disclosure.objects.filter(referral=referral).defer("pdf", "content").first()
    of = Delivery.objects.filter(disclosure__referral=referral).order_by("id").prefetch_related("attempts")
    deliveries = tuple((d, tuple(sorted(d.attempts.all(), key=lambda a: a.number))) for d in of)
    rejection = RejectionDecision.objects.filter(referral=referral).select_related("by").first()
    return One(referral, steps[-1].state, steps, disclosure, deliveries, rejection)


@shows_no_record("counts only")
def counts(viewer: User) -> dict[str, dict[str, int]]:  # noqa: ARG001 - row security counts in the viewer's name
    """How many referrals the viewer may see stand in each state, by kind of agency: {kind: {state: number}}."""
    found_: dict[str, dict[str, int]] = {}
    asked = Referral.objects.annotate(stands=Subquery(_latest()))
    rows = asked.values_list("agency__kind", "stands").annotate(number=Count("id")).order_by()
    for kind, state, number in rows:
        found_.setdefault(kind, {})[state] = number
    return found_


@shows_no_record("counts only")
def dead_letters() -> int:
    """How many deliveries were given up and wait for somebody."""
    return Delivery.objects.filter(dead_at__isnull=False, settled_at=None).count()


@shows_no_record("counts only")
def counts_by_day(since: date, until: date) -> list[DayCount]:
    """How many referrals reached which state on each local day, both days included, restricted ones too (I32)."""
    with connection.cursor() as cursor:
        cursor.execute("select * from iops.referral_counts(%s, %s) order by 1, 2, 3, 4, 5", [since, until])
        return [DayCount(*row) for row in cursor.fetchall()]


@shows_no_record("agencies are public")
def agencies(district_id: int | None = None) -> list[Agency]:
    """The agencies that take referrals out of a district: its own and those of the whole force."""
    asked = Agency.objects.filter(active=True).order_by("kind", "name")
    return list(asked if district_id is None else asked.filter(Q(district_id=district_id) | Q(district=None)))


@shows_no_record("whom an incident involves is on the page it is asked from")
def people_of(incident_id: int) -> list[tuple[int, str]]:
    """The people an incident involves, to choose whom to refer: (id, "name (role)"), children first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.id, p.name, string_agg(distinct i.role, ', ' order by i.role) from iops.involvement i"
            " join pole_person p on p.id = i.person_id where i.record_kind = 'incident' and i.record_id = %s"
            " group by p.id, p.name order by bool_or(i.role = 'child') desc, p.name, p.id",
            [incident_id],
        )
        return [(int(row[0]), f"{row[1]} ({row[2]})") for row in cursor.fetchall()]


def _conditions(wanted: Wanted) -> dict[str, Any]:
    """What is asked for, by the names of columns; what is not asked for is left out."""
    named: dict[str, Any] = {
        "stands": wanted.state if wanted.state in ReferralState.values else None,
        "agency__kind": wanted.kind or None,
        "district_id": wanted.district_id,
        "dead": wanted.dead or None,
    }
    return {name: value for name, value in named.items() if value is not None}


def _listed() -> QuerySet[Referral]:
    dead = Delivery.objects.filter(disclosure__referral=OuterRef("id"), dead_at__isnull=False, settled_at=None)
    asked = Referral.objects.annotate(stands=Subquery(_latest()), dead=Exists(dead)).order_by("-drafted_at", "-id")
    return asked.select_related("agency", "person", "incident", "district", "drafted_by")


def _latest() -> QuerySet[ReferralStep, Any]:
    return ReferralStep.objects.filter(referral=OuterRef("id")).order_by("-id").values("state")[:1]


def _rows(asked: QuerySet[Referral]) -> tuple[Row, ...]:
    return tuple(Row(r, str(r.stands), bool(r.dead)) for r in asked)  # type: ignore[attr-defined]
