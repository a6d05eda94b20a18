"""The verbs of identity: merge, un-merge, "not the same person", take back.

The nominals themselves are never touched: a merge is a decision that two are the same person, an un-merge takes it
back, and the latest decision on a pair stands. Nothing is deleted, so both are always exact and reversible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing
from iops.pole.identity import clusters
from iops.pole.identity.restating import restate as move
from iops.pole.identity.weighing import weigh
from iops.pole.models import IdentityDecision, Person, Verdict
from iops.pole.services.common import find_person
from iops.web.words import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from iops.foundation.models import User
    from iops.pole.identity.restating import Restate

DECIDERS = (*LADDER, Role.REGISTRAR, Role.SAFEGUARDING)
"""Who decides about identity. A wrong merge shows one person's warnings and past on another, and a wrong "not the same"
hides them, so it takes a supervisor, or a desk whose work is the record itself. Administrators keep accounts and decide
nothing about people."""
LOOK_AGAIN = "Look at it again: what you saw is no longer how it stands."
MOST_AT_ONCE = 20
"""Nominals merged in one go: more cannot be compared by eye."""

Pair = tuple[int, int]


@verb
def merge(person_ids: Sequence[int], reason: str, by: User, *, seen: str = "") -> list[IdentityDecision]:
    """Decide that nominals are one person: each of the others with the first. Returns the decisions.

    `seen` is the token of the preview this was decided on; ConflictError when a decision was made since. Raises
    NotFoundError for a nominal that is not there for the person deciding, InvalidError for fewer than two different
    ones, ConflictError when two are one person already or were decided not to be, NotAllowedError for other roles.
    """
    _may(by)
    wanted = list(dict.fromkeys(person_ids))
    if not 1 < len(wanted) <= MOST_AT_ONCE:
        raise InvalidError(
            "That is one and the same nominal." if len(wanted) == 1 else "Too many nominals to merge at once.",
            mend=f"Choose two to {MOST_AT_ONCE} different ones.",
        )
    with writing(by, reason=text(reason, "Reason").strip()):
        _alone()
        for person_id in wanted:
            find_person(person_id)
        _check_seen(seen, wanted)
        return [_join(wanted[0], other, reason, by) for other in wanted[1:]]


def _join(one_id: int, other_id: int, reason: str, by: User) -> IdentityDecision:
    if other_id in clusters.together(one_id):
        raise ConflictError("These nominals are one person already.", mend="Open the person to see who decided so.")
    against = clusters.decided_different(one_id, other_id)
    if against is not None:
        raise ConflictError(
            f"{against.one} and {against.other} were decided not to be the same person"
            f" by {against.by or 'the system'} at {moment(against.at)}.",
            mend="Take that decision back first, with a reason.",
        )
    return _decide((one_id, other_id), Verdict.SAME, reason, by)


@verb
def unmerge(
    of: int | Sequence[Pair], reason: str, by: User, *, seen: str = "", restate: Iterable[Restate] = ()
) -> list[IdentityDecision]:
    """Take merges back: all by which one nominal stands with others, or those of the pairs. Returns the decisions.

    Afterwards everything stands as before the merge, with what was added since on the nominal it was added to;
    `restate` moves values and links that were added to one and belong to the other: each is withdrawn there with the
    reason and recorded here. Raises as `merge` does; ConflictError also when there is no merge to take back.
    """
    _may(by)
    people = [of] if isinstance(of, int) else sorted({p for pair in of for p in pair})
    with writing(by, reason=text(reason, "Reason").strip()):
        _alone()
        for person_id in people:
            find_person(person_id)
        _check_seen(seen, people)
        before = {m for person_id in people for m in clusters.together(person_id)}
        pairs = clusters.merged_pairs(of) if isinstance(of, int) else [_standing_same(p) for p in of]
        made = [_decide(pair, Verdict.OPEN, reason, by) for pair in pairs]
        # Somebody who may not see a nominal between them cannot part them, and is not told of it.
        if not made or (isinstance(of, int) and len(clusters.together(of)) > 1):
            raise ConflictError(
                "There is no merge of this nominal that you can take back.",
                mend="Open the person to see what was decided.",
            )
        for one in restate:
            move(one, before, reason, by)
        return made


def _standing_same(pair: Pair) -> Pair:
    one, other = clusters.ordered(pair)
    latest = clusters.latest(one, other)
    if latest is None or latest.verdict != Verdict.SAME:
        raise ConflictError("These two are not merged with each other.", mend="Open the person to see who is.")
    return one, other


@verb
def not_same(one_id: int, other_id: int, reason: str, by: User, *, seen: str = "") -> IdentityDecision:
    """Decide that two nominals are not the same person: it is kept, and never asked again.

    When they are merged with each other, that ends too. Raises as `merge` does; ConflictError also when they are one
    person by way of others.
    """
    _may(by)
    if one_id == other_id:
        raise InvalidError("That is one and the same nominal.", mend="Choose two different ones.")
    with writing(by, reason=text(reason, "Reason").strip()):
        _alone()
        find_person(one_id)
        find_person(other_id)
        _check_seen(seen, [one_id, other_id])
        latest = clusters.latest(*clusters.ordered((one_id, other_id)))
        if latest is not None and latest.verdict == Verdict.DIFFERENT:
            raise ConflictError("They were decided not to be the same person already.")
        return _decide((one_id, other_id), Verdict.DIFFERENT, reason, by)


@verb
def take_back(decision_id: int, reason: str, by: User) -> IdentityDecision:
    """Take one decision back, whatever it was: the pair is open again and may be asked about again.

    Raises NotFoundError, and ConflictError when a later decision on the pair stands.
    """
    _may(by)
    with writing(by, reason=text(reason, "Reason").strip()):
        _alone()
        decision = clusters.find_decision(decision_id)
        latest = clusters.latest(decision.one_id, decision.other_id)
        if latest is None or latest.id != decision.id or decision.verdict == Verdict.OPEN:
            raise ConflictError("That decision does not stand any more.", mend="Take back the one that does.")
        return _decide((decision.one_id, decision.other_id), Verdict.OPEN, reason, by)


@verb
def keep_apart(person_id: int, candidate_ids: Sequence[int], reason: str, by: User) -> list[IdentityDecision]:
    """A new nominal was recorded in spite of strong matches: it is not the same person as any of them.

    Anybody who records a nominal decides this, about that nominal alone and while nothing is decided about it, since
    they have spoken with the person; a supervisor can take it back. InvalidError without a reason.
    """
    with writing(by, reason=text(reason, "Reason").strip()):
        _alone()
        person = find_person(person_id)
        if (
            IdentityDecision.objects.filter(other=person).exists()
            or IdentityDecision.objects.filter(one=person).exists()
        ):
            _may(by)
        wanted = [c for c in dict.fromkeys(candidate_ids) if c != person_id]
        for candidate in wanted:
            find_person(candidate)
        return [_decide((person_id, candidate), Verdict.DIFFERENT, reason, by) for candidate in wanted]


@verb
def register_despite(register: Callable[[], Person], match_ids: Sequence[int], reason: str, by: User) -> Person:
    """Record a new nominal in spite of strong matches, and keep that it is none of them: all of it or nothing.

    InvalidError when there are strong matches and no reason, so that nobody makes a duplicate in passing.
    """
    if match_ids and not reason.strip():
        raise InvalidError(
            "Somebody very like this is recorded already.",
            mend="Open the match, or say why this is another person.",
            details={"field": "reason", "matches": list(match_ids)},
        )
    with writing(by, reason=reason.strip() or "nominal recorded"):
        person = register()
        if match_ids:
            keep_apart(person.id, match_ids, reason, by)
        return person


def _decide(pair: Pair, verdict: str, reason: str, by: User) -> IdentityDecision:
    one, other = clusters.ordered(pair)
    said = weigh(one, other)
    return IdentityDecision.objects.create(
        one_id=one, other_id=other, verdict=verdict, reason=reason.strip(), at=clock.now(), by=by,
        weight=said.weight, model=said.model, explanation=list(said.fields),
    )  # fmt: skip


def _may(by: User) -> None:
    if not by.holds(DECIDERS):
        words = ", ".join(role.label for role in DECIDERS)
        raise NotAllowedError(f"Who is the same person is decided by: {words}.", mend="Ask somebody in that role.")


def _alone() -> None:
    """From here on nobody else decides about identity until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select iops.one_decision_at_a_time()")


def _check_seen(seen: str, people: Sequence[int]) -> None:
    if seen and seen != clusters.token(people):
        raise ConflictError("Another decision about these people was made meanwhile.", mend=LOOK_AGAIN)
