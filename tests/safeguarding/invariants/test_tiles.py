"""Every invariant of safeguarding has a tile that shows a breach, were there one."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.test import Client

from iops.control import services as control
from iops.foundation.errors import IopsError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.services import waive
from iops.safeguarding import services as safeguarding
from iops.safeguarding.invariants import selectors
from iops.safeguarding.invariants.settings import CODES, FILE, HELD, invariants, read_invariants
from tests.conftest import as_owner, worker_database
from tests.force import Force
from tests.foundation.ledgers import behind_its_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.control.models import Incident

SQL = Path("src/iops/safeguarding/sql/62_invariants.sql")


@pytest.fixture
def force(transactional_db: None) -> Force:
    return Force()


@pytest.fixture
def owner(transactional_db: None) -> Iterator[psycopg.Connection]:
    """The database's owner, who could do what the application cannot."""
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as connection:
        yield connection


def broken(force: Force, role: Role = Role.SAFEGUARDING) -> dict[str, int]:
    """Every invariant that is broken, and by how many records. (The queues of a new force all fill: not asked here.)"""
    shown = selectors.tiles(force.one(role))
    return {t.invariant.code: t.broken for t in shown if t.broken and t.invariant.counted}


def domestic(force: Force) -> Incident:
    return force.incident(domestic=True, reported_at=None)


def close(owner: psycopg.Connection, incident: Incident) -> None:
    """Closed past everything that holds it back."""
    statement = "update control_incident set closed_at = now() where id = %s"
    behind_its_back(owner, "control_incident", statement, incident.id)


def test_all_thirty_six_are_there_with_their_words() -> None:
    assert tuple(invariants()) == CODES
    assert len(CODES) == 36
    assert all(each.title and each.tells and each.held in HELD for each in invariants().values())


def test_each_that_is_counted_is_looked_for_and_no_other() -> None:
    looked_for = set(re.findall(r"'(I\d\d)'", SQL.read_text(encoding="utf-8")))
    assert looked_for == {each.code for each in invariants().values() if each.counted}


@pytest.mark.parametrize(
    ("was", "becomes", "wrong"),
    [
        ("[da-record]", "[no-such-rule]", "is no duty"),
        ("counted: true", "counted: often", "true or false"),
        ("held: verb", "held: luck", "luck"),
        ("  I36:", "  I37:", "I37"),
        ("kind: invariants", "kind: wishes", "wishes"),
    ],
)
def test_a_file_that_is_wrong_is_refused(tmp_path: Path, was: str, becomes: str, wrong: str) -> None:
    from iops.control.configuration import open_node

    changed = tmp_path / "invariants.yaml"
    changed.write_text(FILE.read_text(encoding="utf-8").replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(IopsError, match=wrong):
        read_invariants(open_node(changed))


def test_nothing_is_broken_in_a_force_that_works_as_it_should(force: Force) -> None:
    incident = domestic(force)
    safeguarding.assess_risk(incident.id, {}, "medium", "Fear", force.one(Role.RESPONSE))
    safeguarding.link_child(incident.id, "Child (made up)", None, force.one(Role.RESPONSE))
    force.record_victim(incident)
    assert broken(force) == {"I36": 1}
    owed = {t.invariant.code: t.duties.open for t in selectors.tiles(force.one(Role.SAFEGUARDING))}
    assert (owed["I01"], owed["I05"], owed["I09"]) == (0, 2, 1)


def test_what_was_closed_past_the_verbs_shows_on_three_tiles(force: Force, owner: psycopg.Connection) -> None:
    incident = domestic(force)
    close(owner, incident)
    assert broken(force) == {"I01": 1, "I02": 1, "I09": 1}


def test_what_was_waived_with_a_reason_breaks_nothing(force: Force, owner: psycopg.Connection) -> None:
    incident = domestic(force)
    for rule, role in (
        ("da-record", Role.INSPECTOR),
        ("da-risk-assessment-unattended", Role.INSPECTOR),
        ("crime-recording-decision", Role.REGISTRAR),
    ):
        told = {"subject": "incident", "subject_id": incident.id, "rule": rule, "reason": "Another force has it all"}
        waive(**told, by=force.one(role))  # type: ignore[arg-type]
    control.close(incident.id, "Passed on", force.one(Role.RESPONSE))
    assert broken(force) == {}


@pytest.mark.parametrize(
    ("code", "table", "statement"),
    [
        ("I03", "control_incident", "update control_incident set domestic = false"),
        ("I04", "safeguarding_rankeditem", "update safeguarding_rankeditem set floors = '[]'"),
        ("I08", "control_incident", "update control_incident set reported_at = reported_at - interval '25 hours'"),
        ("I13", "safeguarding_rankeditem", "delete from safeguarding_rankeditem"),
        ("I19", "safeguarding_riskassessment", "update safeguarding_riskassessment set ticks = 15, judgement = ''"),
        (
            "I18",
            "safeguarding_riskgrading",
            """insert into safeguarding_riskgrading (assessment_id, graded_as, grade, rationale, at, by_id)
            select a.id, 'supervisor', 'standard', 'x', now(), a.by_id from safeguarding_riskassessment a""",
        ),
        (
            "I14",
            "safeguarding_rankingwait",
            """insert into safeguarding_rankingwait (incident_id, at)
            select id, now() - interval '2 minutes' from control_incident""",
        ),
        ("I12", "obligations_rule", "update obligations_rule set owner = '' where code = 'grade-incident'"),
    ],
)
def test_a_breach_that_somebody_planted_is_shown(
    force: Force, owner: psycopg.Connection, code: str, table: str, statement: str
) -> None:
    incident = domestic(force)
    safeguarding.assess_risk(incident.id, {}, "medium", "Fear", force.one(Role.RESPONSE))
    assert code not in broken(force)
    constraints = owner.execute(
        "select conname from pg_constraint where conrelid = %s::regclass and contype = 'c'", [table]
    ).fetchall()
    for (name,) in constraints:
        owner.execute(f'alter table {table} drop constraint "{name}"')
    behind_its_back(owner, table, statement)
    assert broken(force)[code] == 1
    _, page = selectors.breaches(code, 1, force.one(Role.SAFEGUARDING))
    assert [(row.kind, row.record_id) for row in page.rows] == [("incident", incident.id)]


def test_a_table_that_the_application_could_delete_from_is_shown(force: Force, owner: psycopg.Connection) -> None:
    assert "I11" not in broken(force)
    role = psycopg.conninfo.conninfo_to_dict(os.environ["IOPS_APP_DSN"])["user"]
    owner.execute(f"grant delete on control_incident to {role}")
    try:
        assert broken(force)["I11"] == 1
    finally:
        owner.execute(f"revoke delete on control_incident from {role}")


def test_a_difference_that_the_conservation_check_found_is_shown(force: Force, owner: psycopg.Connection) -> None:
    domestic(force)
    behind_its_back(owner, "obligations_obligation", "delete from obligations_obligation where rule = 'da-record'")
    check_conservation()
    assert broken(force) == {"I10": 1}
    _, page = selectors.breaches("I10", 1, force.one(Role.SAFEGUARDING))
    assert [row.kind for row in page.rows] == ["conservation"]


def test_who_may_not_see_a_record_counts_it_and_does_not_read_it(force: Force, owner: psycopg.Connection) -> None:
    incident, sergeant = domestic(force), force.one(Role.SERGEANT)
    control.restrict(incident.id, [sergeant.id], [], "An officer is a party", sergeant)
    close(owner, incident)
    assert broken(force)["I01"] == 1
    _, page = selectors.breaches("I01", 1, force.one(Role.SAFEGUARDING))
    assert (page.rows, page.total) == ((), 0)
    _, page = selectors.breaches("I01", 1, sergeant)
    assert page.total == 1


def test_who_has_no_part_in_safeguarding_sees_the_numbers_alone(force: Force) -> None:
    assert len(selectors.tiles(force.one(Role.CALL_HANDLER))) == 36
    with pytest.raises(NotAllowedError):
        selectors.breaches("I01", 1, force.one(Role.CALL_HANDLER))
    with pytest.raises(NotFoundError):
        selectors.breaches("I99", 1, force.one(Role.SAFEGUARDING))


def test_the_pages_show_every_tile_and_the_records_behind_one(force: Force, owner: psycopg.Connection) -> None:
    incident = domestic(force)
    close(owner, incident)
    browser = Client()
    browser.force_login(force.one(Role.SAFEGUARDING))
    part = browser.get("/assurance/invariants/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert re.findall(r"(I\d\d) ", part)[:36] == sorted(re.findall(r"<h3[^>]*>(I\d\d) ", part))
    assert "<html" in browser.get("/assurance/invariants/").content.decode()
    assert 'hx-get="/assurance/invariants/"' in browser.get("/assurance/").content.decode()
    assert incident.reference in browser.get("/assurance/invariants/I01/").content.decode()
    assert browser.get("/assurance/invariants/I99/").status_code == 404


def test_what_nothing_holds_yet_does_not_look_as_if_it_held(force: Force) -> None:
    browser = Client()
    browser.force_login(force.one(Role.SAFEGUARDING))
    tiles = browser.get("/assurance/invariants/").content.decode().split("<li class=")[1:]
    later = [tile for tile in tiles if "Not held yet" in tile]
    assert len(later) == sum(each.held == "later" for each in invariants().values())
    assert all(tile.startswith('"iops-check iops-check--open"') for tile in later)
