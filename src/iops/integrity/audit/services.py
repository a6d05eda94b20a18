"""The verbs of an audit: freeze a population, draw of it, answer blind, adjudicate."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.control.classing import editions
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import District
from iops.foundation.roles import Role
from iops.integrity import words
from iops.integrity.models import (
    Answer,
    AuditAdjudication,
    AuditAnswer,
    AuditComparison,
    AuditDraw,
    AuditFrame,
    AuditItem,
    AuditStratum,
    Recorded,
)
from iops.obligations.services import text, writing
from iops.rulebook.sampling import draw as drawing
from iops.rulebook.sampling.stratified import allocate

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from iops.foundation.models import User

AUDITORS = (Role.REVIEWER, Role.REGISTRAR)
LEAST = 5
"""So many are drawn of each stratum at least, or all of it."""
MOST_WANTED = 5_000
LONGEST_PERIOD = 366
"""Days of one audit at most: of a longer period the rate says nothing about now."""


# --- the population and the draw -------------------------------------------------------------------------------------


@verb
def freeze(since: dt.date, until: dt.date, wanted: int, by: User) -> AuditFrame:
    """Freeze all closures of the local days `since` to `until` (both counted, both past) as one audit's population.

    `wanted` are to be drawn of it. Of an incident that was closed more than once in the period the last closing counts.
    Restricted incidents are counted too. Raises NotAllowedError, InvalidError for a period that has not ended or holds
    nothing, ConflictError for one that overlaps another audit's.
    """
    _needs(by, (Role.REGISTRAR,), "A population is frozen by the registrar.")
    _check_period(since, until, wanted)
    edition = words.current(until)
    with writing(by, reason="audit: population frozen"):
        _one_at_a_time()
        if other := AuditFrame.objects.filter(since__lte=until, until__gte=since).first():
            raise ConflictError(
                f"The days {other} are in another audit.", mend="Take days that no audit holds: each is drawn once."
            )
        found = _population(since, until, edition.query())
        names = dict(District.objects.values_list("id", "code"))
        mark = drawing.fingerprint({f"{names[d]}/{kind}": ids for (d, kind), ids in found.items()})
        frame = AuditFrame.objects.create(
            since=since, until=until, wanted=wanted, population=sum(map(len, found.values())), fingerprint=mark,
            words=edition.code, frozen_at=clock.now(), by=by,
        )  # fmt: skip
        for (district, kind), ids in sorted(found.items()):
            AuditStratum.objects.create(frame=frame, district_id=district, kind=kind, closings=ids)
    return frame


def _check_period(since: dt.date, until: dt.date, wanted: int) -> None:
    if until < since or (until - since).days >= LONGEST_PERIOD:
        raise InvalidError("That is no period.", mend="Give up to a year, forward.", details={"field": "until"})
    if until >= clock.today():
        raise InvalidError("The period has not ended.", mend="End it yesterday or before.", details={"field": "until"})
    if not 1 <= wanted <= MOST_WANTED:
        raise InvalidError(
            "That number cannot be drawn.", mend=f"Draw 1 to {MOST_WANTED}.", details={"field": "wanted"}
        )


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('iops.audit'))")


def _population(since: dt.date, until: dt.date, asked: str) -> dict[tuple[int, str], list[int]]:
    """The closures by district and type, in the order of their ids. Raises InvalidError when there is none."""
    crimes = [code for one in editions.editions().values() for code, c in one.categories.items() if c.is_crime]
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from iops.audit_population(%s, %s, %s, %s::text[]) order by 1", [since, until, asked, crimes]
        )
        for closing, district, kind in cursor.fetchall():
            found[district, kind].append(closing)
    if not found:
        raise InvalidError("Nothing was closed in that period.", details={"field": "since"})
    return found


@verb
def draw(frame_id: int, by: User) -> AuditDraw:
    """Draw the sample of a frozen population, by the seal of history that covers it. Once; nobody can choose the seed.

    Raises NotAllowedError, NotFoundError, ConflictError when it is drawn already or the population is not sealed yet.
    """
    _needs(by, (Role.REGISTRAR,), "A sample is drawn by the registrar.")
    frame = _frame(frame_id)
    with connection.cursor() as cursor:
        cursor.execute("select seal, root from iops.audit_seal(%s)", [frame_id])
        sealed = cursor.fetchone()
    if sealed is None:
        raise ConflictError(
            "The population is not sealed yet.", mend="Wait until history is sealed (every few seconds), then draw."
        )
    return place(frame, sealed[0], sealed[1], by)


def place(frame: AuditFrame, seal: int, root: str, by: User) -> AuditDraw:
    """Draw by the root of a seal and place the items: what `draw` does once it knows the seal."""
    strata = {str(s.id): s.closings for s in frame.strata.all()}
    sizes = allocate({name: len(ids) for name, ids in strata.items()}, frame.wanted, LEAST)
    seed = drawing.seed(frame.fingerprint, root)
    drawn = drawing.draw(seed, strata, sizes)
    rows = [(int(s), c, n) for s, ids in drawn.items() for n, c in enumerate(ids, start=1)]
    with writing(by, reason="audit: sample drawn"):
        _one_at_a_time()
        if AuditDraw.objects.filter(frame=frame).exists():
            raise ConflictError("The sample of this audit is drawn already.")
        made = AuditDraw.objects.create(
            frame=frame, seal=seal, seal_root=root, seed=seed, sizes=sizes, at=clock.now(), by=by
        )
        with connection.cursor() as cursor:
            columns = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute("select iops.audit_place(%s, %s::bigint[], %s::bigint[], %s::int[])", [frame.id, *columns])
    return made


# --- the answers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """A judgement, point by point; see `models.Judgement`. Points that do not arise stay empty."""

    should: bool
    offence: str = ""
    recorded: str = ""
    in_time: str = ""
    victim_told: str = ""
    words: str = ""


@verb
def answer(item_id: int, judged: Judged, by: User) -> AuditAnswer:
    """Judge one drawn closure without seeing what the other reviewer says. The second answer compares the two.

    Raises NotAllowedError for who had a part in the closure, ConflictError for a third answer or a second of the same
    person, InvalidError naming the point that is missing.
    """
    _needs(by, AUDITORS, "A closure is judged by a reviewer or a registrar.")
    item = find_item(item_id)
    told = _checked(judged, _groups(item))
    with writing(by, reason="audit: answered"):
        return AuditAnswer.objects.create(item=item, at=clock.now(), by=by, **asdict(told))


@verb
def adjudicate(item_id: int, judged: Judged, by: User) -> AuditAdjudication:
    """Decide between two reviewers who do not agree, with the reason in `words`.

    Raises NotAllowedError for who is no registrar or had a part, ConflictError when there is nothing to adjudicate.
    """
    _needs(by, (Role.REGISTRAR,), "The registrar adjudicates.")
    item = find_item(item_id)
    if not AuditComparison.objects.filter(item=item).exists():
        raise ConflictError("There is no disagreement to adjudicate.", mend="Wait for both answers.")
    text(judged.words, "Words")
    told = _checked(judged, _groups(item))
    with writing(by, reason="audit: adjudicated"):
        return AuditAdjudication.objects.create(item=item, at=clock.now(), by=by, **asdict(told))


def find_item(item_id: int) -> AuditItem:
    """A drawn closure that whoever acts may see. Raises NotFoundError."""
    found = AuditItem.objects.select_related("frame", "closing", "incident").filter(id=item_id).first()
    if found is None:
        raise NotFoundError("There is no such drawn closure.")
    return found


def _frame(frame_id: int) -> AuditFrame:
    found = AuditFrame.objects.filter(id=frame_id).first()
    if found is None:
        raise NotFoundError("There is no such audit.")
    return found


def _needs(by: User, roles: Collection[Role], words_: str) -> None:
    if not by.holds(roles):
        raise NotAllowedError(words_, mend="Ask somebody in that role.")


def _groups(item: AuditItem) -> Collection[str]:
    edition = words.named(item.frame.words)
    return [*(edition.groups if edition else ()), "other"]


def _checked(judged: Judged, groups: Collection[str]) -> Judged:
    """The judgement with every point that arises and no other. Raises InvalidError."""
    said = text(judged.words, "Words", needed=False).strip()
    if not judged.should:
        return Judged(should=False, words=said)
    _one_of(judged.offence, groups, "offence", "Which offence should have been recorded?")
    _one_of(judged.recorded, Recorded.values, "recorded", "Was it recorded?")
    _one_of(judged.victim_told, Answer.values, "victim_told", "Was the victim told?")
    if judged.recorded == Recorded.NO:
        return Judged(True, judged.offence, judged.recorded, "", judged.victim_told, said)
    _one_of(judged.in_time, Answer.values, "in_time", "Was it recorded within 24 hours?")
    return Judged(True, judged.offence, judged.recorded, judged.in_time, judged.victim_told, said)


def _one_of(given: str, known: Collection[str], field: str, asks: str) -> None:
    if given not in known:
        raise InvalidError(
            f"“{asks}” is not answered.", mend=f"Take one of: {', '.join(known)}.", details={"field": field}
        )
