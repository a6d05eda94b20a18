"""What the ranking promises, held against the database: its sums, its floors, its order, and what it never looks at."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

import iops
from iops.foundation import clock
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.safeguarding.jobs import rank_all, rank_waiting
from iops.safeguarding.models import RankedItem, RiskAssessment
from iops.safeguarding.ranking.queue import QueueFilter, queue
from iops.safeguarding.ranking.scorer import Assessed, History, Offence, rank
from iops.safeguarding.ranking.weights import DATA, TERMS, in_force
from tests.force import Force

if TYPE_CHECKING:
    from iops.control.models import Incident

pytestmark = pytest.mark.django_db
A_FEW = settings(max_examples=20)
NEVER_LOWERS = ("separation", "suspect_gone", "victim_declines")
CONCEPTS = (
    *NEVER_LOWERS, "strangulation", "weapon", "threat_to_kill", "stalking", "suicide", "perpetrator_suicidal",
    "pregnancy", "child_hurt", "sexual_violence", "honour_based", "order_breached", "control", "fear",
)  # fmt: skip
answers = st.frozensets(st.sampled_from(CONCEPTS))
grades = st.sampled_from(("standard", "medium", "high"))
histories = st.builds(
    History,
    known=st.booleans(),
    days_since_last=st.none() | st.integers(0, 3000),
    incidents_12m=st.integers(0, 40),
    incidents_24m=st.integers(0, 90),
    offences=st.integers(0, 5000).map(lambda days: (Offence(days, 0),)),
    distinct_victims_36m=st.integers(0, 9),
)


@pytest.fixture
def force() -> Force:
    return Force()


class Sums:
    """The sum in SQL on one open incident, with whatever history and answers it is given."""

    def __init__(self, force: Force) -> None:
        self.incident = force.incident(domestic=True)
        self.weights = in_force(clock.today())
        with connection.cursor() as cursor:
            cursor.execute("select concept, form, min(topic) from iops.risk_topics() group by concept, form")
            self.topics = {concept: (form, topic) for concept, form, topic in cursor.fetchall()}

    def answered(self, yes: frozenset[str]) -> dict[str, dict[str, str]]:
        """The forms with yes to a topic of each concept; what no form asks stands as an answer nobody knows."""
        found: dict[str, dict[str, str]] = {}
        for concept in yes:
            form, topic = self.topics.get(concept, ("short-1", concept))
            found.setdefault(form, {})[topic] = "yes"
        return found

    def of(self, history: History, said: Assessed) -> tuple[int, dict[str, int], set[str]]:
        """Score, shares and floors, without what the upper quartile adds."""
        page = {t: getattr(self.weights, t) for t in (*TERMS, "longest_wait_days")} | {"today": str(clock.today())}
        past = (
            self.incident.id, history.known, history.days_since_last, history.incidents_12m, history.incidents_24m,
            sum(o.harm_days for o in history.offences), history.distinct_victims_36m,
        )  # fmt: skip
        with transaction.atomic(), connection.cursor() as cursor:
            for form, given in (self.answered(said.yes) or {"short-1": {}}).items():
                told = {
                    "form": form,
                    "answers": given,
                    "grade": said.grade,
                    "ticks": said.ticks,
                    "judgement": "Made up",
                }
                RiskAssessment.objects.create(incident=self.incident, at=clock.now(), **told)
            cursor.execute(
                "select score, terms, floors from iops.ranking_facts("
                "array[row(%s, %s, %s, %s, %s, %s, %s)::iops.ranking_past], %s::jsonb)",
                [*past, json.dumps(page)],
            )
            score, terms, floors = cursor.fetchone()
            transaction.set_rollback(True)
        return score, json.loads(terms), set(json.loads(floors))


@A_FEW
@given(histories, answers, grades)
@example(History(True, 0, 3, 9, (Offence(365, 0),), 4), frozenset(CONCEPTS), "standard")
def test_the_sum_in_sql_is_the_pure_one(force: Force, history: History, yes: frozenset[str], grade: str) -> None:
    with transaction.atomic():
        sums, said = Sums(force), Assessed(yes, len(yes), grade)
        score, terms, floors = sums.of(history, said)
        pure = rank(replace(history, known=True), said, sums.weights)
        assert (score, terms) == (pure.score, dict(pure.terms))
        assert floors == set(rank(history, said, sums.weights).floors)
        transaction.set_rollback(True)
    force._people.clear()


@A_FEW
@given(histories, answers, grades, st.sampled_from(NEVER_LOWERS))
def test_that_they_separated_that_the_suspect_left_or_that_the_victim_declines_never_lowers(
    force: Force, history: History, yes: frozenset[str], grade: str, concept: str
) -> None:
    with transaction.atomic():
        sums, fewer = Sums(force), yes - {concept}
        before = sums.of(history, Assessed(fewer, len(fewer), grade))
        after = sums.of(history, Assessed(fewer | {concept}, len(fewer) + 1, grade))
        assert after[0] >= before[0]
        assert after[2] >= before[2]
        transaction.set_rollback(True)
    force._people.clear()


def test_to_assess_again_takes_no_floor_away(force: Force) -> None:
    incident = told(force, 1, assessed=False)
    for answer in ("yes", "no"):
        RiskAssessment.objects.create(
            incident=incident, form="short-1", answers={"strangulation": answer}, grade="standard", at=clock.now()
        )
    assert RankedItem.objects.get(incident=incident).floors == ["strangulation"]


# --- history --------------------------------------------------------------------------------------------------------

World = list[tuple[int, bool, list[tuple[int, str]]]]
"""Incidents: how many days ago, whether domestic, and who of three people was what."""
worlds: st.SearchStrategy[World] = st.lists(
    st.tuples(
        st.integers(0, 1400),
        st.booleans(),
        st.lists(st.tuples(st.integers(0, 2), st.sampled_from(("victim", "suspect"))), max_size=3, unique=True),
    ),
    min_size=1,
    max_size=5,
)


def by_hand(world: World, mine: int) -> History:
    """The history of one incident, counted the slow way."""
    domestic = {n: entry for n, entry in enumerate(world) if entry[1]}
    people = {p for p, _ in world[mine][2]}
    ages = [age for n, (age, _, parties) in domestic.items() if n != mine and people & {p for p, _ in parties}]
    roles = {r for _, r in world[mine][2]}

    def victims_of(suspect: int) -> int:
        return len(
            {
                p
                for age, _, parties in domestic.values()
                if (suspect, "suspect") in parties and age <= 1095
                for p, role in parties
                if role == "victim"
            }
        )

    return History(
        roles == {"victim", "suspect"},
        min(ages) if ages else None,
        sum(age <= 365 for age in ages),
        sum(age <= 730 for age in ages),
        (),
        max((victims_of(p) for p, role in world[mine][2] if role == "suspect"), default=0),
    )


@settings(A_FEW, max_examples=10)
@given(worlds)
@example([(0, True, [(0, "victim"), (0, "suspect")]), (3, False, [(0, "suspect")]), (9, True, [(0, "suspect")])])
def test_a_history_is_what_one_counts_by_hand(
    force: Force, world: list[tuple[int, bool, list[tuple[int, str]]]]
) -> None:
    with transaction.atomic():
        by, now = force.one(Role.RESPONSE), clock.now()
        people = [pole.register_person(f"Person {n} made up", by).id for n in range(3)]
        found = []
        for age, domestic, parties in world:
            incident = force.incident(domestic=domestic, reported_at=now - dt.timedelta(days=age))
            found.append(incident)
            for number, role in parties:
                pole.link(("person", people[number]), role, ("incident", incident.id), by)
        rank_waiting()
        for number, (incident, entry) in enumerate(zip(found, world, strict=True)):
            if entry[1]:
                expected = rank(replace(by_hand(world, number), known=True), None, in_force(clock.today())).terms
                item = RankedItem.objects.get(incident=incident)
                assert item.known == by_hand(world, number).known
                assert {k: v for k, v in item.terms.items() if k != "unknown_history"} == dict(expected)
        transaction.set_rollback(True)
    force._people.clear()


# --- order and waiting ----------------------------------------------------------------------------------------------


def told(force: Force, days_ago: int, *, assessed: bool) -> Incident:
    """A domestic incident of so many days ago, its people known."""
    by = force.one(Role.RESPONSE)
    incident = force.incident(domestic=True, reported_at=clock.now() - dt.timedelta(days=days_ago))
    for role in ("victim", "suspect"):
        pole.link(("person", pole.register_person(f"{role} made up", by).id), role, ("incident", incident.id), by)
    if assessed:
        RiskAssessment.objects.create(
            incident=incident, form="short-1", answers={"fear": "yes"}, grade="standard", at=clock.now()
        )
    return incident


def test_the_order_is_floor_then_score_with_waiting_then_age_then_number_and_it_is_stable(force: Force) -> None:
    for days, assessed in ((3, True), (1, True), (2, False), (3, True), (0, False), (2, False)):
        told(force, days, assessed=assessed)
    weights = in_force(clock.today())
    danger = weights.longest_wait_days * weights.ageing_per_day
    expected = sorted(
        RankedItem.objects.all(),
        key=lambda i: (
            not i.floored,
            -(
                i.score
                + danger * len(set(i.floors) - {"no_assessment", "unresolved", "waited"})
                + weights.ageing_per_day * (clock.now() - i.reported_at).days
            ),
            i.reported_at,
            i.incident_id,
        ),
    )
    viewer = force.one(Role.SAFEGUARDING)
    shown = [row.item.incident_id for row in queue(viewer, QueueFilter()).page.rows]
    assert shown == [item.incident_id for item in expected]
    rank_all()
    assert [row.item.incident_id for row in queue(viewer, QueueFilter()).page.rows] == shown


def test_what_waited_longest_is_looked_at_however_low_it_ranks(force: Force) -> None:
    longest = in_force(clock.today()).longest_wait_days
    starved, patient = told(force, longest, assessed=True), told(force, longest - 1, assessed=True)
    rank_all()
    assert RankedItem.objects.get(incident=starved).floors == ["waited"]
    assert RankedItem.objects.get(incident=patient).floors == []


# --- what it never looks at -----------------------------------------------------------------------------------------

FORBIDDEN = re.compile(
    r"ethnic|national|depriv|\bimd\b|postcode|religio|\brace\b|self_defined|pole_detail", re.IGNORECASE
)
READS = {
    "pole_link", "pole_person", "pole_identity", "control_incident", "crime_recordingdecision",
    "safeguarding_riskassessment", "safeguarding_riskgrading", "safeguarding_rankeditem", "safeguarding_rankingwait",
    "safeguarding_maraccase", "safeguarding_protectionnotice", "safeguarding_noticestep",
}  # fmt: skip


def sums_of_sql() -> str:
    folder = Path(iops.__file__).parent / "safeguarding" / "sql"
    return "".join((folder / name).read_text("utf-8") for name in ("60_ranking.sql", "61_ranking_schemes.sql"))


def test_who_somebody_is_and_where_they_live_is_read_by_no_line_of_the_ranking() -> None:
    texts = [sums_of_sql(), *(path.read_text("utf-8") for path in DATA.glob("*.yaml"))]
    assert [FORBIDDEN.findall(text) for text in texts] == [[]] * len(texts)


def test_the_ranking_reads_these_tables_and_no_others() -> None:
    text = re.sub(r"--.*", "", sums_of_sql())
    found = set(re.findall(r"(?:from|join|on|into|using)\s+((?:pole|control|crime|safeguarding|foundation)_\w+)", text))
    assert found == READS


def test_the_database_agrees_that_of_people_the_ranking_reads_nothing_but_whether_they_are_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct d.refobjid::regclass::text, a.attname from pg_rewrite r"
            " join pg_depend d on d.objid = r.oid and d.refclassid = 'pg_class'::regclass"
            " join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid and a.attnum > 0"
            " where r.ev_class = 'iops.ranking_party'::regclass and d.refobjid <> r.ev_class"
        )
        found = set(cursor.fetchall())
    assert {table for table, _ in found} == {"pole_link", "pole_person", "pole_identity"}
    assert {column for table, column in found if table == "pole_person"} == {"id", "described"}
