"""A random share of outcomes is audited again: drawn by the database, answered by somebody without a part in it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from iops.control import configuration
from iops.crime.models import Crime, OutcomeAudit, OutcomeDraw
from iops.crime.outcomes import services
from iops.crime.outcomes.selectors import ground_of
from iops.crime.outcomes.shares import read_shares, shares
from iops.crime.recorded import deciding, life
from iops.crime.recorded.finding import ending_of
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from iops.obligations.services import writing
from tests.crime.outcomes.scene import ended, grounded
from tests.crime.recorded.scene import recorded
from tests.force import Force

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "kind: outcome-audits\nin_force:\n"
database = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


def drawn_crime(force: Force) -> Crime:
    """A crime ended in outcome 16 that the draw chose; some crime is, sooner or later."""
    sergeant = force.one(Role.SERGEANT)
    for _ in range(60):
        crime = recorded(force)
        ended(grounded(crime, sergeant), sergeant)
        if OutcomeDraw.objects.get(crime=crime).sampled:
            return crime
    pytest.fail("none of 60 crimes was drawn with a share of 250 in 1000")


@database
def test_every_outcome_is_drawn_with_the_share_of_its_code(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    ended(grounded(crime, sergeant), sergeant)
    drawn = OutcomeDraw.objects.get(crime=crime)
    assert (drawn.share, drawn.sampled) == (250, drawn.draw < 250)


@database
def test_the_same_crime_gets_the_same_number_however_often_it_is_ended(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    ended(grounded(crime, sergeant), sergeant)
    deciding.reopen(crime.id, "x", sergeant)
    ended(crime, sergeant)
    first, second = OutcomeDraw.objects.filter(crime=crime)
    assert first.draw == second.draw


@database
def test_nobody_reads_the_key_or_writes_a_draw_of_their_own(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    outcome = ended(grounded(crime, sergeant), sergeant)
    for sql in (
        "select key from control_drawkey",
        f"update crime_outcomedraw set sampled = false where crime_id = {crime.id}",
        f"delete from crime_outcomedraw where crime_id = {crime.id}",
        f"insert into crime_outcomedraw (outcome_id, crime_id, at) values ({outcome.id}, {crime.id}, now())",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@database
def test_a_drawn_outcome_owes_a_re_audit_that_an_answer_meets(force: Force) -> None:
    crime = drawn_crime(force)
    duty = Obligation.objects.get(rule_id="outcome-reaudit", record_kind="crime", record_id=crime.id)
    assert duty.met_at is None
    assert ground_of(crime, force.one(Role.SERGEANT)).awaits_audit
    services.audit_outcome(crime.id, "upheld", "Her words say so", force.another(Role.SERGEANT))
    duty.refresh_from_db()
    assert duty.met_at is not None
    assert ending_of(crime) is not None
    assert check_conservation().examples == []
    with pytest.raises(ConflictError, match="has been audited"):
        services.audit_outcome(crime.id, "upheld", "Again", force.another(Role.SERGEANT))


@database
def test_what_is_not_upheld_is_opened_again_with_the_reason(force: Force) -> None:
    crime = drawn_crime(force)
    services.audit_outcome(crime.id, "not_upheld", "The neighbour saw it", force.another(Role.INSPECTOR))
    assert ending_of(crime) is None
    assert "The neighbour saw it" in crime.reopenings.get().reason
    assert check_conservation().examples == []
    with pytest.raises(ConflictError, match="No outcome"):
        services.audit_outcome(crime.id, "upheld", "x", force.another(Role.INSPECTOR))


@database
def test_opening_a_crime_again_takes_the_duty_away(force: Force) -> None:
    crime = drawn_crime(force)
    deciding.reopen(crime.id, "A witness came", force.one(Role.SERGEANT))
    assert not Obligation.objects.filter(rule_id="outcome-reaudit", record_id=crime.id).exists()


@database
def test_nobody_audits_what_they_had_a_part_in(force: Force) -> None:
    crime, other = recorded(force), force.another(Role.SERGEANT)
    sergeant = force.one(Role.SERGEANT)
    life.allocate(crime.id, sergeant, "x", user_id=other.id)
    ended(grounded(crime, sergeant), sergeant)
    drawn = OutcomeDraw.objects.get(crime=crime)
    for by in (sergeant, other, force.one(Role.DETECTIVE)):
        with pytest.raises(NotAllowedError):
            services.audit_outcome(crime.id, "upheld", "x", by)
        with pytest.raises(NotAllowedError), writing(by):
            OutcomeAudit.objects.create(drawn=drawn, crime=crime, verdict="upheld", reason="x", at=clock.now(), by=by)
    with pytest.raises(InvalidError):
        services.audit_outcome(crime.id, "perhaps", "x", force.another(Role.SERGEANT))
    with pytest.raises(InvalidError):
        services.audit_outcome(crime.id, "upheld", " ", force.another(Role.SERGEANT))
    with pytest.raises(ConflictError):
        services.audit_outcome(recorded(force).id, "upheld", "x", force.another(Role.SERGEANT))


@database
def test_the_database_takes_the_share_of_the_edition_in_force() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select iops.outcome_audit_share(c, d) from (values ('16', date '2026-01-01'), ('1A', '2026-01-01'),"
            " ('14', '2026-01-01'), ('16', '1999-12-31')) v(c, d)"
        )
        assert [row[0] for row in cursor.fetchall()] == [250, 20, 200, 0]


def read(tmp_path: Path, words: str) -> object:
    path = tmp_path / "outcome_audits.yaml"
    path.write_text(words, encoding="utf-8")
    return read_shares(configuration.open_node(path))


def test_the_shares_that_come_with_the_system_are_read() -> None:
    (first,) = shares()
    assert first.since == dt.date(2000, 1, 1)
    assert first.per_thousand["16"] == 250


@pytest.mark.parametrize(
    "words",
    ["kind: other\nin_force: []\n", HEAD.rstrip() + " []\n", HEAD + "  - {from: 2000-01-01, per_thousand: {}}\n",
     HEAD + "  - {from: 2000-01-01, per_thousand: {other: 1001}}\n",
     HEAD + "  - {from: 2000-01-01, per_thousand: {other: -1}}\n",
     HEAD + '  - {from: 2000-01-01, per_thousand: {"99": 1, other: 1}}\n',
     HEAD + "  - {from: 2000-01-01, per_thousand: {other: 1}}\n  - {from: 2000-01-01, per_thousand: {other: 1}}\n"],
)  # fmt: skip
def test_a_file_of_shares_that_is_wrong_is_refused(tmp_path: Path, words: str) -> None:
    with pytest.raises(IopsError):
        read(tmp_path, words)
