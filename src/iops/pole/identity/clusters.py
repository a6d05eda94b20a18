"""Which nominals stand together, and by which decisions: as far as whoever asks may see them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from django.db.models import Q

from iops.foundation.errors import NotFoundError
from iops.pole.models import Identity, IdentityDecision, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet


def ordered(pair: tuple[int, int]) -> tuple[int, int]:
    """A pair as it is kept: the lower id first."""
    return (pair[0], pair[1]) if pair[0] < pair[1] else (pair[1], pair[0])


def together(person_id: int) -> list[int]:
    """The nominals of one person that are there for whoever asks, the given one included, in order of id."""
    lead = Identity.objects.filter(person_id=person_id).values("lead_id")
    found = Identity.objects.filter(lead_id__in=lead).order_by("person_id").values_list("person_id", flat=True)
    return list(found) or [person_id]


def decisions_on(people: Iterable[int]) -> QuerySet[IdentityDecision]:
    """Every decision on a pair with one of these nominals in it, the earliest first."""
    wanted = list(people)
    return IdentityDecision.objects.filter(Q(one__in=wanted) | Q(other__in=wanted)).order_by("id")


def standing_on(people: Iterable[int]) -> list[IdentityDecision]:
    """Of each pair with one of these nominals in it, the decision that stands; those taken back are left out."""
    latest = {(d.one_id, d.other_id): d for d in decisions_on(people).select_related("one", "other", "by")}
    return [d for d in latest.values() if d.verdict != Verdict.OPEN]


def latest(one_id: int, other_id: int) -> IdentityDecision | None:
    """The latest decision on a pair (the lower id first)."""
    return IdentityDecision.objects.filter(one=one_id, other=other_id).order_by("-id").first()


def merged_pairs(person_id: int) -> list[tuple[int, int]]:
    """The pairs by which a nominal is merged with others directly."""
    return [(d.one_id, d.other_id) for d in standing_on([person_id]) if d.verdict == Verdict.SAME]


def decided_different(one_id: int, other_id: int) -> IdentityDecision | None:
    """A standing decision that some nominal of one person is not the same person as some nominal of the other."""
    mine, theirs = set(together(one_id)), set(together(other_id))
    for d in standing_on(mine):
        across = (d.one_id in mine and d.other_id in theirs) or (d.one_id in theirs and d.other_id in mine)
        if d.verdict == Verdict.DIFFERENT and across:
            return d
    return None


def find_decision(decision_id: int) -> IdentityDecision:
    """One decision; NotFoundError also when it is about a nominal that is hidden from whoever asks."""
    found = IdentityDecision.objects.filter(id=decision_id).first()
    if found is None:
        raise NotFoundError("There is no such decision.")
    return found


def token(people: Sequence[int]) -> str:
    """What a preview was made of: who stood together with these nominals, and the last decision about any of them.

    A verb that is given the token of an older state refuses. It is no secret and grants nothing.
    """
    members = sorted({m for person in people for m in together(person)})
    last = decisions_on(members).order_by("-id").values_list("id", flat=True).first()
    return sha256(f"{members}|{last}".encode()).hexdigest()[:32]


def groups(people: Sequence[int], joined: Iterable[tuple[int, int]]) -> list[list[int]]:
    """How nominals would stand if only these pairs were merged: every group in order, the one with the lowest first."""
    group = {p: {p} for p in people}
    for one, other in joined:
        if one in group and other in group and group[one] is not group[other]:
            whole = group[one] | group[other]
            for member in whole:
                group[member] = whole
    return sorted(sorted(g) for g in {id(g): g for g in group.values()}.values())
