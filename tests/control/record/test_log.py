"""The log: append-only, two times, corrections that hide nothing, and a line of the system for every step."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from iops.control import services as control
from iops.control.dispatch import services as dispatch
from iops.control.grading.services import assess, decide_proposal, grade_or_propose
from iops.control.models import Deployment, Incident, LineKind, LogEntry
from iops.control.record import lines, log
from iops.control.record.log import Kinds, LogView, Order
from iops.foundation import clock
from iops.foundation.errors import InvalidError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.services import settle_now
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from tests.force import Force

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def said(incident: Incident, kind: str = "system") -> list[str]:
    return list(incident.log.filter(kind=kind).order_by("id").values_list("text", flat=True))


# --- lines that people type ------------------------------------------------------------------------------------------


def test_a_line_has_the_time_of_the_event_and_the_time_of_the_record(force: Force) -> None:
    handler, now = force.one(Role.CALL_HANDLER), clock.now()
    line = control.add_log_entry(force.incident().id, "He left at nine", handler, at=now - HOUR)
    line.refresh_from_db()
    assert (line.at, line.recorded_at, line.kind, line.author) == (now - HOUR, now, LineKind.TYPED, handler)


def test_the_database_says_when_a_line_was_recorded_whatever_is_written(force: Force) -> None:
    line = LogEntry.objects.create(
        incident=force.incident(), at=clock.now(), text="x", recorded_at=clock.now() - 9 * HOUR
    )
    line.refresh_from_db()
    assert line.recorded_at == clock.now()


def test_an_event_to_come_is_refused_by_the_service_and_by_the_database(force: Force) -> None:
    incident, ahead = force.incident(), clock.now() + HOUR
    with pytest.raises(InvalidError, match="lies ahead"):
        control.add_log_entry(incident.id, "x", force.one(Role.CALL_HANDLER), at=ahead)
    with pytest.raises(DatabaseError, match="lies ahead"), transaction.atomic():
        LogEntry.objects.create(incident=incident, at=ahead, text="x")


@pytest.mark.parametrize("text", ["", "   \n", "a\x00b", "x" * 20_001])
def test_what_is_no_line_is_refused(force: Force, text: str) -> None:
    incident = force.incident()
    with pytest.raises(InvalidError):
        control.add_log_entry(incident.id, text, force.one(Role.CALL_HANDLER))
    assert said(incident, "typed") == []


@pytest.mark.parametrize("text", ["'; drop table x; --", "<script>alert(1)</script>", "🚓" * 5000, "\u202e"])
def test_hostile_and_huge_text_is_kept_as_it_was_typed(force: Force, text: str) -> None:
    incident = force.incident()
    control.add_log_entry(incident.id, text, force.one(Role.CALL_HANDLER))
    assert said(incident, "typed") == [text]


@pytest.mark.parametrize("change", ["update control_logentry set text = 'other'", "delete from control_logentry"])
def test_a_line_is_neither_changed_nor_removed(force: Force, change: str) -> None:
    control.add_log_entry(force.incident().id, "first", force.one(Role.CALL_HANDLER))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_nobody_writes_a_line_in_the_systems_name(force: Force) -> None:
    with pytest.raises(DatabaseError, match="written by the system alone"), transaction.atomic():
        LogEntry.objects.create(incident=force.incident(), at=clock.now(), text="Graded 5.", kind=LineKind.SYSTEM)


def test_a_closed_incident_still_takes_lines(force: Force) -> None:
    incident, sergeant = force.incident(), force.one(Role.SERGEANT)
    control.close(incident.id, "No trace", sergeant)
    control.add_log_entry(incident.id, "The caller rang again", sergeant)
    assert said(incident, "typed") == ["The caller rang again"]


# --- corrections -----------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_line_and_both_are_shown(force: Force) -> None:
    incident, handler = force.incident(), force.one(Role.CALL_HANDLER)
    first = control.add_log_entry(incident.id, "A red van", handler)
    second = control.correct_log_entry(first.id, "A blue van", force.one(Role.DISPATCHER))
    shown = log.read(incident.log.all(), LogView(Kinds.TYPED))
    assert {line.entry.text: [c.id for c in line.corrected_by] for line in shown.lines} == {
        "A red van": [second.id],
        "A blue van": [],
    }
    assert second.at == first.at


def test_a_correction_can_be_corrected_and_each_says_by_what(force: Force) -> None:
    incident, handler = force.incident(), force.one(Role.CALL_HANDLER)
    first = control.add_log_entry(incident.id, "one", handler)
    second = control.correct_log_entry(first.id, "two", handler)
    third = control.correct_log_entry(second.id, "three", handler, at=clock.now() - HOUR)
    by_text = {line.entry.text: line for line in log.read(incident.log.all(), LogView()).lines}
    assert [c.id for c in by_text["two"].corrected_by] == [third.id]
    assert by_text["three"].told_late
    assert not by_text["one"].told_late


def test_a_line_of_another_log_is_not_corrected_here(force: Force) -> None:
    handler = force.one(Role.CALL_HANDLER)
    line = control.add_log_entry(force.incident().id, "one", handler)
    other = force.incident()
    with pytest.raises(DatabaseError, match="not on this log"), transaction.atomic():
        LogEntry.objects.create(incident=other, at=clock.now(), text="x", corrects=line)


def test_a_line_that_one_may_not_see_is_not_there_to_correct(force: Force) -> None:
    incident, sergeant = force.incident(), force.one(Role.SERGEANT)
    line = control.add_log_entry(incident.id, "secret", sergeant)
    control.restrict(incident.id, [], [], "Officer involved", sergeant)
    with pytest.raises(NotFoundError):
        control.correct_log_entry(line.id, "known", force.one(Role.RESPONSE))


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_log_is_read_by_kind_and_in_either_order(force: Force) -> None:
    incident, handler = force.incident(), force.one(Role.CALL_HANDLER)
    control.add_log_entry(incident.id, "told first, happened last", handler)
    control.add_log_entry(incident.id, "told last, happened first", handler, at=clock.now() - HOUR)
    control.grade(incident.id, 3, "", handler)

    def texts(kinds: Kinds, order: Order) -> list[str]:
        return [line.entry.text for line in log.read(incident.log.all(), LogView(kinds, order)).lines]

    assert texts(Kinds.TYPED, Order.EVENT) == ["told first, happened last", "told last, happened first"]
    assert texts(Kinds.TYPED, Order.RECORDED) == ["told last, happened first", "told first, happened last"]
    assert texts(Kinds.SYSTEM, Order.EVENT) == ["Graded 3."]
    assert log.read(incident.log.all(), LogView()).counts == {Kinds.ALL: 3, Kinds.TYPED: 2, Kinds.SYSTEM: 1}


@pytest.mark.parametrize("asked", [{}, {"log": "everything", "order": "'"}, {"log": "", "order": "up"}])
def test_an_address_that_asks_for_what_is_not_known_shows_all(asked: dict[str, str]) -> None:
    assert log.wanted(asked) == LogView(Kinds.ALL, Order.EVENT)


# --- the system's own lines ------------------------------------------------------------------------------------------


def test_every_step_of_a_unit_is_on_the_log(force: Force) -> None:
    incident, dispatcher = force.incident(), force.one(Role.DISPATCHER)
    sent = control.assign_unit(incident.id, "N9", dispatcher)
    control.record_arrival(sent.id, dispatcher)
    dispatch.stand_down(sent.id, dispatcher, result="All quiet")
    assert said(incident) == ["N9 assigned.", "N9 at scene.", "N9 cleared: All quiet"]
    assert {line.author for line in incident.log.all()} == {dispatcher}


def test_gradings_and_thrive_and_proposals_are_on_the_log(force: Force) -> None:
    incident, handler, sergeant = force.incident(domestic=True), force.one(Role.CALL_HANDLER), force.one(Role.SERGEANT)
    control.grade(incident.id, 1, "Weapon seen", handler)
    proposal = grade_or_propose(incident.id, 2, "Weapon was a toy", handler)
    decide_proposal(proposal.id, True, "", sergeant)
    assert said(incident) == [
        "Graded 1: Weapon seen",
        "Grade 2 proposed instead of 1: Weapon was a toy",
        "Grade 2 agreed to by a second person.",
        "Graded 2: Weapon was a toy",
    ]


def test_what_changes_on_the_incident_itself_is_on_the_log(force: Force) -> None:
    incident, sergeant = force.incident(district_id=None), force.one(Role.SERGEANT)
    control.set_district(incident.id, force.district.id, sergeant)
    control.mark_domestic(incident.id, True, "", sergeant)
    control.mark_domestic(incident.id, False, "Wrong address", sergeant)
    control.close(incident.id, "No trace", sergeant)
    control.reopen(incident.id, "Rang again", sergeant)
    assert said(incident) == [
        "District: District not known yet → North (made up)",
        "Marked as domestic abuse.",
        "The mark of domestic abuse was taken away. Wrong address",
        "Closed: No trace",
        "Opened again. Rang again",
    ]


def test_a_column_that_nobody_named_is_told_when_it_changes(force: Force) -> None:
    incident = force.incident()
    with as_user(force.one(Role.SERGEANT)):
        Incident.objects.filter(id=incident.id).update(category="Burglary", crime_reported=True)
        settle_now()
    assert sorted(said(incident)) == ["Category: nothing → Burglary", "Crime reported: false → true"]


def test_a_statement_at_an_sql_prompt_writes_the_line_too(force: Force) -> None:
    incident = force.incident()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into control_grading (incident_id, grade, at, rationale) values (%s, 2, iops.now(), '')",
            [incident.id],
        )
    settle_now()
    assert said(incident) == ["Graded 2."]


def test_a_step_that_is_taken_back_takes_its_line_with_it(force: Force) -> None:
    incident = force.incident()
    with transaction.atomic():
        control.grade(incident.id, 2, "", force.one(Role.CALL_HANDLER))
        transaction.set_rollback(True)
    assert said(incident) == []


def test_a_step_that_is_told_late_stands_at_its_own_time(force: Force) -> None:
    incident, dispatcher = force.incident(reported_at=clock.now() - 3 * HOUR), force.one(Role.DISPATCHER)
    sent = Deployment.objects.create(incident=incident, unit="N9", assigned_at=clock.now() - 2 * HOUR)
    control.record_arrival(sent.id, dispatcher, at=clock.now() - HOUR)
    line = incident.log.get(text="N9 at scene.")
    assert (line.at, line.recorded_at) == (clock.now() - HOUR, clock.now())


def test_the_lines_of_the_system_are_hidden_with_their_incident(force: Force) -> None:
    incident, sergeant = force.incident(), force.one(Role.SERGEANT)
    control.grade(incident.id, 2, "", sergeant)
    control.restrict(incident.id, [], [], "Officer involved", sergeant)
    with as_user(force.one(Role.RESPONSE)):
        assert not LogEntry.objects.filter(incident_id=incident.id).exists()
    with as_user(sergeant):
        assert said(incident)[-1] == "Restricted to its list. Officer involved"


def test_every_table_of_dispatch_grading_and_transfer_is_registered() -> None:
    assert {
        "control_incident",
        "control_grading",
        "control_gradeproposal",
        "control_thrive",
        "control_deployment",
        "control_incidentlink",
        "control_transfer",
        "control_majorincident",
        "control_majorincidentpart",
        "control_incidentaccess",
    } <= set(lines.registered())


def test_assessing_writes_the_levels(force: Force) -> None:
    incident = force.incident()
    levels = dict.fromkeys(("harm", "risk", "investigation", "vulnerability", "engagement"), ("none", ""))
    assess(incident.id, {"threat": ("high", "A knife"), **levels}, force.one(Role.CALL_HANDLER))
    assert said(incident)[0].startswith("THRIVE: threat high, harm none, ")
