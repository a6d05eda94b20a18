"""Labelled queries: what is typed, which person numbers are right, and which kinds of error are in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

from iops.foundation.errors import InvalidError
from iops.synthetic.people.making import AS_AT
from iops.synthetic.people.population import Population
from iops.synthetic.people.queries.asking import Asked, Fields, ask
from iops.synthetic.people.queries.plan import Planned, plan
from iops.synthetic.people.queries.targets import ANY, NEEDS, draw_targets
from iops.synthetic.people.queries.ties import Fitting
from iops.synthetic.people.randomness import single

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from random import Random

    from iops.synthetic.people.batches import Batch
    from iops.synthetic.people.profiles import Profile

MOST_TIES = 4
"""Other people who may fit a query; a query that more would fit does not tell the person apart and is not asked."""
TRIES = 40
"""People tried for a query before it is given up: not everybody's birthday can be read with day and month swapped."""
MOST_QUERIES = 1_000_000


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    """What was typed and what is right.

    `text` is all of it in one box, `fields` the same apart. `right` are the person numbers of all records of the one
    meant, `also_right` those of everybody else whom nothing that was asked tells from that person. `errors` are names
    of `errors.KINDS`, and `stored_in_own_script` where the main name on file is not in Latin letters. Made up.
    """

    text: str
    fields: Fields
    shape: str
    errors: tuple[str, ...]
    identity: int
    right: tuple[int, ...]
    also_right: tuple[int, ...]


def labelled_queries(people: Iterable[Batch], count: int, seed: int, *, as_at: date = AS_AT) -> list[LabelledQuery]:
    """`count` queries for a population, in the mix of `plan.MIX`; the same seed and population give the same queries.

    `people` is walked through twice, so it must be a list of batches or a `Population`, not a generator. `as_at` is the
    day at which ages are told. A population in which nobody has what a kind of error needs (no accents, no aliases)
    gets fewer queries. InvalidError for a generator or an absurd count.
    """
    _check(people, count)
    chance = single(seed, 7)
    wanted, spare = plan(count, chance)
    alone = people.people() if isinstance(people, Population) else people
    targets = draw_targets(alone, _sizes(wanted + spare), seed) if count else {}
    asked = list(_asked(wanted + spare, targets, as_at, chance))
    fitting = Fitting(asked)
    for batch in people if asked else ():
        fitting.see(batch)
    labelled = _labelled(asked, fitting)
    return _chosen(wanted, asked, labelled)


def _check(people: Iterable[Batch], count: int) -> None:
    if isinstance(people, Iterator):
        raise InvalidError(
            "The population must be walked through twice, and a generator can be only once.",
            mend="Give a Population, or a list of batches.",
        )
    if not 0 <= count <= MOST_QUERIES:
        raise InvalidError(f"{count} queries cannot be made.", mend=f"Ask for 0 to {MOST_QUERIES}.")


def _trait(planned: Planned) -> str:
    """What the planned errors need in a person: one trait, the others are met by trying."""
    if planned.shape == "name_phone":
        return "phone"
    return next((NEEDS[error] for error in planned.errors if error in NEEDS), ANY)


def _sizes(planned: list[Planned]) -> dict[str, int]:
    """People to draw for each trait: some more than there are queries, as not everybody fits."""
    return {trait: number * 5 // 4 + 100 for trait, number in Counter(map(_trait, planned)).items()}


def _asked(planned: list[Planned], targets: dict[str, list[Profile]], as_at: date, chance: Random) -> Iterator[Asked]:
    turns = {trait: cycle(people) for trait, people in targets.items() if people}
    for query in planned:
        turn = turns.get(_trait(query))
        tries = (ask(query, next(turn), as_at, chance) for _ in range(TRIES)) if turn else iter(())
        made = next((asked for asked in tries if asked), None)
        if made:
            yield made


def _labelled(asked: Sequence[Asked], fitting: Fitting) -> list[LabelledQuery]:
    records = fitting.records()
    labelled = []
    for query, fits in zip(asked, fitting.fits, strict=True):
        meant = query.person.identity
        others = sorted(number for true in fits - {meant} for number in records[true])
        labelled.append(
            LabelledQuery(
                query.text,
                query.fields,
                query.planned.shape,
                query.errors,
                meant,
                records[meant],
                tuple(others),
            )
        )
    return labelled


def _chosen(wanted: list[Planned], asked: list[Asked], labelled: list[LabelledQuery]) -> list[LabelledQuery]:
    """As many queries of each group as were planned, those that too many people fit replaced by spares."""
    ready: dict[tuple[str, str], list[LabelledQuery]] = defaultdict(list)
    for query, label in zip(asked, labelled, strict=True):
        if _identities(label) <= MOST_TIES:
            ready[query.planned.group].append(label)
    for queue in ready.values():
        queue.reverse()
    chosen = [ready[planned.group].pop() for planned in wanted if ready[planned.group]]
    left = [label for queue in ready.values() for label in queue]
    return chosen + left[: len(wanted) - len(chosen)]


def _identities(label: LabelledQuery) -> int:
    """A bound of how many others fit: records that fit, which are no fewer than people."""
    return len(label.also_right)
