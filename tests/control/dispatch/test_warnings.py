"""Warnings before the door (U20): no job is acknowledged until the crew has read every warning that stands on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from iops.control import services as control
from iops.control.dispatch import selectors
from iops.control.dispatch import services as dispatch
from iops.control.dispatch.warnings import standing_markers, unread
from iops.control.models import Deployment, MarkerReceipt
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.pole import services as pole
from iops.pole.services import Provenance
from tests.foundation.acting_as import as_user
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from iops.control.models import Incident
    from tests.control.dispatch.conftest import Room

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(room: Room) -> Incident:
    return room.force.incident()


@pytest.fixture
def sent(room: Room, incident: Incident) -> Deployment:
    unit = room.on_duty("N1", crew=("Amber", "Basil"))
    return dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]


def test_a_job_is_not_acknowledged_before_its_warning_is_read(room: Room, incident: Incident, sent: Deployment) -> None:
    marker = room.marker(person_id=room.person_on(incident).id)
    with pytest.raises(ConflictError, match="one warning has not been read"):
        dispatch.acknowledge(sent.id, room.officer("Amber"))
    assert [m.id for m in dispatch.show_markers(sent.id, room.officer("Amber"))] == [marker.id]
    with pytest.raises(ConflictError, match="not been read"):
        dispatch.acknowledge(sent.id, room.officer("Amber"))
    dispatch.read_markers(sent.id, [marker.id], room.officer("Amber"))
    assert dispatch.acknowledge(sent.id, room.officer("Basil")).acknowledged_at is not None
    shown = MarkerReceipt.objects.order_by("id").values_list("reader__name", "read", "spoken", "by__name")
    assert list(shown) == [
        ("PC Amber (made up)", False, False, "PC Amber (made up)"),
        ("PC Amber (made up)", True, False, "PC Amber (made up)"),
    ]


def test_the_control_room_cannot_acknowledge_for_a_crew_that_has_not_read(
    room: Room, incident: Incident, sent: Deployment
) -> None:
    marker = room.marker(location_id=room.place_of(incident).id, kind="dog")
    with pytest.raises(ConflictError):
        dispatch.acknowledge(sent.id, room.dispatcher)
    receipts = dispatch.read_markers(sent.id, [marker.id], room.dispatcher, reader_id=room.officer("Basil").id)
    assert [(r.reader, r.spoken, r.by) for r in receipts] == [(room.officer("Basil"), True, room.dispatcher)]
    assert dispatch.acknowledge(sent.id, room.dispatcher).acknowledged_by == room.dispatcher


def test_the_database_refuses_it_too(room: Room, incident: Incident, sent: Deployment) -> None:
    room.marker(person_id=room.person_on(incident).id)
    room.on_duty("N2")
    with (
        as_user(room.dispatcher),
        pytest.raises(DatabaseError, match="cannot acknowledge yet"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("update control_deployment set acknowledged_at = iops.now() where id = %s", [sent.id])
    with (
        as_user(room.dispatcher),
        pytest.raises(DatabaseError, match="cannot acknowledge yet"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            """insert into control_deployment (incident_id, unit, assigned_at, acknowledged_at, resource_id, duty_id)
            select d.incident_id, 'N2', iops.now(), iops.now(), u.id, d.duty_id from control_deployment d,
            control_unit u where d.id = %s and u.callsign = 'N2'""",
            [sent.id],
        )


def test_warnings_come_from_people_their_other_nominals_places_and_homes(
    room: Room, incident: Incident, sent: Deployment
) -> None:
    person = room.person_on(incident)
    home, former = (pole.register_location(said, room.dispatcher) for said in ("9 High Street", "2 Old Road"))
    pole.place_at(person.id, home.id, room.dispatcher)
    ended = Provenance(since=date(2010, 1, 1), until=date(2012, 1, 1))
    pole.place_at(person.id, former.id, room.dispatcher, provenance=ended)
    expected = {
        room.marker(person_id=person.id).id,
        room.marker(location_id=home.id, kind="dog", severity="caution").id,
        room.marker(location_id=room.place_of(incident).id, kind="structure", severity="serious").id,
    }
    room.marker(location_id=former.id, kind="dog")
    room.marker(person_id=pole.register_person("Somebody Else", room.dispatcher).id)
    with as_user(room.dispatcher):
        found = standing_markers(incident.id)
    assert {m.id for m in found} == expected
    assert [m.severity for m in found] == ["grave", "serious", "caution"]


@pytest.mark.usefixtures("own_clock")
def test_an_ended_or_expired_warning_and_a_withdrawn_link_hold_nothing_up(
    room: Room, incident: Incident, sent: Deployment
) -> None:
    person = room.person_on(incident)
    ended = room.marker(person_id=person.id)
    pole.end_marker(ended.id, "No ground any more", room.sergeant)
    tomorrow = clock.today() + timedelta(days=1)
    pole.propose_marker(
        kind="drugs", severity="caution", grounds="said", by=room.dispatcher, person_id=person.id, expires_on=tomorrow
    )
    with clock.at(clock.now() + timedelta(days=2)), as_user(room.dispatcher):
        assert standing_markers(incident.id) == []
    with as_user(room.dispatcher):
        assert len(unread(sent.id)) == 1


def test_a_warning_that_comes_after_reading_must_be_read_too(room: Room, incident: Incident, sent: Deployment) -> None:
    person = room.person_on(incident)
    first = room.marker(person_id=person.id)
    dispatch.read_markers(sent.id, [first.id], room.officer("Amber"))
    second = room.marker(person_id=person.id, kind="weapons")
    with pytest.raises(ConflictError):
        dispatch.acknowledge(sent.id, room.officer("Amber"))
    dispatch.read_markers(sent.id, [second.id], room.officer("Basil"))
    assert dispatch.acknowledge(sent.id, room.officer("Amber")).acknowledged_at


def test_a_proposed_warning_counts_and_what_another_crew_has_read_does_not(
    room: Room, incident: Incident, sent: Deployment
) -> None:
    marker = room.marker(person_id=room.person_on(incident).id)
    other = dispatch.assign(incident.id, [room.on_duty("N2").id], room.dispatcher)[0]
    dispatch.read_markers(other.id, [marker.id], room.crew("N2"))
    dispatch.acknowledge(other.id, room.crew("N2"))
    with pytest.raises(ConflictError):
        dispatch.acknowledge(sent.id, room.officer("Amber"))


def test_nobody_reads_for_a_crew_they_are_not_in(room: Room, incident: Incident, sent: Deployment) -> None:
    marker = room.marker(person_id=room.person_on(incident).id)
    for by, reader in (
        (room.dispatcher, None),
        (room.dispatcher, room.stranger.id),
        (room.stranger, None),
        (room.stranger, room.officer("Amber").id),
        (room.officer("Amber"), room.officer("Basil").id),
    ):
        with pytest.raises(NotAllowedError):
            dispatch.read_markers(sent.id, [marker.id], by, reader_id=reader)
    with pytest.raises(NotAllowedError):
        dispatch.show_markers(sent.id, room.dispatcher)
    with (
        as_user(room.dispatcher),
        pytest.raises(DatabaseError, match="member of the crew"),
        transaction.atomic(),
    ):
        MarkerReceipt.objects.create(
            deployment=sent, marker=marker, reader=room.stranger, read=True, at=clock.now(), by=room.dispatcher
        )


def test_reading_is_refused_for_other_warnings_none_too_many_and_a_cleared_unit(
    room: Room, incident: Incident, sent: Deployment
) -> None:
    other = room.marker(person_id=pole.register_person("Somebody Else", room.dispatcher).id)
    crew = room.officer("Amber")
    with pytest.raises(NotFoundError):
        dispatch.read_markers(sent.id, [other.id], crew)
    with pytest.raises(InvalidError):
        dispatch.read_markers(sent.id, [], crew)
    with pytest.raises(InvalidError):
        dispatch.read_markers(sent.id, list(range(501)), crew)
    with pytest.raises(NotFoundError):
        dispatch.read_markers(999_999, [other.id], crew)
    dispatch.clear(sent.id, crew)
    with pytest.raises(ConflictError, match="stood down"):
        dispatch.show_markers(sent.id, crew)


def test_saying_it_twice_changes_nothing(room: Room, incident: Incident, sent: Deployment) -> None:
    marker = room.marker(person_id=room.person_on(incident).id)
    for _ in range(2):
        dispatch.show_markers(sent.id, room.officer("Amber"))
        dispatch.read_markers(sent.id, [marker.id, marker.id], room.officer("Amber"))
    assert MarkerReceipt.objects.count() == 2


def test_a_receipt_is_never_changed(room: Room, incident: Incident, sent: Deployment) -> None:
    marker = room.marker(person_id=room.person_on(incident).id)
    dispatch.read_markers(sent.id, [marker.id], room.officer("Amber"))
    with as_user(room.dispatcher), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        MarkerReceipt.objects.update(read=False)


def test_a_warning_on_a_hidden_record_is_neither_shown_nor_required_of_who_may_not_see_it(
    room: Room, incident: Incident, sent: Deployment
) -> None:
    person = room.person_on(incident)
    pole.restrict_person(person.id, "protected witness", room.sergeant, user_ids=[room.inspector.id])
    on = {"by": room.inspector, "person_id": person.id}
    marker = pole.propose_marker(kind="firearms", severity="grave", grounds="seen", **on)  # type: ignore[arg-type]
    crew = room.officer("Amber")
    assert dispatch.show_markers(sent.id, crew) == []
    with pytest.raises(NotFoundError):
        dispatch.read_markers(sent.id, [marker.id], crew)
    assert not MarkerReceipt.objects.exists()
    # Whoever may see it tells the crew, and cannot acknowledge for them before.
    with pytest.raises(ConflictError):
        dispatch.acknowledge(sent.id, room.inspector)
    dispatch.read_markers(sent.id, [marker.id], room.inspector, reader_id=crew.id)
    assert dispatch.acknowledge(sent.id, room.inspector).acknowledged_at


def test_a_restricted_incident_and_its_receipts_are_there_for_its_list_alone(
    room: Room, incident: Incident, sent: Deployment
) -> None:
    marker = room.marker(person_id=room.person_on(incident).id)
    dispatch.read_markers(sent.id, [marker.id], room.officer("Amber"))
    control.restrict(incident.id, [room.officer("Amber").id], [], "sensitive", room.sergeant)
    with as_user(room.dispatcher):
        assert not MarkerReceipt.objects.exists()
        assert standing_markers(incident.id) == []
    with pytest.raises(NotFoundError):
        selectors.warnings_for(sent.id, room.dispatcher)


def test_looking_at_the_warnings_is_logged(room: Room, incident: Incident, sent: Deployment) -> None:
    marker = room.marker(person_id=room.person_on(incident).id)
    with assert_consulted("warning_marker", [marker.id], room.dispatcher):
        found = selectors.warnings_for(sent.id, room.dispatcher)
    assert (found.unread, found.receipts) == (frozenset({marker.id}), ())
