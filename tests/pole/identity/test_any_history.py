"""Any history of merging, un-merging and keeping apart ends, all taken back, in exactly the state it began in.

A thousand short histories in four parts, so that workers share them, and a few long ones.

Held against a model in plain Python: a set of decided pairs, and components by union-find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from iops.foundation.context import acting
from iops.foundation.errors import IopsError
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.identity import clusters
from iops.pole.identity import services as identity
from iops.pole.identity.run import find_duplicates
from iops.pole.models import DuplicatePair, Identity, IdentityDecision
from iops.pole.records.counts import counts, events
from tests.force import Force

if TYPE_CHECKING:
    from iops.foundation.models import User

# Its long transactions hold back the sealer of the whole server, so tests of sealing never run beside it.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("sealing")]

PEOPLE = 5
FACTS = (
    "pole_person", "pole_name", "pole_birth", "pole_detail", "pole_identifier", "pole_link", "pole_warningmarker",
    "pole_location", "pole_phone", "pole_email", "pole_personaccess", "pole_markerreview",
)  # fmt: skip
"""Tables that no decision may touch."""
WHO = st.integers(0, PEOPLE - 1)
STEP = st.one_of(
    st.tuples(st.just("merge"), WHO, WHO),
    st.tuples(st.just("merge"), WHO, WHO),
    st.tuples(st.just("unmerge"), WHO, WHO),
    st.tuples(st.just("unmerge pair"), WHO, WHO),
    st.tuples(st.just("not same"), WHO, WHO),
    st.tuples(st.just("take back"), WHO, WHO),
    st.tuples(st.just("add"), WHO, WHO),
)


class Model:
    """What must hold, without a database: the standing verdict of each pair."""

    def __init__(self) -> None:
        self.verdicts: dict[frozenset[int], str] = {}

    def component(self, person: int) -> frozenset[int]:
        """Union-find over the pairs decided the same."""
        parent = list(range(PEOPLE))

        def root(n: int) -> int:
            while parent[n] != n:
                n = parent[n]
            return n

        for pair, verdict in self.verdicts.items():
            if verdict == "same":
                one, other = pair
                parent[root(one)] = root(other)
        return frozenset(n for n in range(PEOPLE) if root(n) == root(person))

    def consistent(self) -> bool:
        """No two nominals decided different stand together."""
        return all(
            verdict != "different" or not pair <= self.component(min(pair)) for pair, verdict in self.verdicts.items()
        )

    def apart(self, a: int, b: int) -> bool:
        """Whether some nominal of the one person was decided not to be the same as some nominal of the other."""
        across = {frozenset({x, y}) for x in self.component(a) for y in self.component(b)}
        return any(v == "different" and pair in across for pair, v in self.verdicts.items())

    def with_verdict(self, pairs: list[frozenset[int]], verdict: str | None) -> Model | None:
        """The model after a decision; None when the decision must be refused."""
        after = Model()
        after.verdicts = {k: v for k, v in self.verdicts.items() if k not in pairs}
        after.verdicts |= dict.fromkeys(pairs, verdict) if verdict else {}
        return after if pairs and after.consistent() else None

    def after(self, what: str, a: int, b: int) -> Model | None:
        """The model after a step; None when it must be refused."""
        pair = frozenset({a, b})
        if a == b and what != "unmerge":
            return None
        if what == "merge":
            return None if b in self.component(a) or self.apart(a, b) else self.with_verdict([pair], "same")
        if what == "unmerge":
            return self.with_verdict([p for p, v in self.verdicts.items() if a in p and v == "same"], None)
        if what == "unmerge pair":
            return self.with_verdict([pair], None) if self.verdicts.get(pair) == "same" else None
        if what == "not same":
            return None if self.verdicts.get(pair) == "different" else self.with_verdict([pair], "different")
        return self.with_verdict([pair], None) if pair in self.verdicts else None


class World:
    """Five nominals in the database, and a sergeant who decides about them."""

    def __init__(self) -> None:
        self.force = Force()
        self.by: User = self.force.one(Role.SERGEANT)
        self.people = [pole.register_person(f"John Smith {n}", self.by, born="12/3/1985").id for n in "abcde"]
        for n, person in enumerate(self.people):
            incident = self.force.incident()
            for victim in {person, self.people[n // 2]}:
                pole.link(("person", victim), "victim", ("incident", incident.id), self.by)
        self.added = 0

    def do(self, what: str, a: int, b: int) -> None:
        """One step by the verbs of the system."""
        one, other = self.people[a], self.people[b]
        if what == "merge":
            identity.merge([one, other], "alike", self.by)
        elif what == "unmerge":
            identity.unmerge(one, "unlike", self.by)
        elif what == "unmerge pair":
            identity.unmerge([(one, other)], "unlike", self.by)
        elif what == "not same":
            identity.not_same(one, other, "twins", self.by)
        else:
            latest = clusters.latest(*clusters.ordered((one, other)))
            identity.take_back(latest.id if latest else 0, "a slip", self.by)

    def add(self, a: int, b: int) -> None:
        """Something more is recorded on one of them."""
        self.added += 1
        pole.add_name(self.people[a], f"Alias {self.added}", self.by)
        if a != b:
            pole.link(("person", self.people[a]), "associate", ("person", self.people[b]), self.by)

    def stands(self) -> list[frozenset[int]]:
        """The component of each nominal, as the database has it."""
        place = {person: n for n, person in enumerate(self.people)}
        leads = dict(Identity.objects.values_list("person_id", "lead_id"))
        found = [leads.get(person, person) for person in self.people]
        return [frozenset(place[p] for p in self.people if leads.get(p, p) == lead) for lead in found]

    def take_all_back(self) -> None:
        """Take back every decision that stands."""
        for decision in clusters.standing_on(self.people):
            identity.take_back(decision.id, "all taken back", self.by)

    def seen(self) -> list[object]:
        """What a reader sees of each nominal: who stands with it, how often it was involved, which pairs wait."""
        found: list[object] = [
            (clusters.together(p), counts(events("person", clusters.together(p)))) for p in self.people
        ]
        found += [list(Identity.objects.values_list()), clusters.standing_on(self.people)]
        return [*found, list(DuplicatePair.objects.order_by("id").values_list("one", "other", "settled"))]


READ = " union all ".join(f"select '{table}', t::text from {table} t" for table in FACTS)


def facts() -> set[tuple[str, str]]:
    """Every row of every table that no decision may touch."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return set(cursor.fetchall())


@pytest.mark.parametrize(("part", "many", "longest"), [(0, 250, 4), (1, 250, 4), (2, 250, 4), (3, 250, 4), (4, 12, 40)])
def test_any_history_taken_back_ends_where_it_began(part: int, many: int, longest: int) -> None:
    world = World()
    with acting(user_id=None):
        find_duplicates()
    with acting(user_id=world.by.id):
        began, before = world.seen(), facts()
    told = {"histories": 0, "steps": 0}

    @seed(part)
    @settings(max_examples=many, database=None, phases=[Phase.generate])
    @given(steps=st.lists(STEP, min_size=longest // 2, max_size=longest))
    def histories(steps: list[tuple[str, int, int]]) -> None:
        with transaction.atomic(), acting(user_id=world.by.id):
            live(world, steps, began, before)
            transaction.set_rollback(True)
        told["histories"] += 1
        told["steps"] += len(steps)

    histories()
    assert told["histories"] >= many
    assert told["steps"] >= many * longest // 2


def live(world: World, steps: list[tuple[str, int, int]], began: list[object], before: set[tuple[str, str]]) -> None:
    """One history; after each step the database stands as the model does, and at the end as it did at the beginning."""
    model, world.added = Model(), 0
    for what, a, b in steps:
        if what == "add":
            world.add(a, b)
            continue
        after = model.after(what, a, b)
        if after is None:
            with pytest.raises(IopsError), transaction.atomic():
                world.do(what, a, b)
        else:
            world.do(what, a, b)
            model = after
        assert world.stands() == [model.component(n) for n in range(PEOPLE)], (what, a, b)
    made = IdentityDecision.objects.count()
    world.take_all_back()
    assert IdentityDecision.objects.count() == made + len(model.verdicts)
    assert world.seen() == began
    now = facts()
    assert before <= now
    assert {table for table, _ in now - before} <= {"pole_name", "pole_link"}
    assert world.added <= len(now - before) <= 2 * world.added
