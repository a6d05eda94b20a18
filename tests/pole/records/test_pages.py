"""The pages of people, places and things, asked over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.records import markers
from tests.force import Force
from tests.pole.records.people import a_person, involve, same

if TYPE_CHECKING:
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def body(client: Client, place: str, status: int = 200) -> str:
    response = client.get(place)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


def test_a_restricted_person_is_as_one_that_does_not_exist(force: Force) -> None:
    by, hidden, client = force.one(Role.SERGEANT), a_person(force), signed_in(force.one(Role.RESPONSE))
    pole.restrict_person(hidden.id, "A colleague", by)
    secret, missing = body(client, f"/people/{hidden.id}/", 404), body(client, "/people/987654321/", 404)
    without_number = [line for line in secret.splitlines() if "csrf" not in line]
    assert without_number == [line for line in missing.splitlines() if "csrf" not in line]
    assert "Morag Tester" in body(signed_in(by), f"/people/{hidden.id}/")


@pytest.mark.parametrize(
    "place",
    ["/people/0/", "/people/-1/", "/people/1e5/", "/people/99999999999999999999/", "/people/999999999999999999/",
     "/places/7/", "/vehicles/7/", "/phones/7/", "/emails/7/", "/organisations/7/", "/items/7/"],
)  # fmt: skip
def test_an_address_of_no_record_is_no_page(force: Force, place: str) -> None:
    body(signed_in(force.one(Role.RESPONSE)), place, 404)


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=99", "page=x", "page=%00", "show=nonsense", "show=link&page=3", "show="]
)
def test_a_timeline_that_is_asked_for_wrongly_is_shown_all_the_same(force: Force, query: str) -> None:
    shown = signed_in(force.one(Role.RESPONSE)).get(f"/people/{a_person(force).id}/?{query}")
    assert shown.status_code == (400 if "%00" in query else 200)


def test_hostile_names_are_shown_and_never_run(force: Force) -> None:
    hostile = "<script>alert(1)</script>\u202e\u05d0\u05d1 \N{PILE OF POO} '; drop table--"
    person = a_person(force, hostile)
    pole.add_name(person.id, "x" * 300, force.one(Role.RESPONSE))
    pole.place_at(
        person.id, pole.register_location("</text></svg><b>", force.one(Role.RESPONSE)).id, force.one(Role.RESPONSE)
    )
    shown = body(signed_in(force.one(Role.RESPONSE)), f"/people/{person.id}/")
    assert "<script>alert" not in shown
    assert "</text></svg><b>" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_markers_that_cannot_be_read_are_said_to_be_unread_and_not_to_be_none(
    force: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, client = a_person(force), signed_in(force.one(Role.RESPONSE))
    assert "No marker stands: asked at" in body(client, f"/people/{person.id}/")

    def broken(*_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select from no_such_table")

    monkeypatch.setattr(markers, "_places", broken)
    shown = body(client, f"/people/{person.id}/")
    assert "The warning markers could not be read" in shown
    assert 'role="alert"' in shown
    assert "No marker stands" not in shown
    assert "Morag Tester" in shown


def test_made_up_people_are_marked_as_such(force: Force) -> None:
    assert ">Made up<" in body(signed_in(force.one(Role.RESPONSE)), f"/people/{a_person(force).id}/")


def test_the_page_of_a_person_with_a_hundred_incidents_asks_few_questions(force: Force) -> None:
    by = force.one(Role.SERGEANT)
    one, other = a_person(force, born="34"), a_person(force)
    same(one, other, by)
    home = pole.register_location("1 Mill Lane", by)
    pole.place_at(one.id, home.id, by)
    pole.propose_marker(kind="dog", severity="caution", grounds="Dog", by=by, location_id=home.id)
    client = signed_in(force.one(Role.RESPONSE))
    for number in range(100):
        involve((one, other)[number % 2], force.incident(), "victim", by)
        if number == 5:
            few = questions(client, f"/people/{one.id}/")
    assert questions(client, f"/people/{one.id}/") == few
    assert few <= QUESTIONS


QUESTIONS = 25
"""Statements that a page of a person costs, those of signing in, of the transaction and of the log included."""


def questions(client: Client, place: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        body(client, place)
    return len(asked)


def test_nobody_sees_a_page_before_signing_in(force: Force) -> None:
    assert Client().get(f"/people/{a_person(force).id}/").status_code == 302
