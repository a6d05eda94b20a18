"""What is owed follows from the facts in the transaction that changes them, by whatever route they are changed."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import psycopg
import pytest

from iops.control import services as control
from iops.crime.services import decide_recording
from iops.foundation.errors import BlockedError, ConflictError, NotAllowedError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation, Withdrawn
from iops.obligations.services import waive
from iops.safeguarding import services as safeguarding
from tests.conftest import as_owner, worker_database
from tests.force import Force, owed

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


COPY = """insert into control_incident (day, number, contact_id, reported_at, "where", what, district_id,
    domestic, crime_reported, category, restricted, closing_note, made_up)
    select day, %(number)s, contact_id, reported_at, 'x', 'y', district_id, true, false, '', false, '', false
    from control_incident where id = %(id)s returning id"""
"""Another incident like one there is."""
CHILD = """with p as (insert into pole_person (name, described, own_right, restricted, hinted, made_up)
    values ('Child (made up)', false, false, false, false, true) returning id)
    insert into safeguarding_incidentchild (incident_id, person_id, linked_at, found_how, school_known, school, seen,
                                            seen_words, voice)
    select %(id)s, p.id, now(), 'unknown', 'unknown', '', 'unknown', '', '' from p"""
"""A child linked to an incident."""


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def raw() -> Iterator[psycopg.Connection]:
    """The application's role at a SQL prompt, outside Django."""
    dsn = psycopg.conninfo.make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database())
    with psycopg.connect(dsn, autocommit=True) as connection_:
        yield connection_


def agree() -> bool:
    """Whether the table holds exactly what the rules say."""
    run = check_conservation()
    return (run.missing, run.surplus) == (0, 0)


def test_a_new_incident_owes_a_grade(force: Force) -> None:
    assert owed(force.incident()) == {"grade-incident": "open"}


def test_a_grade_meets_one_duty_and_raises_those_of_the_grade(force: Force) -> None:
    incident = force.incident()
    control.grade(incident.id, 1, "", force.one(Role.CALL_HANDLER))
    assert owed(incident) == {"grade-incident": "met", "attend-grade-1": "open", "resource-grade-1": "open"}


def test_the_whole_life_of_a_domestic_incident_settles_every_duty(force: Force) -> None:
    response, sergeant = force.one(Role.RESPONSE), force.one(Role.SERGEANT)
    incident = force.incident(domestic=True, crime_reported=True)
    control.grade(incident.id, 1, "", response)
    child = safeguarding.link_child(incident.id, "Child (made up)", None, response)
    unit = control.assign_unit(incident.id, "n12", response)
    control.record_arrival(unit.id, response)
    assert owed(incident)["da-risk-assessment"] == "open"
    assessment = safeguarding.assess_risk(incident.id, {"fear": "yes"}, "medium", "She says so", response)
    assert owed(incident)["da-assessment-review"] == "open"
    safeguarding.review_assessment(assessment.id, True, "", sergeant)
    safeguarding.decide_on_child(child.id, "refer_routine", "", response)
    decide_recording(incident.id, "crime", "Victim confirms", response)
    force.record_victim(incident)
    unmet = {rule for rule, state in owed(incident).items() if state != "met"}
    # In the holidays other agencies are owed a word as well.
    assert unmet - {"encompass-holiday"} == {
        "child-referral-routine",
        "child-school-known",
        "da-secondary-medium",
        "encompass-notification",
        "vulnerability-decision",
    }
    control.close(incident.id, "Dealt with", response)
    assert agree()


def test_closing_is_refused_with_a_list_of_what_is_owed_and_nothing_is_changed(force: Force) -> None:
    response = force.one(Role.RESPONSE)
    incident = force.incident(domestic=True)
    with pytest.raises(BlockedError) as refused:
        control.close(incident.id, "Done", response)
    still_owed = {row["rule"] for row in refused.value.details["obligations"]}  # type: ignore[attr-defined]
    assert still_owed == {"crime-recording-decision", "da-record", "da-risk-assessment-unattended"}
    incident.refresh_from_db()
    assert incident.closed_at is None


def test_a_fact_taken_back_withdraws_the_duty_and_keeps_a_record_of_it(force: Force) -> None:
    sergeant = force.one(Role.SERGEANT)
    incident = force.incident(domestic=True)
    control.mark_domestic(incident.id, False, "Two strangers, not partners", sergeant)
    assert "crime-recording-decision" not in owed(incident)
    gone = Withdrawn.objects.get(record_id=incident.id, rule="crime-recording-decision")
    assert (gone.rule, gone.reason, gone.actor_id) == (
        "crime-recording-decision",
        "Two strangers, not partners",
        sergeant.id,
    )
    assert agree()


def test_grading_again_at_the_same_grade_does_not_start_the_clock_anew(force: Force) -> None:
    handler = force.one(Role.CALL_HANDLER)
    incident = force.incident()
    first = control.grade(incident.id, 1, "", handler)
    control.grade(incident.id, 1, "", handler)
    assert Obligation.objects.get(record_id=incident.id, rule="attend-grade-1").arose_at == first.at


def test_a_sergeant_waives_what_a_sergeant_may_and_closing_is_free(force: Force) -> None:
    incident = force.incident(crime_reported=True)
    waive(
        subject="incident",
        subject_id=incident.id,
        rule="crime-recording-decision",
        reason="Recorded by another force, reference held",
        by=force.one(Role.REGISTRAR),
    )
    assert owed(incident)["crime-recording-decision"] == "waived"
    control.close(incident.id, "Transferred", force.one(Role.RESPONSE))


def test_who_lacks_the_rank_cannot_waive(force: Force) -> None:
    incident = force.incident(crime_reported=True)
    with pytest.raises(NotAllowedError, match="registrar"):
        waive(
            subject="incident",
            subject_id=incident.id,
            rule="crime-recording-decision",
            reason="I would rather not do it",
            by=force.one(Role.RESPONSE),
        )


def test_an_obligation_is_waived_once(force: Force) -> None:
    incident, registrar = force.incident(crime_reported=True), force.one(Role.REGISTRAR)
    arguments = {
        "subject": "incident",
        "subject_id": incident.id,
        "rule": "crime-recording-decision",
        "reason": "Recorded by another force",
        "by": registrar,
    }
    waive(**arguments)  # type: ignore[arg-type]
    with pytest.raises(ConflictError):
        waive(**arguments)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
class TestAtASqlPrompt:
    """Writing straight to the tables, as the application's role."""

    def test_a_row_written_by_hand_raises_its_obligations(self, force: Force, raw: psycopg.Connection) -> None:
        incident = force.incident()
        raw.execute(
            "insert into control_grading (incident_id, grade, at, rationale) values (%s, 2, now(), '')", [incident.id]
        )
        assert owed(incident)["attend-grade-2"] == "open"
        assert agree()

    def test_closing_by_hand_is_refused(self, force: Force, raw: psycopg.Connection) -> None:
        incident = force.incident(domestic=True)
        with pytest.raises(psycopg.Error, match="cannot close yet"):
            raw.execute("update control_incident set closed_at = now() where id = %s", [incident.id])
        incident.refresh_from_db()
        assert incident.closed_at is None

    def test_an_incident_inserted_as_closed_is_refused_too(self, force: Force, raw: psycopg.Connection) -> None:
        incident = force.incident()
        with pytest.raises(psycopg.Error, match="cannot close yet"):
            raw.execute(
                """insert into control_incident (day, number, contact_id, reported_at, "where", what, district_id,
                domestic, crime_reported, category, restricted, closed_at, closing_note, made_up)
                select day, 9999, contact_id, reported_at, 'x', 'y', district_id,
                       true, false, '', false, now(), '', false
                from control_incident where id = %s""",
                [incident.id],
            )

    def test_what_is_opened_settled_added_to_and_changed_in_one_transaction_owes_what_the_facts_say(
        self, force: Force, raw: psycopg.Connection
    ) -> None:
        """The first settlement of what was just opened looks for less; no later one in the same transaction may."""
        old = force.incident(domestic=True)
        with raw.transaction():
            new = raw.execute(COPY, {"id": old.id, "number": 7001}).fetchone()
            assert new
            raw.execute(CHILD, {"id": new[0]})
            raw.execute("select iops.settle_now()")
            raw.execute("update control_incident set district_id = (select max(id) from foundation_district)")
            raw.execute(CHILD, {"id": new[0]})
            raw.execute("update control_incident set crime_reported = true where id = %s", [new[0]])
        assert Obligation.objects.filter(record_id=new[0], subject="incident_child").count() > 1
        assert agree()

    @pytest.mark.parametrize("together", [True, False])
    def test_a_new_incident_beside_an_old_one_that_was_changed_leaves_nothing_of_the_old_standing(
        self, force: Force, raw: psycopg.Connection, together: bool
    ) -> None:
        old = force.incident(crime_reported=True)
        with raw.transaction():
            raw.execute(COPY, {"id": old.id, "number": 7002})
            if not together:
                raw.execute("select iops.settle_now()")
            raw.execute("update control_incident set crime_reported = false where id = %s", [old.id])
        assert owed(old).get("crime-recording-decision") is None
        assert agree()

    def test_a_child_that_is_written_before_its_incident_is_refused(
        self, force: Force, raw: psycopg.Connection
    ) -> None:
        old = force.incident(domestic=True)
        with pytest.raises(psycopg.Error, match="row-level security"):
            raw.execute(CHILD, {"id": old.id + 1000})

    @pytest.mark.parametrize(
        "statement",
        [
            "delete from control_incident",
            "truncate control_incident cascade",
            "insert into obligations_obligation select * from obligations_obligation",
            "update obligations_obligation set met_at = now()",
            "delete from obligations_obligation",
            "delete from obligations_noted",
            "update obligations_rule set blocks = '{}'",
            "delete from obligations_withdrawn",
            "update control_grading set grade = 5",
            "alter table control_incident disable trigger all",
            "drop trigger obligations_note_insert on control_incident",
            "set session_replication_role = replica",
        ],
    )
    def test_the_application_cannot_go_round_the_engine(
        self, force: Force, raw: psycopg.Connection, statement: str
    ) -> None:
        force.incident()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute(statement)

    def test_a_fixed_snapshot_is_refused(self, force: Force, raw: psycopg.Connection) -> None:
        incident = force.incident()
        raw.execute("set default_transaction_isolation = 'repeatable read'")
        with pytest.raises(psycopg.Error, match="read committed"):
            raw.execute(
                "insert into control_grading (incident_id, grade, at, rationale) values (%s, 2, now(), '')",
                [incident.id],
            )

    def test_two_transactions_on_one_incident_settle_one_after_the_other(self, force: Force) -> None:
        incidents = [force.incident(domestic=True) for _ in range(25)]
        dsn = psycopg.conninfo.make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database())
        together = threading.Barrier(2)

        def write(statement: str) -> None:
            with psycopg.connect(dsn) as session:
                for incident in incidents:
                    session.execute(statement, [incident.id])
                    together.wait(timeout=10)
                    session.commit()

        arrive = """insert into control_deployment (incident_id, unit, assigned_at, arrived_at)
            values (%s, 'N1', now(), now())"""
        grade = "insert into control_grading (incident_id, grade, at, rationale) values (%s, 1, now(), '')"
        threads = [threading.Thread(target=write, args=[statement]) for statement in (arrive, grade)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        # Whoever commits last must have seen the other: attendance meets the duty that the grade raises.
        assert {owed(incident)["attend-grade-1"] for incident in incidents} == {"met"}
        assert agree()

    def test_the_conservation_check_names_what_is_missing_and_what_is_too_much(self, force: Force) -> None:
        incident = force.incident(domestic=True)
        with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
            owner.execute("delete from obligations_obligation where rule = 'grade-incident'")
            owner.execute("update obligations_obligation set due_at = now()")
        run = check_conservation()
        assert (run.missing, run.surplus) == (4, 3)
        assert {(row["kind"], row["rule"], row["subject_id"]) for row in run.examples} == {
            ("missing", "grade-incident", incident.id),
            ("missing", "crime-recording-decision", incident.id),
            ("surplus", "crime-recording-decision", incident.id),
            ("missing", "da-record", incident.id),
            ("surplus", "da-record", incident.id),
            ("missing", "da-risk-assessment-unattended", incident.id),
            ("surplus", "da-risk-assessment-unattended", incident.id),
        }
