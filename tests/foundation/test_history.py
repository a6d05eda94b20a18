"""History keeps every change of every fact, refuses to be changed itself, and tells how rows stood."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

import psycopg
import pytest

from iops.control import services as control
from iops.foundation.context import acting
from iops.foundation.errors import InvalidError
from iops.foundation.history import as_at, fact_tables
from iops.foundation.models import District
from iops.foundation.roles import Role
from tests.conftest import worker_database
from tests.foundation.ledgers import as_the_owner, behind_its_back, entries, findings, seal_all

if TYPE_CHECKING:
    from tests.force import Force

pytestmark = pytest.mark.django_db(transaction=True)


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


def partition_of_today(owner: psycopg.Connection) -> str:
    row = owner.execute("select distinct tableoid::regclass::text from foundation_history").fetchone()
    assert row
    return str(row[0])


@pytest.mark.parametrize("of", ["the ledger", "its partition of today"])
@pytest.mark.parametrize("statement", ["delete from {}", "update {} set reason = 'x'", "truncate {}"])
def test_not_even_the_owner_changes_or_removes_an_entry(
    statement: str, of: str, force: Force, owner: psycopg.Connection
) -> None:
    force.incident()
    table = "foundation_history" if of == "the ledger" else partition_of_today(owner)
    with pytest.raises(psycopg.Error, match="never changed or removed"):
        owner.execute(statement.format(table))


@pytest.mark.parametrize("table", ["foundation_seal", "foundation_history_other", *sorted(fact_tables())])
def test_not_even_the_owner_truncates_a_fact_or_a_ledger(table: str, owner: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error, match="never changed or removed"):
        owner.execute(f"truncate {table} cascade")


@pytest.mark.parametrize(
    "statement",
    [
        "insert into foundation_history select * from foundation_history",
        "update foundation_history set reason = 'x'",
        "delete from foundation_history",
        "select * from foundation_history_other",
        "select * from foundation_seal",
        "update foundation_seal_head set low = 0",
        "delete from foundation_history_shape",
        "select iops.restate('control_incident', array['what'])",
        "select nextval('foundation_history_id'), setval('foundation_history_id', 1)",
    ],
)
def test_the_application_writes_no_ledger_by_hand(statement: str, force: Force) -> None:
    force.incident()
    dsn = psycopg.conninfo.make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database())
    with psycopg.connect(dsn) as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute(statement)


def test_a_row_inserted_or_taken_up_again_by_one_statement_has_its_entries(owner: psycopg.Connection) -> None:
    for name in ("North", "North again"):
        owner.execute(
            "insert into foundation_district (code, name) values ('N', %s)"
            " on conflict (code) do update set name = excluded.name",
            [name],
        )
    written = owner.execute("select op, before ->> 'name' from foundation_history order by id").fetchall()
    assert written == [("I", None), ("U", "North")]
    assert findings() == set()


def test_a_change_that_is_rolled_back_leaves_no_entry(owner: psycopg.Connection) -> None:
    owner.execute("begin; insert into foundation_district (code, name) values ('N', 'x'); rollback")
    assert owner.execute("select count(*) from foundation_history").fetchone() == (0,)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_fingerprints_do_not_depend_on_the_settings_of_who_writes(
    zone: str, force: Force, owner: psycopg.Connection
) -> None:
    incident = force.incident()
    owner.execute(f"set timezone = '{zone}'; set datestyle = 'German'; set intervalstyle = 'sql_standard'")
    owner.execute("update control_incident set category = 'x' where id = %s", [incident.id])
    assert findings() == set()


class TestPartitions:
    """History is kept by month; what falls outside the months that are made is not lost."""

    STRAY = (
        "insert into foundation_history (at, tx, table_name, row_id, op, db_user, row_hash)"
        " values (date_trunc('month', now(), 'UTC') + interval '5 months 3 days', '3', 'stray', 1, 'I', 'x', 'y')"
    )

    def test_what_stands_in_the_default_partition_moves_to_its_month(self, owner: psycopg.Connection) -> None:
        owner.execute(self.STRAY)
        where = "select tableoid::regclass::text from foundation_history where table_name = 'stray'"
        assert owner.execute(where).fetchone() == ("foundation_history_other",)
        assert owner.execute("select iops.ensure_history_partitions(6) > 0").fetchone() == (True,)
        moved = owner.execute(where).fetchone()
        assert moved is not None
        assert moved[0].startswith("foundation_history_2")
        for statement in (f"delete from {moved[0]}", f"truncate {moved[0]}", "truncate foundation_history_other"):
            with pytest.raises(psycopg.Error, match="never changed or removed"):
                owner.execute(statement)

    def test_partitions_are_made_once(self, owner: psycopg.Connection) -> None:
        owner.execute("select iops.ensure_history_partitions(12)")
        assert owner.execute("select iops.ensure_history_partitions(12)").fetchone() == (0,)

    @pytest.mark.parametrize("ahead", [-1, 25, 1_000_000])
    def test_nobody_fills_the_database_with_partitions(self, ahead: int, owner: psycopg.Connection) -> None:
        with pytest.raises(psycopg.Error, match="0 to 24 months"):
            owner.execute("select iops.ensure_history_partitions(%s)", [ahead])


class TestNewColumns:
    """A migration adds a column: rows that agreed before agree after, and a forged row stays found."""

    @pytest.fixture(autouse=True)
    def _rows(self, owner: psycopg.Connection) -> None:
        owner.execute("insert into foundation_district (code, name) values ('A', 'a'), ('B', 'b')")

    def add(self, owner: psycopg.Connection, column: str) -> int:
        owner.execute(f"alter table foundation_district add column {column}")
        row = owner.execute("select iops.restate('foundation_district', '{}')").fetchone()
        assert row
        return int(row[0])

    def test_a_column_with_a_default_is_restated_once(self, owner: psycopg.Connection) -> None:
        assert self.add(owner, "rural boolean not null default false") == 2
        assert findings() == set()
        assert owner.execute("select iops.restate('foundation_district', '{}')").fetchone() == (0,)
        owner.execute("update foundation_district set rural = true")
        assert findings() == set()

    def test_a_nullable_column_needs_no_restating(self, owner: psycopg.Connection) -> None:
        assert self.add(owner, "rural boolean") == 0
        assert findings() == set()

    def test_the_entry_says_which_columns_are_new(self, owner: psycopg.Connection) -> None:
        self.add(owner, "rural boolean not null default false")
        row = owner.execute("select op, reason, before from foundation_history order by id desc limit 1").fetchone()
        assert row == ("U", "columns added: rural", {"id": 2, "code": "B", "name": "b"})

    def test_a_row_changed_behind_the_systems_back_is_not_made_good(self, owner: psycopg.Connection) -> None:
        behind_its_back(owner, "foundation_district", "update foundation_district set name = 'forged' where code = 'A'")
        assert self.add(owner, "rural boolean not null default false") == 1
        assert {(where, row) for where, row, _ in findings()} == {("foundation_district", "1")}

    def test_a_fact_does_not_lose_a_column(self, owner: psycopg.Connection) -> None:
        owner.execute("alter table foundation_district drop column name cascade")
        with pytest.raises(psycopg.Error, match="are gone from foundation_district"):
            owner.execute("select iops.restate('foundation_district', '{}')")


class TestAsItStood:
    """Rows as they stood at a moment, for those who may see them now."""

    def moment(self, owner: psycopg.Connection) -> dt.datetime:
        row = owner.execute("select clock_timestamp()").fetchone()
        assert row
        moment: dt.datetime = row[0]
        return moment

    def test_a_row_is_told_as_it_stood_between_two_changes(self, force: Force, owner: psycopg.Connection) -> None:
        before_it = self.moment(owner)
        incident = force.incident(what="first words")
        stood: dict[dt.datetime, list[object]] = {before_it: [], self.moment(owner): ["first words"]}
        for words in ("second words", "third words"):
            incident.what = words
            incident.save(update_fields=["what"])
            stood[self.moment(owner)] = [words]
        with acting(user_id=force.one(Role.SERGEANT).id):
            for moment, expected in stood.items():
                assert [row["what"] for row in as_at("control_incident", [incident.id], moment)] == expected

    def test_rows_come_once_and_in_the_order_of_their_ids(self, force: Force, owner: psycopg.Connection) -> None:
        ids = [force.incident().id for _ in range(3)]
        asked = [*reversed(ids), *ids, 999]
        assert [row["id"] for row in as_at("control_incident", asked, self.moment(owner))] == ids

    def test_a_restricted_record_is_not_there_in_the_past_either(self, force: Force, owner: psycopg.Connection) -> None:
        sergeant, stranger = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
        incident = force.incident(what="an allegation against a colleague")
        then = self.moment(owner)
        control.restrict(incident.id, [sergeant.id], [], "A colleague is involved", sergeant)
        with acting(user_id=stranger.id):
            assert as_at("control_incident", [incident.id], then) == []
        with acting(user_id=sergeant.id):
            assert [row["id"] for row in as_at("control_incident", [incident.id], then)] == [incident.id]

    def test_the_application_reads_the_history_of_nothing_it_may_not_see(
        self, force: Force, owner: psycopg.Connection
    ) -> None:
        sergeant = force.one(Role.SERGEANT)
        incident = force.incident(what="an allegation against a colleague")
        control.grade(incident.id, 2, "", force.one(Role.RESPONSE))
        control.restrict(incident.id, [sergeant.id], [], "A colleague is involved", sergeant)
        dsn = psycopg.conninfo.make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database())
        ours = "select count(*) from foundation_history where table_name ~ '^(control|safeguarding|obligations)_'"
        with psycopg.connect(dsn) as raw:
            assert raw.execute(ours).fetchone() == (0,)
            raw.execute("select set_config('iops.user_id', %s, true)", [str(sergeant.id)])
            row = raw.execute(ours).fetchone()
            assert row is not None
            assert row[0] > 2

    def test_the_owner_reads_a_row_that_is_gone(self, owner: psycopg.Connection) -> None:
        owner.execute("insert into foundation_district (code, name) values ('N', 'North')")
        then = self.moment(owner)
        owner.execute("delete from foundation_district where code = 'N'")
        with as_the_owner():
            assert [row["name"] for row in as_at("foundation_district", [1], then)] == ["North"]
            assert as_at("foundation_district", [1], self.moment(owner)) == []

    @pytest.mark.parametrize("table", ["", "foundation_history", "control_incident; drop table x", "pg_authid"])
    def test_only_tables_of_facts_are_asked(self, table: str) -> None:
        with pytest.raises(InvalidError, match="no table of facts"):
            as_at(table, [1], dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    def test_a_moment_has_a_time_zone(self) -> None:
        with pytest.raises(InvalidError, match="time zone"):
            as_at("control_incident", [1], dt.datetime(2026, 1, 1))


def test_the_id_of_a_row_is_never_changed(force: Force, owner: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error, match="never changed"):
        owner.execute("update foundation_district set id = id + 1000")


def test_everything_agrees_after_ordinary_work(force: Force, owner: psycopg.Connection) -> None:
    incident = force.incident(domestic=True)
    control.grade(incident.id, 2, "", force.one(Role.RESPONSE))
    seal_all(owner)
    force.incident()
    assert findings() == set()
