"""The questions of an audit: what waits for one's answer, and what was found, never without its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, OuterRef

from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.context import acting
from iops.foundation.errors import NotFoundError
from iops.foundation.paging import PAGE_SIZE, Page
from iops.foundation.refusals import named_refusals
from iops.integrity.models import (
    AuditAdjudication,
    AuditAnswer,
    AuditComparison,
    AuditDraw,
    AuditFrame,
    AuditItem,
    AuditStratum,
    Kind,
)
from iops.rulebook.sampling import draw as drawing
from iops.rulebook.sampling.stratified import METHOD, SHOULD, Accuracy, Stratum, accuracy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from iops.foundation.models import User

NUMBERS = "counts only"

NOT_TESTED = (
    "Contacts of which no incident was made, and incidents that are still open: they are not in the population.",
    "More than one crime in one incident: each closure is judged once.",
    "Whether risk was assessed, a victim kept safe or a child referred: recording says nothing of these.",
    "Crimes that were cancelled or reclassified after the population was frozen.",
)
"""What no audit of closures tests; said with every result."""


@dataclass(frozen=True)
class Judged:
    """The numbers of one stratum. `restricted` items are drawn and not decided; `should` ... count decided ones."""

    stratum: AuditStratum
    drawn: int = 0
    decided: int = 0
    answered: int = 0
    restricted: int = 0
    should: int = 0
    recorded: int = 0
    present: int = 0
    in_time: int = 0
    told: int = 0
    told_asked: int = 0

    @property
    def name(self) -> str:
        """The stratum as people say it: "North, domestic"."""
        return f"{self.stratum.district.name}, {Kind(self.stratum.kind).label}"

    @property
    def population(self) -> int:
        """How many closures it has."""
        return len(self.stratum.closings)


@dataclass(frozen=True)
class Measure:
    """One question with its rate by force, by district, by type and by stratum; what `of` are counted, in words."""

    code: str
    title: str
    of: str
    whole: Accuracy
    parts: tuple[tuple[str, tuple[tuple[str, Accuracy], ...]], ...]


@dataclass(frozen=True)
class Result:
    """What an audit found, with its population, its draw, how far it is, and what it did not test."""

    frame: AuditFrame
    draw: AuditDraw | None
    measures: tuple[Measure, ...]
    strata: tuple[Judged, ...]
    verified: bool
    not_tested: tuple[str, ...]
    method: str = METHOD

    @property
    def drawn(self) -> int:
        """How many closures were drawn."""
        return sum(s.drawn for s in self.strata)

    @property
    def decided(self) -> int:
        """How many of them are decided: two that agree, or adjudicated."""
        return sum(s.decided for s in self.strata)

    @property
    def complete(self) -> bool:
        """Whether every drawn closure is decided. Before, what is decided may not be like what is left."""
        return self.draw is not None and self.drawn == self.decided


RECORDING = (
    "recording",
    "Recording accuracy",
    "closures in which a crime should have been recorded, in the right class",
)
TIMELINESS = ("timeliness", "Recorded within 24 hours", "closures whose crime was recorded, in whatever class")
TOLD = ("victim-told", "Victim told", "closures in which a crime should have been recorded")
COUNTS = {"recording": SHOULD, "timeliness": "whose crime was recorded", "victim-told": SHOULD}
"""What each measure counts, in words."""
COUNTED: tuple[tuple[tuple[str, str, str], Callable[[Judged], tuple[int, int]]], ...] = (
    (RECORDING, lambda s: (s.should, s.recorded)),
    (TIMELINESS, lambda s: (s.present, s.in_time)),
    (TOLD, lambda s: (s.told_asked, s.told)),
)


@shows_no_record(NUMBERS)
def frames() -> list[AuditFrame]:
    """The audits, the latest period first."""
    return list(AuditFrame.objects.select_related("by", "draw").order_by("-since"))


@shows_no_record(NUMBERS)
def result(frame_id: int, viewer: User) -> Result:
    """What an audit found so far. Raises NotFoundError, and NotAllowedError for who may not read results."""
    frame = AuditFrame.objects.select_related("by", "draw", "draw__by").filter(id=frame_id).first()
    if frame is None:
        raise NotFoundError("There is no such audit.")
    strata = _judged(frame, viewer)
    drawn = AuditDraw.objects.filter(frame=frame).first()
    return Result(
        frame,
        drawn,
        tuple(_measure(named, strata, counts) for named, counts in COUNTED),
        strata,
        verified(frame, drawn),
        tuple(_not_tested(strata)),
    )


def _judged(frame: AuditFrame, viewer: User) -> tuple[Judged, ...]:
    strata = frame.strata.select_related("district").order_by("district__name", "kind")
    with named_refusals(), acting(user_id=viewer.id), connection.cursor() as cursor:
        cursor.execute("select * from iops.audit_judged(%s)", [frame.id])
        numbers = {row[0]: row[1:] for row in cursor.fetchall()}
    return tuple(Judged(s, *numbers.get(s.id, ())) for s in strata)


def _measure(
    named: tuple[str, str, str], strata: tuple[Judged, ...], counts: Callable[[Judged], tuple[int, int]]
) -> Measure:
    def over(some: Iterable[Judged]) -> Accuracy:
        return accuracy((Stratum(s.name, s.population, s.decided, *counts(s)) for s in some), of=COUNTS[named[0]])

    districts = list(dict.fromkeys(s.stratum.district for s in strata))
    kinds = [kind for kind in Kind if any(s.stratum.kind == kind for s in strata)]
    return Measure(
        *named,
        over(strata),
        (
            ("District", tuple((d.name, over(s for s in strata if s.stratum.district == d)) for d in districts)),
            ("Type", tuple((k.label.capitalize(), over(s for s in strata if s.stratum.kind == k)) for k in kinds)),
        ),
    )


def _not_tested(strata: tuple[Judged, ...]) -> Iterable[str]:
    if untested := [s for s in strata if not s.decided]:
        closures = sum(s.population for s in untested)
        yield f"{closures} closures in strata of which nothing is decided: {'; '.join(s.name for s in untested)}."
    if waiting := sum(s.drawn - s.decided for s in strata):
        yield f"{waiting} drawn closures that are not decided yet: the rates hold only if these are like the others."
    if hidden := sum(s.restricted for s in strata):
        yield f"{hidden} of them are restricted: somebody on their list must judge them."
    yield from NOT_TESTED


@shows_no_record("hashes and numbers of closures")
def verified(frame: AuditFrame, drawn: AuditDraw | None) -> bool:
    """Whether the record holds together: the population has its hash, the seed its seal, each item its place.

    Items of restricted incidents that the viewer does not see are not compared. False before the draw.
    """
    if drawn is None:
        return False
    strata = {s.id: s for s in frame.strata.select_related("district")}
    mark = drawing.fingerprint({f"{s.district.code}/{s.kind}": s.closings for s in strata.values()})
    again = drawing.draw(
        drawing.seed(mark, drawn.seal_root), {str(i): s.closings for i, s in strata.items()}, drawn.sizes
    )
    items = AuditItem.objects.filter(frame=frame).values_list("stratum_id", "place", "closing_id")
    placed = all(again[str(s)][p - 1 : p] == [closing] for s, p, closing in items)
    return mark == frame.fingerprint and drawn.seed == drawing.seed(mark, drawn.seal_root) and placed


# --- the items -------------------------------------------------------------------------------------------------------


def _incidents(page: Page[AuditItem]) -> list[int]:
    return [item.incident_id for item in page.rows]


def _of_the_item(told: Told) -> list[int]:
    return [told.item.incident_id]


WAITING = """
    select i.id from integrity_audititem i
    where not iops.had_a_part(i.incident_id, %(who)s)
      and not exists (select from integrity_auditcomparison k where k.item_id = i.id)
      and not exists (select from integrity_auditanswer a where a.item_id = i.id and a.by_id = %(who)s)
"""


@consults("incident", ids=_incidents)
def waiting(viewer: User, page: int = 1) -> Page[AuditItem]:
    """The drawn closures that wait for the viewer's answer, without those that they had a part in."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"who": viewer.id})
        found = AuditItem.objects.filter(id__in=[row[0] for row in cursor.fetchall()])
    return _page(found.order_by("drawn_at", "id"), page)


@consults("incident", ids=_incidents)
def disagreed(viewer: User, page: int = 1) -> Page[AuditItem]:  # noqa: ARG001 - read by `consults`
    """The drawn closures whose two reviewers do not agree and that nobody has adjudicated, the earliest first."""
    apart = AuditComparison.objects.filter(item=OuterRef("id"), agrees=False)
    found = AuditItem.objects.filter(Exists(apart), adjudication=None)
    return _page(found.order_by("comparison__at", "id"), page)


def _page(found: object, page: int) -> Page[AuditItem]:
    start = (page - 1) * PAGE_SIZE
    rows = found.select_related("incident", "incident__district", "closing", "frame")[start : start + PAGE_SIZE]  # type: ignore[attr-defined]
    return Page(tuple(rows), total=found.count(), page=page)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Told:
    """One drawn closure with what the viewer may know of its answers: their own, and all when both are given."""

    item: AuditItem
    answers: tuple[AuditAnswer, ...]
    comparison: AuditComparison | None
    own: AuditAnswer | None
    took_part: bool
    adjudication: AuditAdjudication | None

    @property
    def settled(self) -> bool:
        """Whether nothing is left to judge: two agree, or the registrar has adjudicated."""
        return self.adjudication is not None or (self.comparison is not None and self.comparison.agrees)


@consults("incident", ids=_of_the_item)
def item(item_id: int, viewer: User) -> Told:
    """One drawn closure. Raises NotFoundError, also for who may see no audits."""
    found = AuditItem.objects.select_related("incident", "closing", "frame", "stratum").filter(id=item_id).first()
    if found is None:
        raise NotFoundError("There is no such drawn closure.")
    answers = tuple(found.answers.select_related("by").order_by("place"))
    with connection.cursor() as cursor:
        cursor.execute("select iops.had_a_part(%s, %s)", [found.incident_id, viewer.id])
        took_part = bool(cursor.fetchone()[0])
    own = next((a for a in answers if a.by_id == viewer.id), None)
    comparison = AuditComparison.objects.filter(item=found).first()
    adjudged = AuditAdjudication.objects.select_related("by").filter(item=found).first()
    return Told(found, answers, comparison, own, took_part, adjudged)
