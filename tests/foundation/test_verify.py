"""Somebody with the owner's password changes things. `iops verify` finds each of them and names it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from iops.control import services as control
from iops.foundation import verify
from iops.foundation.errors import InvalidError
from iops.foundation.roles import Role
from iops.foundation.seal import exported, read_exported
from tests.foundation.ledgers import as_the_owner, behind_its_back, findings, seal, seal_all

if TYPE_CHECKING:
    import psycopg

    from tests.force import Force

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("sealing")]


def test_a_changed_row_is_named(force: Force, owner: psycopg.Connection) -> None:
    incident = force.incident()
    behind_its_back(
        owner, "control_incident", "update control_incident set what = 'nothing' where id = %s", incident.id
    )
    assert findings() == {("control_incident", str(incident.id), "the row was changed behind the system's back")}


def test_an_inserted_row_is_named(force: Force, owner: psycopg.Connection) -> None:
    behind_its_back(
        owner, "foundation_district", "insert into foundation_district (id, code, name) values (77, 'X', 'X')"
    )
    assert findings() == {("foundation_district", "77", "the row was inserted behind the system's back")}


def test_a_deleted_incident_is_named_and_leaves_a_gap_in_the_numbers(force: Force, owner: psycopg.Connection) -> None:
    incident = force.incident()
    last = force.incident()
    owner.execute("alter table obligations_obligation disable trigger user")
    behind_its_back(owner, "control_incident", "delete from control_incident where id = %s", incident.id)
    found = findings()
    assert ("control_incident", str(incident.id), "the row was deleted behind the system's back") in found
    assert (
        "control_incident",
        f"{last.day:%d %B %Y}",
        "2 numbers were given out and 1 rows bear one: 1 missing",
    ) in found


def test_an_edited_entry_is_found_under_its_seal(force: Force, owner: psycopg.Connection) -> None:
    incident = force.incident()
    seal_all(owner)
    behind_its_back(
        owner,
        "foundation_history",
        "update foundation_history set actor_id = 999 where table_name = 'control_incident' and row_id = %s",
        incident.id,
    )
    assert ("seal", "an entry under it was changed") in {(kind, why) for kind, _, why in findings()}


def test_a_removed_entry_is_found_under_its_seal(force: Force, owner: psycopg.Connection) -> None:
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
    assert ("seal", "entries under it are missing or were added") in {(kind, why) for kind, _, why in found}
    assert ("control_incident", str(incident.id), "the row was changed behind the system's back") in found


def test_an_entry_rewritten_before_it_is_sealed_no_longer_follows(force: Force, owner: psycopg.Connection) -> None:
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


def test_a_forged_seal_breaks_the_chain(force: Force, owner: psycopg.Connection) -> None:
    for _ in range(2):
        force.incident()
        seal_all(owner)
    behind_its_back(owner, "foundation_seal", "update foundation_seal set root = sha256('x') where id = 1")
    found = findings()
    assert ("seal", "1", "the seal itself, or one before it, was changed or removed") in found


def test_a_removed_seal_breaks_the_chain(force: Force, owner: psycopg.Connection) -> None:
    for _ in range(2):
        force.incident()
        seal_all(owner)
    behind_its_back(owner, "foundation_seal", "delete from foundation_seal where id = 1")
    assert ("seal", "2", "the seal itself, or one before it, was changed or removed") in findings()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("domestic = not domestic", "domestic is true, was false"),
        ("closed_at = reported_at + interval '1 hour'", "closed_at is * was nothing"),
        ("category = 'nothing to see'", "category is nothing to see, was nothing"),
        ("what = 'nothing to see'", "what is nothing to see, was Shouting heard"),
        ("number = 8", "number is 8, was 1"),
    ],
)
def test_a_changed_value_is_told_where_it_can_be(
    change: str, says: str, force: Force, owner: psycopg.Connection
) -> None:
    incident = force.incident()
    for words in ("other words", "Shouting heard"):
        incident.what = words
        incident.save(update_fields=["what"])
    behind_its_back(owner, "control_incident", f"update control_incident set {change} where id = %s", incident.id)
    told = [what for where, row, what in findings() if where == "control_incident" and row == str(incident.id)]
    assert len(told) == 1
    assert all(part in told[0] for part in says.split("*"))


def test_a_fact_moved_to_another_incident_is_named(force: Force, owner: psycopg.Connection) -> None:
    first, second = force.incident(), force.incident()
    control.grade(first.id, 1, "", force.one(Role.RESPONSE))
    behind_its_back(owner, "control_grading", "update control_grading set incident_id = %s", second.id)
    assert [(where, what[:46]) for where, _, what in findings()] == [
        ("control_grading", "the row was changed behind the system's back: ")
    ]


def test_an_entry_forged_into_a_gap_of_the_ids_is_under_no_seal(force: Force, owner: psycopg.Connection) -> None:
    owner.execute("begin; insert into foundation_district (code, name) values ('gone', 'x'); rollback")
    incident = force.incident()
    seal_all(owner)
    owner.execute(
        "insert into foundation_history (id, at, tx, table_name, row_id, op, db_user, before, row_hash)"
        " select l.id, h.at, h.tx, h.table_name, h.row_id, 'U', h.db_user, '{}', h.row_hash"
        " from foundation_history h, (select generate_series(1, 99) except select id from foundation_history"
        " order by 1 limit 1) l(id) where h.table_name = 'control_incident' and h.row_id = %s",
        [incident.id],
    )
    assert any("is under no seal" in what and where == "control_incident" for where, _, what in findings())


def test_the_last_seal_is_missed_too(force: Force, owner: psycopg.Connection) -> None:
    force.incident()
    seal_all(owner)
    behind_its_back(owner, "foundation_seal", "delete from foundation_seal")
    unsealed = [what for _, _, what in findings() if "under no seal" in what]
    row = owner.execute("select count(*) from foundation_history").fetchone()
    assert row == (len(unsealed),)


def test_many_entries_without_a_seal_are_counted_and_not_all_listed(owner: psycopg.Connection) -> None:
    owner.execute("insert into foundation_district (code, name) select n, 'x' from generate_series(1, 500) n")
    seal_all(owner)
    behind_its_back(owner, "foundation_seal", "delete from foundation_seal")
    found = findings()
    assert ("seal", "", "500 entries in all are under no seal, though those about them are") in found
    assert len(found) == verify.MOST_NAMED + 1


def test_an_entry_under_two_seals_is_named(force: Force, owner: psycopg.Connection) -> None:
    force.incident()
    seal_all(owner)
    owner.execute("update foundation_seal_head set low = 0, above = '{}', next_low = 0")
    seal(owner)
    assert ("seal", "2", "an entry under it is under another seal too") in findings()


class TestExportedSeals:
    """A forger who rewrites rows, history and every seal is still found by seals that were handed out before."""

    @pytest.fixture
    def handed_out(self, force: Force, owner: psycopg.Connection) -> list[str]:
        force.incident()
        seal_all(owner)
        with as_the_owner():
            return list(exported())

    def rewrite(self, owner: psycopg.Connection) -> None:
        behind_its_back(owner, "foundation_history", "update foundation_history set actor_id = 999")
        behind_its_back(owner, "foundation_seal", "delete from foundation_seal")
        owner.execute("alter sequence foundation_seal_id_seq restart")
        owner.execute("update foundation_seal_head set low = 0, above = '{}', next_low = 0")
        seal_all(owner)

    def test_they_agree_with_an_honest_database(self, handed_out: list[str], force: Force) -> None:
        force.incident()
        assert findings(handed_out=read_exported(handed_out)) == set()

    def test_a_rewritten_history_is_found_by_them_alone(self, handed_out: list[str], owner: psycopg.Connection) -> None:
        self.rewrite(owner)
        assert findings() == set()
        assert ("seal", "1", "is not the one that was handed out") in findings(handed_out=read_exported(handed_out))

    def test_a_seal_that_is_gone_is_missed(self, handed_out: list[str], owner: psycopg.Connection) -> None:
        behind_its_back(owner, "foundation_seal", "delete from foundation_seal")
        assert ("seal", "1", "was handed out and is no longer there") in findings(handed_out=read_exported(handed_out))

    @pytest.mark.parametrize(
        "line", ["{}", "[]", "no json", '{"seal": 1}', "[" * 100_000, '{"seal": "1", "at": 2}', "\x00"]
    )
    def test_a_line_that_is_no_seal_is_refused_with_its_number(self, handed_out: list[str], line: str) -> None:
        with pytest.raises(InvalidError, match=f"Line {len(handed_out) + 1} of the exported seals is no seal"):
            read_exported([*handed_out, line])

    def test_a_line_with_something_more_is_refused(self, handed_out: list[str]) -> None:
        with pytest.raises(InvalidError, match="unknown field"):
            read_exported([handed_out[0].replace("{", '{"more": 1, ', 1)])


class TestWhatIsAsked:
    """Some tables, or what was written since a moment."""

    @pytest.mark.parametrize("table", ["", "no_such_table", "foundation_history", "control_incident; --"])
    def test_a_table_without_facts_is_refused_and_not_passed_over(self, table: str) -> None:
        with pytest.raises(InvalidError, match="no table of facts"):
            verify.verify([table])

    def test_other_tables_are_left_out(self, force: Force, owner: psycopg.Connection) -> None:
        force.incident()
        behind_its_back(owner, "foundation_district", "update foundation_district set name = 'x'")
        assert findings(tables=["control_incident"]) == set()
        assert len(findings(tables=["foundation_district", "foundation_district"])) == 1

    def test_rows_last_written_before_are_left_out(self, force: Force, owner: psycopg.Connection) -> None:
        force.incident()
        behind_its_back(owner, "foundation_district", "update foundation_district set name = 'x'")
        now = dt.datetime.now(dt.UTC)
        assert len(findings(since=now - dt.timedelta(hours=1))) == 1
        assert findings(since=now + dt.timedelta(hours=1)) == set()

    def test_a_row_without_history_is_always_found(self, owner: psycopg.Connection) -> None:
        behind_its_back(owner, "foundation_district", "insert into foundation_district (code, name) values ('X', 'X')")
        assert len(findings(since=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))) == 1

    def test_each_step_is_told(self, owner: psycopg.Connection) -> None:
        told: list[str] = []
        findings(step=told.append)
        assert (told[0], told[-1], len(told)) == ("seals", "numbers", verify.steps())

    def test_work_going_on_meanwhile_is_no_finding(self, force: Force, owner: psycopg.Connection) -> None:
        force.incident()
        made = iter(range(1000))
        assert findings(step=lambda _: self._write(owner, next(made))) == set()

    @staticmethod
    def _write(owner: psycopg.Connection, number: int) -> None:
        owner.execute("insert into foundation_district (code, name) values (%s, 'x')", [str(number)])
        owner.execute("update foundation_district set name = left(name, 5) || clock_timestamp()::text")
