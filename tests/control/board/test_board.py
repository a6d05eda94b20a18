"""What stands on the board, in which order, and what changes on it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from iops.control import services as control
from iops.control.board import selectors
from iops.control.board.changes import TURNS, Picture, chosen
from iops.control.dispatch import services as dispatch
from iops.control.models import Deployment, Incident
from iops.foundation.context import acting
from iops.foundation.models import District
from iops.foundation.roles import Role
from tests.foundation.acting_as import as_user
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_django import DjangoAssertNumQueries

    from iops.foundation.models import User
    from tests.control.dispatch.conftest import Room

pytestmark = pytest.mark.django_db


def graded(room: Room, grade: int, **facts: object) -> Incident:
    incident = room.force.incident(**facts)
    control.grade(incident.id, grade, "", room.dispatcher)
    return incident


def shown(viewer: User, *districts: int) -> list[int]:
    with as_user(viewer):
        return [row.id for row in selectors.board(viewer, districts).rows]


class TestTheOrder:
    def test_nobody_sent_comes_first_then_the_faster_grade_then_what_is_due_first(self, room: Room) -> None:
        slow, fast, ungraded = graded(room, 3), graded(room, 1), room.force.incident()
        attended = graded(room, 1)
        dispatch.assign(attended.id, [room.on_duty("A1").id], room.dispatcher)
        assert shown(room.dispatcher) == [ungraded.id, fast.id, slow.id, attended.id]

    def test_the_key_of_a_row_sorts_as_the_board_does(self, room: Room) -> None:
        graded(room, 3), graded(room, 1), room.force.incident(), graded(room, 2, domestic=True)
        with as_user(room.dispatcher):
            board = selectors.board(room.dispatcher)
        picture = Picture("e")
        change = picture.look(board)
        assert change is not None
        assert [row.id for row in board.rows] == sorted(change.rows, key=lambda i: change.rows[i].key)

    def test_closed_incidents_are_not_on_it(self, room: Room) -> None:
        incident = room.force.incident()
        Incident.objects.filter(id=incident.id).update(closed_at=incident.reported_at)
        assert shown(room.dispatcher) == []


class TestWhoSeesWhat:
    def test_a_restricted_incident_stands_on_the_board_of_its_list_alone(self, room: Room) -> None:
        incident = room.force.incident()
        with acting(user_id=room.sergeant.id):
            control.restrict(incident.id, [room.sergeant.id], [], "Force matter", room.sergeant)
        assert shown(room.sergeant) == [incident.id]
        assert shown(room.dispatcher) == []

    def test_the_stream_never_has_a_restricted_incident_and_drops_one_that_becomes_it(self, room: Room) -> None:
        incident = room.force.incident(where="9 Hidden Lane")
        picture = Picture("e")
        assert looked(picture) == {incident.id}
        with acting(user_id=room.sergeant.id):
            control.restrict(incident.id, [room.sergeant.id], [], "Force matter", room.sergeant)
        with acting(user_id=0):
            change = picture.look(selectors.read())
        assert change is not None
        assert change.gone == {incident.id}
        assert b"Hidden Lane" not in picture.event(change, frozenset()) + picture.whole(frozenset())

    def test_a_unit_on_a_hidden_incident_is_busy_and_no_more_is_said(self, room: Room) -> None:
        incident, unit = room.force.incident(), room.on_duty("A1")
        with acting(user_id=room.sergeant.id):
            control.restrict(incident.id, [room.sergeant.id], [], "Force matter", room.sergeant)
            dispatch.assign(incident.id, [unit.id], room.sergeant)
        with acting(user_id=0):
            (found,) = selectors.read().units
        assert (found.callsign, found.status, found.incident_id, found.incident) == ("A1", "assigned", None, "")

    def test_looking_at_the_board_is_recorded(self, room: Room) -> None:
        incident = room.force.incident()
        with as_user(room.dispatcher):
            selectors.board(room.dispatcher)
        assert_consulted("incident", [incident.id], room.dispatcher)


def looked(picture: Picture) -> set[int]:
    with acting(user_id=0):
        change = picture.look(selectors.read())
    return set(change.rows) if change else set()


class TestWhatChanges:
    def test_only_what_changed_is_told(self, room: Room) -> None:
        first, second = graded(room, 2), graded(room, 3)
        picture = Picture("e")
        assert looked(picture) == {first.id, second.id}
        assert looked(picture) == set()
        unit = room.on_duty("A1")
        dispatch.assign(second.id, [unit.id], room.dispatcher)
        with acting(user_id=0):
            change = picture.look(selectors.read())
        assert change is not None
        assert (set(change.rows), set(change.units)) == ({second.id}, {unit.id})

    def test_a_clock_that_runs_out_is_a_change_although_nobody_wrote(self, room: Room) -> None:
        incident = graded(room, 1)
        picture = Picture("e")
        with acting(user_id=0):
            board = selectors.read()
            picture.look(board)
            later = type(board)(**{**vars(board), "at": board.at + dt.timedelta(days=2)})
            change = picture.look(later)
        assert change is not None
        assert "Late" in change.rows[incident.id].html

    def test_a_warning_is_counted_at_once_on_a_new_incident_and_soon_on_an_old_one(self, room: Room) -> None:
        first = graded(room, 2)
        picture = Picture("e")
        counts: list[int] = []

        def count(ids: Sequence[int]) -> dict[int, int]:
            counts.append(len(ids))
            return selectors.warnings_of(ids)

        def look() -> None:
            with acting(user_id=0):
                board = selectors.read(warnings=picture.warnings)
                picture.look(picture.counted(board, count))

        look()
        room.marker(person_id=room.person_on(first).id)
        second = graded(room, 2)
        room.marker(person_id=room.person_on(second, "Ann Brown").id)
        look()
        assert "1 warning" in picture.rows[second.id].html
        for _ in range(TURNS):
            look()
        assert "1 warning" in picture.rows[first.id].html
        assert max(counts) <= 2
        assert sum(counts) <= 6

    def test_a_unit_that_only_moves_is_not_drawn_anew(self, room: Room) -> None:
        unit = room.on_duty("A1", at=(384_000, 398_000))
        picture = Picture("e")
        looked(picture)
        dispatch.report_position(unit.id, 385_000, 399_000, room.dispatcher)
        with acting(user_id=0):
            assert picture.look(selectors.read()) is None

    def test_a_browser_of_one_district_is_told_of_it_alone(self, room: Room) -> None:
        other = District.objects.create(code="S", name="South (made up)")
        here, there = graded(room, 2), graded(room, 2, district_id=other.id)
        picture = Picture("e")
        with acting(user_id=0):
            change = picture.look(selectors.read())
        assert change is not None
        told = picture.event(change, frozenset({other.id})).decode()
        assert f'"job-{there.id}' in told.replace("\\", "")
        assert f'"job-{here.id}' not in told.replace("\\", "")
        assert f'"gone":[{here.id}]' in told

    def test_who_was_away_is_told_what_they_missed_and_nothing_twice(self, room: Room) -> None:
        picture = Picture("e")
        graded(room, 2)
        looked(picture)
        graded(room, 3)
        looked(picture)
        assert picture.since("e-2", frozenset()) == []
        (missed,) = picture.since("e-1", frozenset())
        assert missed.startswith(b"event: change\nid: e-2\n")

    @pytest.mark.parametrize("last", ["", "other-1", "e-99", "e-x", "e", "-", "e--1", "0" * 5000])
    def test_who_comes_from_elsewhere_gets_the_whole_board(self, room: Room, last: str) -> None:
        picture = Picture("e")
        graded(room, 2)
        looked(picture)
        (told,) = picture.since(last, frozenset())
        assert told.startswith(b"event: whole\nid: e-1\n")

    def test_what_people_type_never_ends_an_event_or_runs(self, room: Room) -> None:
        room.force.incident(where="</li><script>x()</script>\r\n\r\ndata: {}", what="\u2028event: whole\n\n")
        picture = Picture("e")
        looked(picture)
        told = picture.whole(frozenset()).decode()
        assert told.count("\n\n") == 1
        assert "<script" not in told

    def test_districts_of_an_address_that_are_no_numbers_are_left_out(self) -> None:
        assert chosen(["1", "x", "", "-2", "٣", "9" * 30]) == {1}


class TestThePages:
    def client(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def test_the_board_takes_the_same_number_of_statements_however_much_is_on_it(
        self, room: Room, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with as_user(room.dispatcher), django_assert_num_queries(7) as few:
            selectors.board(room.dispatcher)
        for n in range(6):
            dispatch.assign(graded(room, 2).id, [room.on_duty(f"A{n}").id], room.dispatcher)
        with as_user(room.dispatcher), django_assert_num_queries(len(few)):
            selectors.board(room.dispatcher)

    def test_a_unit_is_sent_told_of_warnings_and_followed_to_the_end(self, room: Room) -> None:
        incident, unit = graded(room, 1), room.on_duty("A1")
        person = room.person_on(incident)
        marker = room.marker(person_id=person.id)
        client = self.client(room.dispatcher)
        address = reverse("board-job", args=[incident.number, incident.day])
        assert "Send A1" in client.get(address).content.decode()
        assert "A1 assigned." in client.post(f"{address}assign/", {"unit": unit.id}).content.decode()
        deployment = Deployment.objects.get()
        refused = client.post(f"{address}acknowledge/", {"target": deployment.id})
        assert refused.status_code == 409
        told = {"target": deployment.id, "marker": [marker.id], "reader": room.crew("A1").id}
        assert "Acknowledged" in client.post(f"{address}read/", told).content.decode()
        for step in ("acknowledge", "en-route", "at-scene", "clear"):
            assert client.post(f"{address}{step}/", {"target": deployment.id}).status_code == 200
        deployment.refresh_from_db()
        assert None not in (deployment.acknowledged_at, deployment.en_route_at, deployment.arrived_at)
        assert deployment.stood_down_at is not None

    def test_a_divert_without_a_reason_is_refused_and_does_nothing(self, room: Room) -> None:
        first, second = graded(room, 3), graded(room, 1)
        dispatch.assign(first.id, [room.on_duty("A1").id], room.dispatcher)
        deployment = Deployment.objects.get()
        address = reverse("board-job", args=[second.number, second.day])
        client = self.client(room.dispatcher)
        assert client.post(f"{address}divert/", {"target": deployment.id, "reason": " "}).status_code == 422
        assert Deployment.objects.count() == 1
        assert client.post(f"{address}divert/", {"target": deployment.id, "reason": "Nearer"}).status_code == 200
        assert Deployment.objects.filter(incident=second, diverted_from=deployment).exists()

    @pytest.mark.parametrize(
        ("name", "typed", "status"),
        [
            ("assign", {}, 422),
            ("assign", {"unit": "x"}, 422),
            ("assign", {"unit": "999999"}, 404),
            ("read", {"target": "1"}, 422),
            ("read", {"target": "1", "marker": ["x", "9" * 40]}, 422),
            ("acknowledge", {"target": "0"}, 422),
            ("clear", {"target": "999", "result": "x"}, 404),
            ("unheard-of", {}, 404),
        ],
    )
    def test_what_cannot_be_done_is_said(self, room: Room, name: str, typed: dict[str, object], status: int) -> None:
        incident = graded(room, 1)
        address = reverse("board-act", args=[incident.number, incident.day, name])
        assert self.client(room.dispatcher).post(address, typed).status_code == status

    def test_a_crew_reads_its_warnings_on_the_phone_before_it_can_acknowledge(self, room: Room) -> None:
        incident, unit = graded(room, 1), room.on_duty("A1")
        room.marker(person_id=room.person_on(incident).id)
        dispatch.assign(incident.id, [unit.id], room.dispatcher)
        client = self.client(room.crew("A1"))
        page = client.get(reverse("my-job")).content.decode()
        assert "I have read this warning" in page
        assert "Acknowledge</button>" not in page
        deployment = Deployment.objects.get()
        marker = deployment.receipts.get().marker_id
        address = reverse("board-job", args=[incident.number, incident.day])
        back = {"back": "my-job", "target": deployment.id}
        assert client.post(f"{address}read/", back | {"marker": [marker]}).status_code == 302
        assert "Acknowledge</button>" in client.get(reverse("my-job")).content.decode()
        assert client.post(f"{address}acknowledge/", back).status_code == 302
        assert "En route</button>" in client.get(reverse("my-job")).content.decode()

    def test_a_crew_is_told_who_else_is_sent_and_where_history_is_asked_for(self, room: Room) -> None:
        incident = graded(room, 1, where="1 Fast Lane & Co", call_back="07700 900123")
        units = [room.on_duty("A1"), room.on_duty("B2"), room.on_duty("C3")]
        dispatch.assign(incident.id, [unit.id for unit in units], room.dispatcher)
        gone = Deployment.objects.get(resource=units[2])
        dispatch.clear(gone.id, room.dispatcher, result="Not needed")
        page = self.client(room.crew("A1")).get(reverse("my-job")).content.decode()
        assert "<strong>B2</strong>: sent" in page
        assert "<strong>A1</strong>: sent" not in page
        assert "C3</strong>" not in page
        assert "/incidents/intake/address/?where=1+Fast+Lane+%26+Co" in page
        assert "/incidents/intake/phone/?call_back=07700+900123" in page
        assert "intake/name" not in page

    def test_the_emergency_button_alarms_the_board_until_it_is_answered(self, room: Room) -> None:
        room.on_duty("A1")
        self.client(room.crew("A1")).post(reverse("press"))
        client = self.client(room.dispatcher)
        page = client.get(reverse("board")).content.decode()
        assert "Answer A1" in page
        with acting(user_id=0):
            (press,) = selectors.read().emergencies
        client.post(reverse("board-answer"), {"target": press.id, "note": ""})
        assert "Answer A1" in client.get(reverse("board")).content.decode()
        client.post(reverse("board-answer"), {"target": press.id, "note": "Units sent"})
        assert "Answer A1" not in client.get(reverse("board")).content.decode()

    def test_who_is_in_no_crew_is_told_so_and_the_button_says_why_it_does_nothing(self, room: Room) -> None:
        client = self.client(room.force.one(Role.ANALYST))
        assert "you are in no crew" in client.get(reverse("my-job")).content.decode()
        assert client.post(reverse("press"), follow=True).status_code == 200
