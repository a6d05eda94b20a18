"""The questions asked of victims' rights: one victim, the victims of a crime, who is owed news today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Min, Subquery
from django.urls import reverse

from iops.crime.models import (
    ContactPlan,
    Crime,
    CrimeOwner,
    CrimeVictim,
    EnhancedRemoval,
    Entitlement,
    EntitlementOffer,
    NeedsAssessment,
    NewsKind,
    ReviewRequest,
    VictimLetter,
    VictimNews,
)
from iops.crime.recorded.selectors import address as crime_address
from iops.crime.victims.code import Right, victims_code
from iops.crime.victims.finding import Standing, find_victim, plan_of, standing_of
from iops.foundation import clock
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import InvalidError
from iops.foundation.paging import MOST_COUNTED, PAGE_SIZE, Page
from iops.obligations.models import Obligation
from iops.rulebook.clocks import LONDON, london_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from iops.crime.models import VictimTold
    from iops.foundation.models import User

MOMENT = dt.timedelta(microseconds=1)
NEWS_RULES = ("victim-news-enhanced", "victim-news")
ON_INCIDENT = """
    select min(s.at) filter (where s.kind = 'needs_assessed'),
           min(s.at) filter (where s.kind in ('support_contact', 'support_declined'))
    from safeguarding_victimrights r join safeguarding_victimstep s on s.rights_id = r.id
    where r.incident_id = %s and r.victim_id = %s
"""


@dataclass(frozen=True)
class News:
    """One news a victim is or was owed: until when (None: the Code did not hold yet), and its telling."""

    news: VictimNews
    due_at: dt.datetime | None
    told: VictimTold | None

    @property
    def last_day(self) -> dt.date | None:
        """The last local day on which it may be told: it is due at the midnight that ends it."""
        return (self.due_at.astimezone(LONDON) - MOMENT).date() if self.due_at else None


@dataclass(frozen=True)
class Met:
    """One right of the Code and how it stands: True or False, None where nothing is called for (yet); what shows it."""

    right: Right
    met: bool | None
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """One victim of a crime with everything that stands and what was written to them."""

    victim: CrimeVictim
    standing: Standing
    news: tuple[News, ...]
    assessment: NeedsAssessment | None
    asked: EnhancedRemoval | None
    removal: EnhancedRemoval | None
    plan: ContactPlan | None
    offers: Mapping[str, EntitlementOffer]
    letters: tuple[VictimLetter, ...]
    reviews: tuple[ReviewRequest, ...]
    rights: tuple[Met, ...]

    @property
    def owed(self) -> tuple[News, ...]:
        """The news that has not been told."""
        return tuple(one for one in self.news if one.told is None)


@dataclass(frozen=True)
class Row:
    """A victim in a list: enhanced rights or not, what is still owed, and the first moment by which."""

    victim: CrimeVictim
    enhanced: bool
    news: tuple[VictimNews, ...]
    due_at: dt.datetime | None


@dataclass(frozen=True)
class Owed(Page[News]):
    """One page of the news that is owed, the first due first."""

    def shown_ids(self) -> Iterable[int]:
        """The crimes."""
        return {row.news.crime_id for row in self.rows}


@consults("crime", ids=lambda found: [found.victim.crime_id])
def one(victim_id: int, viewer: User) -> Shown:  # noqa: ARG001 - the look is logged in the viewer's name
    """One victim with everything. Raises NotFoundError."""
    victim = find_victim(victim_id)
    news = _news(victim)
    offers = {x.what: x for x in victim.offers.select_related("by").order_by("id")}
    assessment = victim.assessments.select_related("by").order_by("-id").first()
    plan = plan_of(victim)
    removals = victim.removals.select_related("asked_by", "decided_by")
    return Shown(
        victim=victim,
        standing=standing_of(victim),
        news=news,
        assessment=assessment,
        asked=removals.filter(decided_at=None).first(),
        removal=removals.exclude(decided_at=None).order_by("-id").first(),
        plan=plan,
        offers=offers,
        letters=tuple(victim.letters.select_related("by").order_by("-id")),
        reviews=tuple(victim.reviews.select_related("outcome", "answer", "answer__by").order_by("-id")),
        rights=_rights(victim, _signs(victim, news, offers, assessment, plan)),
    )


def _news(victim: CrimeVictim) -> tuple[News, ...]:
    found = tuple(victim.news.select_related("brought", "brought__told", "brought__told__by").order_by("-at", "-id"))
    due = _due(one.id for one in found)
    return tuple(News(one, due.get(one.id), one.brought.told if hasattr(one, "brought") else None) for one in found)


def _due(ids: Iterable[int]) -> dict[int, dt.datetime]:
    owed = Obligation.objects.filter(subject="victim_news", subject_id__in=list(ids), rule_id__in=NEWS_RULES)
    return dict(owed.values_list("subject_id").annotate(Min("due_at")))


# --- the rights, right by right --------------------------------------------------------------------------------------


def _signs(
    victim: CrimeVictim,
    news: Sequence[News],
    offers: Mapping[str, EntitlementOffer],
    assessment: NeedsAssessment | None,
    plan: ContactPlan | None,
) -> dict[str, bool | None]:
    """Of everything that may show a right: whether it is there, or None where it is not called for (yet)."""
    with connection.cursor() as cursor:
        cursor.execute(ON_INCIDENT, [victim.crime.incident_id, victim.person_id])
        needs_at, services_at = cursor.fetchone()
    signs: dict[str, bool | None] = {what: what in offers for what in Entitlement.values}
    signs["needs"] = assessment is not None or needs_at is not None
    signs["services"] = signs["services"] or services_at is not None
    signs["plan"] = plan is not None
    signs["news"] = _all_told(news)
    signs["recorded"] = _all_told([x for x in news if x.news.kind == NewsKind.RECORDED])
    signs["court_date"] = _all_told([x for x in news if x.news.kind == NewsKind.COURT_DATE])
    signs["outcome"] = _all_told([x for x in news if x.news.kind in (NewsKind.OUTCOME, NewsKind.NOT_PROSECUTED)])
    signs["special_measures"] = bool(assessment and assessment.special_measures) or None
    return signs


def _all_told(news: Sequence[News]) -> bool | None:
    return all(one.told is not None for one in news) if news else None


def _rights(victim: CrimeVictim, signs: Mapping[str, bool | None]) -> tuple[Met, ...]:
    day = victim.at.astimezone(LONDON).date()
    try:
        rights = victims_code().at(day)
    except InvalidError:
        # A crime from before the Code that is held here.
        return ()
    return tuple(_met(right, signs) for right in rights)


def _met(right: Right, signs: Mapping[str, bool | None]) -> Met:
    told = [signs[sign] for sign in right.shown_by if signs[sign] is not None]
    return Met(right, all(told) if told else None, tuple(sign for sign in right.shown_by if signs[sign]))


# --- lists -----------------------------------------------------------------------------------------------------------


@shows_no_record("the victims of a crime whose look is logged")
def of_crime(crime: Crime) -> tuple[Row, ...]:
    """The victims of a crime who still are, with what each is owed."""
    victims = list(crime.victims.select_related("person", "crime").order_by("id"))
    owed = list(VictimNews.objects.filter(victim__in=victims, brought=None).order_by("at", "id"))
    due = _due(one.id for one in owed)
    rows = []
    for victim in victims:
        if not (standing := standing_of(victim)).stands:
            continue
        mine = tuple(one for one in owed if one.victim_id == victim.id)
        rows.append(Row(victim, standing.enhanced, mine, min((due[n.id] for n in mine if n.id in due), default=None)))
    return tuple(rows)


@consults("crime")
def owed_news(viewer: User, *, until: dt.datetime | None = None, mine: bool = False, page: int = 1) -> Owed:
    """The news that victims are owed, the first due first: all, or what is due before a moment; of one's own crimes."""
    found = Obligation.objects.filter(rule_id__in=NEWS_RULES, met_at=None, waived_at=None)
    if until is not None:
        found = found.filter(due_at__lte=until)
    if mine:
        latest = CrimeOwner.objects.order_by("crime_id", "-id").distinct("crime_id")
        owners = CrimeOwner.objects.filter(id__in=Subquery(latest.values("id")), user=viewer)
        found = found.filter(record_id__in=owners.values("crime_id"))
    # News that is owed under both clocks is one row, by the first of them.
    each = found.values("subject_id").annotate(first=Min("due_at"))
    start = (page - 1) * PAGE_SIZE
    due = {row["subject_id"]: row["first"] for row in each.order_by("first", "subject_id")[start : start + PAGE_SIZE]}
    news = VictimNews.objects.select_related("victim__person", "crime__incident__district").in_bulk(list(due))
    rows = tuple(News(news[number], at, None) for number, at in due.items() if number in news)
    counted = each[: MOST_COUNTED + 1].count()
    return Owed(rows, min(counted, MOST_COUNTED), page, at_least=counted > MOST_COUNTED)


@shows_no_record("a moment")
def end_of_today() -> dt.datetime:
    """The midnight at which today ends in London: what is due until then is due today."""
    today = clock.today()
    return london_instant(today.fromordinal(today.toordinal() + 1))


@shows_no_record("an address")
def address(victim: CrimeVictim) -> str:
    """Where the page of a victim is."""
    return reverse("victim", args=[_slug(victim.crime), victim.id])


def _slug(crime: Crime) -> str:
    return crime_address(crime).rstrip("/").rpartition("/")[2]
