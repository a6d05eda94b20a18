"""The questions about identity: who stands with whom, what was decided, how many duplicates there are, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import NotFoundError
from iops.foundation.paging import Page
from iops.pole.identity import clusters
from iops.pole.identity.preview import nominals_of
from iops.pole.identity.weighing import percent
from iops.pole.matching.model import standard
from iops.pole.models import DuplicatePair, DuplicateRun, IdentityDecision, Person
from iops.web.words import moment, number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iops.foundation.models import User

PAGE = 10


@dataclass(frozen=True)
class Ratio:
    """How many nominals there are to a person, as far as the viewer may see, and what is still open.

    `nominals` and `persons` are exact counts; `likely_pairs` are the pairs that wait for a decision, and
    `expected_duplicates` how many of them the model expects to be one person (the sum of their probabilities, in whole
    pairs). `run` is the last duplicate run that was finished, None when none was: then nothing is known of open ones.
    """

    nominals: int
    persons: int
    likely_pairs: int
    expected_duplicates: int
    run: DuplicateRun | None

    @property
    def per_person(self) -> Decimal:
        """Nominals to a person, exact to a thousandth, never rounded down to look better."""
        if not self.persons:
            return Decimal(0)
        return Decimal(-(-1000 * self.nominals // self.persons)) / 1000

    @property
    def unreviewed(self) -> str:
        """Said of a model whose figures nobody has put their name to: what it expects is a first guess."""
        return "" if standard().is_reviewed else ", whose figures nobody has reviewed yet"

    @property
    def text(self) -> str:
        """The ratio as it may be quoted."""
        said = f"{number(self.nominals)} nominals of {number(self.persons)} persons: {self.per_person} a person."
        if self.run is None:
            return f"{said} No duplicate run has finished, so how many duplicates are still open is not known."
        return (
            f"{said} Of the pairs found by the duplicate run that finished at {moment(self.run.finished_at)},"
            f" {number(self.likely_pairs)} wait for a decision; about {number(self.expected_duplicates)} of them are"
            f" expected to be duplicates. The run finds only pairs that share a key."
            f" Model: {self.run.model}{self.unreviewed}."
        )


@dataclass(frozen=True)
class PairsFilter:
    """Which pairs are asked for: those that touch one nominal, those of at least some probability; a page."""

    person_id: int | None = None
    at_least: Decimal = Decimal(0)
    page: int = 1


@dataclass(frozen=True)
class Waiting:
    """One proposed pair that waits for a decision, with what the token of its preview would be."""

    pair: DuplicatePair
    token: str

    @property
    def percent(self) -> str:
        """How likely they are one person, in words."""
        return percent(self.pair.probability)


@dataclass(frozen=True)
class Pairs:
    """A page of pairs that wait, the weightiest first."""

    page: Page[Waiting]

    def shown_ids(self) -> Iterable[int]:
        """Both nominals of each pair."""
        return (i for row in self.page.rows for i in (row.pair.one_id, row.pair.other_id))


@dataclass(frozen=True)
class Decisions:
    """All that was ever decided about one nominal, the latest first, and which of it stands."""

    person: Person
    members: tuple[Person, ...]
    all: tuple[IdentityDecision, ...]
    standing: frozenset[int]

    def shown_ids(self) -> Iterable[int]:
        """Every nominal that is named."""
        return {i for d in self.all for i in (d.one_id, d.other_id)} | {m.id for m in self.members}


@consults("person")
def members(person_id: int, viewer: User) -> tuple[Person, ...]:  # noqa: ARG001 - read by `consults`
    """The nominals of one person that the viewer may see, the given one first. Raises NotFoundError."""
    return nominals_of(person_id)


@consults("person", ids=lambda found: {i for d in found for i in (d.one_id, d.other_id)})
def standing(person_id: int, viewer: User) -> tuple[IdentityDecision, ...]:  # noqa: ARG001 - read by `consults`
    """The decisions that stand on pairs with this nominal. Raises NotFoundError."""
    _seen(person_id)
    return tuple(clusters.standing_on([person_id]))


@consults("person")
def decisions(person_id: int, viewer: User) -> Decisions:  # noqa: ARG001 - read by `consults`
    """The history of decisions about one nominal and those that stand with it. Raises NotFoundError."""
    nominals = nominals_of(person_id)
    ids = [n.id for n in nominals]
    every = clusters.decisions_on(ids).select_related("one", "other", "by").order_by("-id")
    stand = frozenset(d.id for d in clusters.standing_on(ids))
    return Decisions(nominals[0], nominals, tuple(every), stand)


def _seen(person_id: int) -> None:
    if not Person.objects.filter(id=person_id).exists():
        raise NotFoundError("There is no such nominal.", mend="Search by another name, address or number.")


RATIO = """
    select (select count(*) from pole_person),
        (select count(*) - count(distinct i.lead_id) from pole_identity i),
        (select count(*) from pole_duplicatepair d where not d.settled),
        (select coalesce(round(sum(d.probability)), 0)::bigint from pole_duplicatepair d where not d.settled)
"""


@shows_no_record("counts only")
def duplicate_ratio() -> Ratio:
    """The duplicate ratio as it is now, of what whoever asks may see."""
    with connection.cursor() as cursor:
        cursor.execute(RATIO)
        nominals, merged_away, waiting, expected = cursor.fetchone()
    run = DuplicateRun.objects.exclude(finished_at=None).order_by("-finished_at").first()
    return Ratio(nominals, nominals - merged_away, waiting, expected, run)


@consults("person")
def pairs_to_decide(viewer: User, wanted: PairsFilter) -> Pairs:  # noqa: ARG001 - read by `consults`
    """The pairs that wait for a decision, the weightiest first: those of which the viewer may see both."""
    found = DuplicatePair.objects.filter(settled=False, probability__gte=wanted.at_least)
    if wanted.person_id is not None:
        found = found.filter(one=wanted.person_id) | found.filter(other=wanted.person_id)
    start = (wanted.page - 1) * PAGE
    rows = found.select_related("one", "other").order_by("-weight", "id")[start : start + PAGE]
    shown = tuple(Waiting(pair, clusters.token([pair.one_id, pair.other_id])) for pair in rows)
    return Pairs(Page(shown, total=found.count(), page=wanted.page, size=PAGE))
