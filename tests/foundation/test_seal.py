"""Entries are sealed when their transaction has ended: late ones late, and none twice."""

from __future__ import annotations

import threading
from uuid import uuid4

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iops.foundation.models import District
from tests.conftest import as_owner, worker_database
from tests.foundation.ledgers import findings, seal, seal_all, wait_until_all_may_be_sealed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("sealing")]


def test_an_entry_of_a_running_transaction_is_sealed_later_and_once(owner: psycopg.Connection) -> None:
    with psycopg.connect(as_owner(worker_database())) as slow:
        slow.execute("insert into foundation_district (code, name) values ('slow', 'slow')")
        District.objects.create(code="quick", name="quick")
        seal(owner)
        sealed = owner.execute("select sum(entries) from foundation_seal").fetchone()
        slow.commit()
    seal_all(owner)
    total = owner.execute("select count(*) from foundation_history").fetchone()
    assert sealed is not None
    assert total is not None
    assert owner.execute("select sum(entries) from foundation_seal").fetchone() == total
    assert findings() == set()


def test_what_was_begun_before_a_seal_and_committed_after_it_is_sealed_by_the_next(owner: psycopg.Connection) -> None:
    """Both were at work when the sealer noted how far it had come, and neither had ended: none may be passed over."""
    seal_all(owner)
    with (
        psycopg.connect(as_owner(worker_database())) as first,
        psycopg.connect(as_owner(worker_database())) as second,
    ):
        for name, session in (("first", first), ("second", second)):
            session.execute("insert into foundation_district (code, name) values (%s, %s)", [name, name])
        for _ in range(3):
            seal(owner)
        second.commit()
        seal(owner)
        first.commit()
    seal_all(owner)
    total = owner.execute("select count(*) from foundation_history").fetchone()
    assert owner.execute("select sum(entries) from foundation_seal").fetchone() == total


def test_gaps_of_rolled_back_transactions_do_not_pile_up(owner: psycopg.Connection) -> None:
    for n in range(12):
        with psycopg.connect(as_owner(worker_database())) as session:
            session.execute("insert into foundation_district (code, name) values (%s, 'x')", [str(n)])
            (session.rollback if n % 2 else session.commit)()
        seal(owner)
    seal_all(owner)
    assert owner.execute("select above = '{}' from foundation_seal_head").fetchone() == (True,)


@settings(max_examples=10)
@given(script=st.lists(st.sampled_from(["begin", "commit", "rollback", "seal"]), max_size=14))
@example(script=["begin", "begin", "seal", "seal", "seal", "commit", "commit"])
def test_any_interleaving_seals_every_committed_entry_once(owner: psycopg.Connection, script: list[str]) -> None:
    sessions: list[psycopg.Connection] = []
    for word in script:
        if word == "begin":
            session = psycopg.connect(as_owner(worker_database()))
            session.execute("insert into foundation_team (name) values (%s)", [str(uuid4())])
            sessions.append(session)
        elif word == "seal":
            seal(owner)
        elif sessions:
            session = sessions.pop(0)
            (session.commit if word == "commit" else session.rollback)()
            session.close()
    for session in sessions:
        session.rollback()
        session.close()
    seal_all(owner)
    counted = owner.execute(
        "select (select count(*) from foundation_history), (select coalesce(sum(entries), 0) from foundation_seal),"
        " (select coalesce(sum(upper(r) - lower(r)), 0) from foundation_seal, unnest(members) r)"
    ).fetchone()
    assert counted is not None
    assert counted[0] == counted[1] == counted[2]


def test_two_sealers_at_once_seal_nothing_twice(owner: psycopg.Connection) -> None:
    District.objects.bulk_create([District(code=str(n), name=str(n)) for n in range(500)])
    wait_until_all_may_be_sealed(owner)

    def one() -> None:
        with psycopg.connect(as_owner(worker_database()), autocommit=True) as session:
            session.execute("select iops.seal(100)")

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert owner.execute("select sum(entries), count(*) from foundation_seal").fetchone() == (400, 4)
