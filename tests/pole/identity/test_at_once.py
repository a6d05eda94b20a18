"""Decisions made at the same moment by two people: one after the other, and neither against the other."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import connection

from iops.foundation.errors import ConflictError, IopsError
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.identity import clusters
from iops.pole.identity import services as identity
from iops.pole.models import Identity, IdentityDecision
from tests.conftest import as_owner, worker_database
from tests.force import Force
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iops.foundation.models import User

pytestmark = pytest.mark.django_db(transaction=True)
DECIDE = """insert into pole_identitydecision (one_id, other_id, verdict, reason, at, model, explanation)
    values (%s, %s, %s, 'by another route', now(), '', '[]') returning id"""


@pytest.fixture
def sergeant() -> User:
    return Force().one(Role.SERGEANT)


@pytest.fixture
def people(sergeant: User) -> list[int]:
    return [pole.register_person(f"John Smith {n}", sergeant).id for n in "abcd"]


@pytest.fixture
def other() -> Iterator[psycopg.Connection]:
    """Another session, which decides by another route and has not committed yet."""
    with psycopg.connect(as_owner(worker_database())) as session:
        yield session
        session.rollback()


def meanwhile(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Do something in another thread; what it answered, or why it was refused, stands in the list."""
    answers: list[object] = []

    def run() -> None:
        try:
            answers.append(work())
        except IopsError as refused:
            answers.append(refused)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, answers


def until_it_waits(session: psycopg.Connection) -> None:
    """Wait until somebody waits for the lock of decisions."""
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as watch:
        for _ in range(600):
            waits: Any = watch.execute(
                "select count(*) from pg_locks where locktype = 'advisory' and not granted"
            ).fetchone()
            if waits[0]:
                return
            time.sleep(0.05)
    raise AssertionError(f"Nobody waits for {session}.")


def test_two_merges_at_once_that_together_contradict_a_decision_are_not_both_made(
    people: list[int], sergeant: User, other: psycopg.Connection
) -> None:
    a, b, c, _ = people
    identity.not_same(a, b, "Twins", sergeant)
    other.execute(DECIDE, [a, c, "same"])
    thread, answers = meanwhile(lambda: identity.merge([b, c], "alike", sergeant))
    until_it_waits(other)
    other.commit()
    thread.join(30)
    assert isinstance(answers[0], ConflictError)
    with as_user(sergeant):
        assert [clusters.together(p) for p in (a, b, c)] == [[a, c], [b], [a, c]]


def test_two_merges_at_once_that_touch_become_one_person(
    people: list[int], sergeant: User, other: psycopg.Connection
) -> None:
    a, b, c, d = people
    other.execute(DECIDE, [a, b, "same"])
    other.execute(DECIDE, [c, d, "same"])
    thread, answers = meanwhile(lambda: identity.merge([b, c], "alike", sergeant))
    until_it_waits(other)
    other.commit()
    thread.join(30)
    assert not isinstance(answers[0], Exception)
    with as_user(sergeant):
        assert clusters.together(d) == [a, b, c, d]


def test_a_merge_and_its_opposite_at_once_are_not_both_made(
    people: list[int], sergeant: User, other: psycopg.Connection
) -> None:
    a, b, *_ = people
    other.execute(DECIDE, [a, b, "different"])
    thread, answers = meanwhile(lambda: identity.merge([a, b], "alike", sergeant))
    until_it_waits(other)
    other.commit()
    thread.join(30)
    assert isinstance(answers[0], ConflictError)
    with as_user(sergeant):
        assert not Identity.objects.exists()


def test_a_preview_made_before_a_decision_that_was_just_being_made_is_looked_at_again(
    people: list[int], sergeant: User, other: psycopg.Connection
) -> None:
    a, b, c, _ = people
    with as_user(sergeant):
        seen = clusters.token([a, b])
    other.execute(DECIDE, [b, c, "same"])
    thread, answers = meanwhile(lambda: identity.merge([a, b], "alike", sergeant, seen=seen))
    until_it_waits(other)
    other.commit()
    thread.join(30)
    assert "meanwhile" in str(answers[0])


def test_a_decision_that_is_rolled_back_leaves_nothing(
    people: list[int], sergeant: User, other: psycopg.Connection
) -> None:
    a, b, *_ = people
    other.execute(DECIDE, [a, b, "different"])
    thread, answers = meanwhile(lambda: identity.merge([a, b], "alike", sergeant))
    until_it_waits(other)
    other.rollback()
    thread.join(30)
    assert not isinstance(answers[0], Exception)
    with as_user(sergeant):
        assert clusters.together(a) == [a, b]


def test_the_later_decision_has_the_later_id_whoever_began_first(
    people: list[int], sergeant: User, other: psycopg.Connection
) -> None:
    a, b, *_ = people
    other.execute("select 1")
    identity.merge([a, b], "alike", sergeant)
    later: Any = other.execute(DECIDE, [a, b, "open"]).fetchone()
    other.commit()
    with as_user(sergeant):
        latest = clusters.latest(a, b)
        assert latest is not None
        assert (latest.id, latest.verdict) == (later[0], "open")
        assert not Identity.objects.exists()


def test_a_transaction_that_reads_an_older_state_decides_nothing(
    people: list[int], sergeant: User, other: psycopg.Connection
) -> None:
    other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with pytest.raises(psycopg.Error, match="read what is committed"):
        other.execute(DECIDE, [people[0], people[1], "same"])
    other.rollback()
    with as_user(sergeant):
        assert not IdentityDecision.objects.exists()


def test_many_decisions_in_one_statement_are_as_good_as_one_after_the_other(
    people: list[int], sergeant: User, other: psycopg.Connection
) -> None:
    a, b, c, d = people
    other.execute(
        """insert into pole_identitydecision (one_id, other_id, verdict, reason, at, model, explanation)
        select x.one, x.other, x.verdict, 'loaded', now(), '', '[]'
        from (values (%s::bigint, %s::bigint, 'same'), (%s, %s, 'same'), (%s, %s, 'different'), (%s, %s, 'same'))
            x(one, other, verdict)""",
        [a, b, c, d, b, c, b, c],
    )
    other.commit()
    with as_user(sergeant):
        assert clusters.together(a) == [a, b, c, d]


def test_a_long_chain_loaded_at_once_is_one_person(sergeant: User, other: psycopg.Connection) -> None:
    first = pole.register_person("First", sergeant).id
    other.execute(
        "insert into pole_person (name, restricted, hinted, made_up, described, own_right)"
        " select 'Chain ' || n, false, false, true, false, true from generate_series(1, 60) n"
    )
    other.execute(
        """insert into pole_identitydecision (one_id, other_id, verdict, reason, at, model, explanation)
        select p.id, p.id + 1, 'same', 'loaded', now(), '', '[]' from pole_person p
        where p.id >= %s and p.id + 1 in (select id from pole_person)""",
        [first],
    )
    other.commit()
    with as_user(sergeant):
        assert len(clusters.together(first)) == 61
        identity.unmerge([(first + 30, first + 31)], "two people", sergeant)
        assert [len(clusters.together(p)) for p in (first, first + 31)] == [31, 30]
