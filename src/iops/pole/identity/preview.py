"""What is looked at before a decision: both sides value by value, and what will change by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from iops.foundation import clock
from iops.foundation.consultation import consults
from iops.foundation.errors import NotFoundError
from iops.pole.identity import clusters
from iops.pole.identity.added import Added, added_since
from iops.pole.identity.weighing import Weighed, weigh
from iops.pole.models import Birth, Detail, Identifier, IdentityDecision, Name, Person, Sourced, Verdict
from iops.pole.records import links, markers, values
from iops.pole.records.counts import ALWAYS, Counts, counts, events
from iops.pole.records.labels import named
from iops.web.words import LONDON

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from iops.foundation.models import User
    from iops.pole.records.markers import Markers
    from iops.pole.records.values import Section, Value

Stated = TypeVar("Stated", bound=Sourced)


@dataclass(frozen=True)
class Side:
    """One of the two persons as they stand now: their nominals, the one that was asked for first."""

    person: Person
    nominals: tuple[Person, ...]
    sections: tuple[Section, ...]
    counts: Counts
    markers: Markers

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of the nominals."""
        return tuple(n.id for n in self.nominals)

    @property
    def people(self) -> tuple[int, ...]:
        """The ids of the nominals, and of those who are named because they are linked to one of them."""
        others = (v.named.id for s in self.sections for v in s.values if v.named and v.named.kind == "person")
        return (*self.ids, *others)


@dataclass(frozen=True)
class Row:
    """One sort of value on both sides. `stand` says how they compare: agree, differ, share, one side, neither."""

    title: str
    left: tuple[Value, ...]
    right: tuple[Value, ...]

    @property
    def stand(self) -> str:
        """How the values of the two sides compare, in words."""
        mine, theirs = self._texts(self.left), self._texts(self.right)
        if not mine or not theirs:
            return "only on one side"
        if mine == theirs:
            return "the same"
        return "partly the same" if mine & theirs else "different"

    @staticmethod
    def _texts(found: tuple[Value, ...]) -> frozenset[str]:
        return frozenset(values.plain(v.text) for v in found)


@dataclass(frozen=True)
class MergePreview:
    """Two persons side by side before a merge; `after` is what the merged person will show.

    `against` is a standing decision that they are not the same person, which keeps them from being merged; `token` says
    what this was made of, and a merge that is given it refuses when that has changed.
    """

    left: Side
    right: Side
    rows: tuple[Row, ...]
    weighed: Weighed
    after: Counts
    together: bool
    against: IdentityDecision | None
    token: str

    @property
    def in_common(self) -> int:
        """Events in which both are involved: counted on both before, and once afterwards."""
        return self.left.counts.total.ever + self.right.counts.total.ever - self.after.total.ever

    def shown_ids(self) -> Iterable[int]:
        """Every nominal that is shown or named."""
        return (*self.left.people, *self.right.people)


@dataclass(frozen=True)
class Group:
    """Nominals that will stand together after an un-merge, with what they will show."""

    nominals: tuple[Person, ...]
    counts: Counts
    markers: Markers


@dataclass(frozen=True)
class UnmergePreview:
    """What an un-merge of one nominal takes back, how the nominals will stand, and what was added since the merge."""

    person: Person
    nominals: tuple[Person, ...]
    taken_back: tuple[IdentityDecision, ...]
    before: Counts
    groups: tuple[Group, ...]
    added: tuple[Added, ...]
    token: str

    @property
    def possible(self) -> bool:
        """Whether there is a merge that the viewer can take back, and the nominal will stand alone by it."""
        return bool(self.taken_back) and any(g.nominals == (self.person,) for g in self.groups)

    def shown_ids(self) -> Iterable[int]:
        """Every nominal that is shown."""
        return (n.id for n in self.nominals)


@consults("person")
def merge_preview(one_id: int, other_id: int, viewer: User) -> MergePreview:  # noqa: ARG001 - read by `consults`
    """Two nominals, and all that stand with them, side by side. Raises NotFoundError."""
    left, right = _side(one_id), _side(other_id)
    return MergePreview(
        left=left,
        right=right,
        rows=_rows(left, right),
        weighed=weigh(one_id, other_id),
        after=_counts([*left.ids, *right.ids]),
        together=other_id in left.ids,
        against=clusters.decided_different(one_id, other_id),
        token=clusters.token([one_id, other_id]),
    )


def _side(person_id: int) -> Side:
    nominals = nominals_of(person_id)
    ids = [n.id for n in nominals]
    today = clock.now().astimezone(LONDON).date()
    linked = links.read("person", ids)
    hanging = links.told(linked, named(linked.keys), today)
    sections = (
        values.names(_of(Name, ids), today),
        values.births(_of(Birth, ids), today),
        *values.details(_of(Detail, ids), today),
        values.identifiers(_of(Identifier, ids), today),
        *hanging.sections,
    )
    known = markers.of_person(person_id, ids, clock.now(), today)
    return Side(nominals[0], nominals, sections, _counts(ids), known)


def nominals_of(person_id: int) -> tuple[Person, ...]:
    """The nominals of one person that the viewer may see, the given one first. Raises NotFoundError."""
    found = Person.objects.in_bulk(clusters.together(person_id))
    if person_id not in found:
        raise NotFoundError("There is no such nominal.", mend="Search by another name, address or number.")
    return (found.pop(person_id), *(found[i] for i in sorted(found)))


def _counts(ids: Sequence[int]) -> Counts:
    return counts(events("person", ids), ALWAYS)


def _of(model: type[Stated], ids: Sequence[int]) -> list[Stated]:
    found = model._default_manager.filter(person_id__in=ids)
    return list(found.select_related("recorded_by", "withdrawn_by").order_by("id"))


def _rows(left: Side, right: Side) -> tuple[Row, ...]:
    titles = dict.fromkeys(s.title for side in (left, right) for s in side.sections if s.standing)
    return tuple(Row(t, _standing(left, t), _standing(right, t)) for t in titles)


def _standing(side: Side, title: str) -> tuple[Value, ...]:
    return tuple(v for s in side.sections if s.title == title for v in s.standing)


@consults("person")
def unmerge_preview(person_id: int, viewer: User) -> UnmergePreview:  # noqa: ARG001 - read by `consults`
    """What it would mean to take one nominal out of the person it stands with. Raises NotFoundError."""
    nominals = nominals_of(person_id)
    ids = [n.id for n in nominals]
    merged = [d for d in clusters.standing_on(ids) if d.verdict == Verdict.SAME]
    back = tuple(d for d in merged if person_id in (d.one_id, d.other_id))
    left = [(d.one_id, d.other_id) for d in merged if d not in back]
    by_id = {n.id: n for n in nominals}
    now = clock.now()
    return UnmergePreview(
        person=nominals[0],
        nominals=nominals,
        taken_back=back,
        before=_counts(ids),
        groups=tuple(_group([by_id[i] for i in g], now) for g in clusters.groups(ids, left)),
        added=added_since(ids, min(d.at for d in back)) if back else (),
        token=clusters.token([person_id]),
    )


def _group(nominals: Sequence[Person], now: dt.datetime) -> Group:
    ids = [n.id for n in nominals]
    known = markers.of_person(ids[0], ids, now, now.astimezone(LONDON).date())
    return Group(tuple(nominals), _counts(ids), known)
