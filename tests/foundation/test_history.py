"""History keeps every change of every fact; seals and `verify` name what was changed behind the system's back."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.history import as_at, fact_tables
from iops.foundation.models import District
from iops.foundation.roles import Role
from tests.conftest import as_owner, worker_database
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as session:
        yield session


@pytest.fixture
def force() -> Force:
    return Force()


def entries(owner: psycopg.Connection, table: str, row: int) -> list[tuple[object, ...]]:
    return owner.execute(
        "select op, actor_id, request_id, reason, before from foundation_history"
        " where table_name = %s and row_id = %s order by id",
        [table, row],
    ).fetchall()


def findings() -> set[tuple[str, str, str]]:
    """What `iops verify` finds, asked as the owner."""
    from iops.foundation import verify

    kept = dict(connection.settings_dict)
    connection.close()
    parts = psycopg.conninfo.conninfo_to_dict(os.environ["IOPS_OWNER_DSN"])
    connection.settings_dict.update(USER=str(parts["user"]), PASSWORD=str(parts["password"]))
    try:
        return {(f.where, f.row, f.what) for f in verify.verify()}
    finally:
        connection.close()
        connection.settings_dict.update(kept)


def behind_its_back(owner: psycopg.Connection, table: str, statement: str, *values: object) -> None:
    """What somebody with the owner's password could do."""
    owner.execute(f"alter table {table} disable trigger user")
    owner.execute(statement, values)
    owner.execute(f"alter table {table} enable trigger user")


def seal(owner: psycopg.Connection) -> int:
    row = owner.execute("select iops.seal(20000)").fetchone()
    assert row
    return int(row[0])


def seal_all(owner: psycopg.Connection) -> None:
    """Seal until nothing is left: a transaction anywhere on the server (another worker's) holds the horizon back."""
    left = """select (select count(*) from foundation_history)
               - (select coalesce(sum(entries), 0) from foundation_seal),
        (select above = '{}' from foundation_seal_head)"""
    for _ in range(1200):
        seal(owner)
        if owner.execute(left).fetchone() == (0, True):
            return
        time.sleep(0.1)


def test_a_change_keeps_who_when_why_in_which_request_and_the_row_before(
    force: Force, owner: psycopg.Connection
) -> None:
    sergeant = force.one(Role.SERGEANT)
    incident = force.incident(domestic=True)
    with acting(user_id=sergeant.id, request_id="request-7"):
        control.mark_domestic(incident.id, False, "strangers after all", sergeant)
    opened, changed = entries(owner, "control_incident", incident.id)
    assert opened[0] == "I"
    assert changed[:4] == ("U", sergeant.id, "request-7", "strangers after all")
    assert changed[4]["domestic"] is True  # type: ignore[index]


def test_a_row_written_at_a_sql_prompt_has_its_history(force: Force, owner: psycopg.Connection) -> None:
    incident = force.incident()
    dsn = psycopg.conninfo.make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database())
    with psycopg.connect(dsn, autocommit=True) as raw:
        raw.execute("update control_incident set what = 'changed' where id = %s", [incident.id])
    _opened, changed = entries(owner, "control_incident", incident.id)
    assert (changed[0], changed[1]) == ("U", None)
    assert changed[4]["what"] == "Shouting heard"  # type: ignore[index]


def test_a_thousand_rows_in_one_statement_have_a_thousand_entries(owner: psycopg.Connection) -> None:
    District.objects.bulk_create([District(code=str(n), name=str(n)) for n in range(1000)])
    row = owner.execute("select count(*) from foundation_history where table_name = 'foundation_district'").fetchone()
    assert row == (1000,)


def test_password_hashes_are_not_copied_into_history(force: Force, owner: psycopg.Connection) -> None:
    user = force.one(Role.ANALYST)
    user.set_password("a long enough passphrase")
    user.save()
    before = entries(owner, "foundation_user", user.id)[-1][4]
    assert "password" not in before  # type: ignore[operator]


@pytest.mark.parametrize("table", sorted(fact_tables()))
def test_every_fact_table_has_its_three_history_triggers(table: str, owner: psycopg.Connection) -> None:
    rows = owner.execute("select tgname from pg_trigger where tgrelid = %s::regclass", [table]).fetchall()
    assert {f"a_history_{op}" for op in ("insert", "update", "delete")} <= {name for (name,) in rows}


@pytest.mark.parametrize("verb", ["delete from", "update", "truncate"])
def test_nobody_changes_or_removes_an_entry(verb: str, force: Force, owner: psycopg.Connection) -> None:
    force.incident()
    statement = {"update": "update foundation_history set reason = 'x'"}.get(verb, f"{verb} foundation_history")
    with pytest.raises(psycopg.Error, match="never changed or removed"):
        owner.execute(statement)


def test_the_id_of_a_row_is_never_changed(force: Force, owner: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error, match="never changed"):
        owner.execute("update foundation_district set id = id + 1000")


def test_a_row_can_be_asked_as_it_stood(force: Force) -> None:
    incident = force.incident()
    before_it = clock.now()
    incident = force.incident(what="first words")
    then = clock.now()
    incident.what = "second words"
    incident.save(update_fields=["what"])
    incident.what = "third words"
    incident.save(update_fields=["what"])
    assert [row["what"] for row in as_at("control_incident", [incident.id], then)] == ["first words"]
    assert [row["what"] for row in as_at("control_incident", [incident.id], clock.now())] == ["third words"]
    assert as_at("control_incident", [incident.id], before_it) == []


@pytest.mark.parametrize("table", ["control_incident", "safeguarding_riskassessment", "foundation_user"])
def test_nothing_agrees_less_than_everything_after_ordinary_work(
    table: str, force: Force, owner: psycopg.Connection
) -> None:
    incident = force.incident(domestic=True)
    control.grade(incident.id, 2, "", force.one(Role.RESPONSE))
    seal_all(owner)
    force.incident()
    assert findings() == set()


class TestBehindTheSystemsBack:
    """Somebody with the owner's password changes things. Each is found and named."""

    def test_a_changed_row_is_named(self, force: Force, owner: psycopg.Connection) -> None:
        incident = force.incident()
        behind_its_back(
            owner, "control_incident", "update control_incident set what = 'nothing' where id = %s", incident.id
        )
        assert findings() == {("control_incident", str(incident.id), "the row was changed behind the system's back")}

    def test_an_inserted_row_is_named(self, force: Force, owner: psycopg.Connection) -> None:
        behind_its_back(
            owner, "foundation_district", "insert into foundation_district (id, code, name) values (77, 'X', 'X')"
        )
        assert findings() == {("foundation_district", "77", "the row was inserted behind the system's back")}

    def test_a_deleted_incident_is_named_and_leaves_a_gap_in_the_numbers(
        self, force: Force, owner: psycopg.Connection
    ) -> None:
        incident = force.incident()
        last = force.incident()
        owner.execute("alter table obligations_obligation disable trigger user")
        behind_its_back(owner, "control_incident", "delete from control_incident where id = %s", incident.id)
        found = findings()
        assert ("control_incident", str(incident.id), "the row was deleted behind the system's back") in found
        assert ("control_incident", f"{last.day:%d %B %Y}", "2 numbers were given out and 1 rows bear one") in found

    def test_an_edited_entry_is_found_under_its_seal(self, force: Force, owner: psycopg.Connection) -> None:
        incident = force.incident()
        seal_all(owner)
        behind_its_back(
            owner,
            "foundation_history",
            "update foundation_history set actor_id = 999 where table_name = 'control_incident' and row_id = %s",
            incident.id,
        )
        assert ("seal", "1", "an entry under it was changed") in findings()

    def test_a_removed_entry_is_found_under_its_seal(self, force: Force, owner: psycopg.Connection) -> None:
        incident = force.incident()
        incident.what = "other words"
        incident.save()
        seal_all(owner)
        behind_its_back(
            owner,
            "foundation_history",
            "delete from foundation_history where table_name = 'control_incident' and row_id = %s and op = 'U'",
            incident.id,
        )
        found = findings()
        assert ("seal", "1", "entries under it are missing or were added") in found
        assert ("control_incident", str(incident.id), "the row was changed behind the system's back") in found

    def test_an_entry_rewritten_before_it_is_sealed_no_longer_follows(
        self, force: Force, owner: psycopg.Connection
    ) -> None:
        incident = force.incident()
        incident.what = "other words"
        incident.save()
        behind_its_back(
            owner,
            "foundation_history",
            'update foundation_history set before = before || \'{"what": "lies"}\''
            " where table_name = 'control_incident' and row_id = %s and op = 'U'",
            incident.id,
        )
        assert [f[2].split("of its")[1] for f in findings()] == [" history does not follow from the one before"]

    def test_a_forged_seal_breaks_the_chain(self, force: Force, owner: psycopg.Connection) -> None:
        for _ in range(2):
            force.incident()
            seal_all(owner)
        behind_its_back(owner, "foundation_seal", "update foundation_seal set root = sha256('x') where id = 1")
        found = findings()
        assert ("seal", "1", "the seal itself, or one before it, was changed or removed") in found

    def test_a_removed_seal_breaks_the_chain(self, force: Force, owner: psycopg.Connection) -> None:
        for _ in range(2):
            force.incident()
            seal_all(owner)
        behind_its_back(owner, "foundation_seal", "delete from foundation_seal where id = 1")
        assert ("seal", "2", "the seal itself, or one before it, was changed or removed") in findings()


class TestSealing:
    """Entries are sealed when their transaction has ended: late ones late, and none twice."""

    def test_an_entry_of_a_running_transaction_is_sealed_later_and_once(self, owner: psycopg.Connection) -> None:
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

    def test_gaps_of_rolled_back_transactions_do_not_pile_up(self, owner: psycopg.Connection) -> None:
        for n in range(12):
            with psycopg.connect(as_owner(worker_database())) as session:
                session.execute("insert into foundation_district (code, name) values (%s, 'x')", [str(n)])
                (session.rollback if n % 2 else session.commit)()
            seal(owner)
        seal_all(owner)
        assert owner.execute("select above = '{}' from foundation_seal_head").fetchone() == (True,)

    @settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(script=st.lists(st.sampled_from(["begin", "commit", "rollback", "seal"]), max_size=14))
    def test_any_interleaving_seals_every_committed_entry_once(
        self, owner: psycopg.Connection, script: list[str]
    ) -> None:
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

    def test_two_sealers_at_once_seal_nothing_twice(self, owner: psycopg.Connection) -> None:
        District.objects.bulk_create([District(code=str(n), name=str(n)) for n in range(500)])

        def one() -> None:
            with psycopg.connect(as_owner(worker_database()), autocommit=True) as session:
                session.execute("select iops.seal(100)")

        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert owner.execute("select sum(entries), count(*) from foundation_seal").fetchone() == (400, 4)
