"""What Python says of the definition is what the database says; and what changes it is settled by any route."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control import services as control
from iops.control.classing.people import known_of
from iops.control.classing.selectors import incident_class
from iops.control.classing.services import answer_of, judged
from iops.control.models import Classing, Incident
from iops.foundation import clock
from iops.obligations.services import settle_now
from iops.pole import services as pole
from iops.pole.models import Birth, IdentityDecision, Link, Person
from tests.force import owed

if TYPE_CHECKING:
    from tests.control.classing.conftest import Scene

pytestmark = pytest.mark.django_db

ROLES = ("victim", "suspect", "caller", "witness", "child")
RELATIONS = ("ex-partner", "parent", "child", "relative", "neighbour")
DAYS = (dt.date(1985, 3, 12), dt.date(2003, 7, 5), dt.date(2003, 7, 6), dt.date(2010, 10, 1), dt.date(2008, 2, 29))
births = st.sampled_from([*((d, d) for d in DAYS), (dt.date(1990, 1, 1), dt.date(2012, 1, 1))])
persons = st.tuples(st.frozensets(st.sampled_from(ROLES), max_size=2), st.lists(births, max_size=2))
pairs = st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(lambda p: p[0] != p[1])


@settings(max_examples=30)
@given(
    people=st.lists(persons, min_size=4, max_size=4),
    relations=st.lists(st.tuples(pairs, st.sampled_from(RELATIONS)), max_size=4, unique=True),
    merged=st.none() | pairs,
    category=st.sampled_from([None, "domestic", "crime-violence", "hoax"]),
    behaviours=st.sampled_from([[], ["physical"], ["nonsense"]]),
    crime=st.booleans(),
    reported=st.sampled_from([dt.date(2012, 1, 1), dt.date(2019, 7, 5), dt.date(2021, 10, 1), dt.date(2025, 3, 1)]),
)  # fmt: skip
def test_python_and_the_database_judge_alike(
    scene: Scene, people: list[tuple[frozenset[str], list[tuple[dt.date, dt.date]]]],
    relations: list[tuple[tuple[int, int], str]], merged: tuple[int, int] | None, category: str | None,
    behaviours: list[str], crime: bool, reported: dt.date,
) -> None:  # fmt: skip
    with transaction.atomic():
        now = clock.now()
        incident = scene.force.incident(crime_reported=crime)
        Incident.objects.filter(id=incident.id).update(reported_at=dt.datetime.combine(reported, dt.time(12), dt.UTC))
        incident.refresh_from_db()
        made = [Person.objects.create(name=f"P{n}") for n in range(4)]
        if merged:
            one, other = sorted((made[merged[0]].id, made[merged[1]].id))
            IdentityDecision.objects.create(one_id=one, other_id=other, verdict="same", reason="x", at=now)
        for person, (roles, said) in zip(made, people, strict=True):
            Birth.objects.bulk_create(
                Birth(person=person, precision="partial", earliest=a, latest=b, recorded_at=now) for a, b in said
            )
            _link([("person", person.id, role, "incident", incident.id) for role in sorted(roles)])
        _link([("person", made[a].id, role, "person", made[b].id) for (a, b), role in relations])
        if category:
            Classing.objects.create(
                incident=incident, at=now, edition="nsir-2011", category=category, behaviours=behaviours
            )
        settle_now()
        answer = answer_of(incident.id)
        assert answer == judged(known_of(incident)).answer.value
        # The view looks only where something points to it, and must miss nothing by that.
        with connection.cursor() as cursor:
            cursor.execute(
                "select coalesce(da_answer, 'not') from facts.incident__classing where id = %s", [incident.id]
            )
            assert cursor.fetchone() == (answer,)
        transaction.set_rollback(True)
    scene.force._people.clear()


def _link(rows: list[tuple[str, int, str, str, int]]) -> None:
    now = clock.now()
    Link.objects.bulk_create(
        Link(from_kind=k, from_id=i, role=role, to_kind=t, to_id=n, recorded_at=now) for k, i, role, t, n in rows
    )


def test_a_relation_a_birth_or_a_merge_told_later_opens_the_duty(scene: Scene) -> None:
    incident = scene.force.incident(crime_reported=True)
    victim, suspect = scene.person("Ann Lee", born=""), scene.person("Bob Roe")
    scene.involve(incident, victim, "victim")
    scene.involve(incident, suspect, "suspect")
    assert "da-mark-decide" not in owed(incident)
    other = scene.person("Robert Roe")
    scene.relate(other, "ex-partner", victim)
    assert "da-mark-decide" not in owed(incident)
    first, second = sorted((suspect.id, other.id))
    IdentityDecision.objects.create(one_id=first, other_id=second, verdict="same", reason="x", at=clock.now())
    settle_now()
    assert (owed(incident)["da-mark-decide"], answer_of(incident.id)) == ("open", "may")
    pole.add_birth(victim.id, "1/1/2020", scene.handler)
    assert (answer_of(incident.id), "da-mark-decide" in owed(incident)) == ("not", False)


def test_a_link_written_or_withdrawn_at_a_sql_prompt_is_settled_too(scene: Scene) -> None:
    incident = scene.force.incident(crime_reported=True)
    scene.couple(incident)
    with connection.cursor() as cursor:
        cursor.execute(
            "update pole_link set withdrawn_at = iops.now(), withdrawn_reason = 'wrong' where role = 'ex-partner'"
        )
    settle_now()
    assert "da-mark-decide" not in owed(incident)


def test_somebody_hidden_counts_and_is_not_told(scene: Scene) -> None:
    incident = scene.force.incident(crime_reported=True)
    victim, _ = scene.couple(incident)
    pole.restrict_person(victim.id, "protected", scene.sergeant)
    assert owed(incident)["da-mark-decide"] == "open"

    seen = incident_class(incident.id, scene.handler)
    assert (seen.answer.value, seen.judgement.answer.value, seen.hidden) == ("qualifies", "not", True)
    assert "Ann" not in repr(seen.judgement)
    control.mark_domestic(incident.id, True, "", scene.handler)
