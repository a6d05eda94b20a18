"""The page of a desk, asked over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from iops.control import services as control
from iops.control.handover import services
from iops.control.models import DeskDuty, DeskMessage, Handover
from iops.foundation.models import User
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from tests.control.handover.conftest import Desk

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_who_has_one_desk_is_led_to_it_and_who_has_none_is_told(desk: Desk) -> None:
    answer = client_of(desk.person("anna", "dispatcher")).get("/handover/")
    assert answer.headers["Location"] == f"/handover/{desk.team.id}/"
    nobody = User.objects.create(username="nobody", name="Nobody (made up)")
    assert "no role at any desk" in client_of(nobody).get("/handover/").content.decode()


def test_a_shift_is_handed_over_and_accepted_on_the_page(desk: Desk) -> None:
    anna, ben = desk.person("anna", "dispatcher"), desk.person("ben", "dispatcher")
    incident = desk.force.incident(where="<b>1 Mill Lane</b>")
    control.assign_unit(incident.id, "N9", anna)
    place = f"/handover/{desk.team.id}/"
    first, second = client_of(anna), client_of(ben)
    first.post(f"{place}on/", {"role": "dispatcher"})
    first.post(f"{place}message/", {"text": "The lift key is with security"})
    first.post(f"{place}hand-over/", {"role": "dispatcher", "note": "Quiet"})
    page = second.get(place).content.decode()
    for words in (incident.reference, "&lt;b&gt;1 Mill Lane", "N9", "lift key", "Anna (made up) hands over", "Accept"):
        assert words in page
    second.post(f"{place}accept/", {"target": Handover.objects.get().id})
    second.post(f"{place}take/", {"target": DeskMessage.objects.get().id})
    assert Handover.objects.get().accepted_by == ben
    assert DeskMessage.objects.get().taken_by == ben
    assert [d.user for d in DeskDuty.objects.filter(ended_at=None)] == [ben]
    second.post(f"{place}off/", {"target": DeskDuty.objects.get(ended_at=None).id})
    assert not DeskDuty.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize(
    ("name", "typed", "status"),
    [
        ("on", {"role": "king"}, 422),
        ("hand-over", {"role": "dispatcher"}, 409),
        ("message", {"text": ""}, 422),
        ("accept", {"target": "9"}, 404),
        ("accept", {"target": "x"}, 422),
        ("take", {"target": "9"}, 404),
        ("off", {"target": "9"}, 404),
        ("dance", {}, 404),
    ],
)
def test_what_is_refused_is_told_on_the_page(desk: Desk, name: str, typed: dict[str, str], status: int) -> None:
    answer = client_of(desk.person("anna", "dispatcher")).post(f"/handover/{desk.team.id}/{name}/", typed)
    assert answer.status_code == status


@pytest.mark.parametrize("hours", ["", "x", "-1", "99999", "０", "24"])
def test_hours_that_make_no_sense_are_passed_over(desk: Desk, hours: str) -> None:
    answer = client_of(desk.person("anna", "dispatcher")).get(f"/handover/{desk.team.id}/", {"hours": hours})
    assert answer.status_code == 200


def test_there_is_no_page_of_a_desk_that_is_not_there(desk: Desk) -> None:
    assert client_of(desk.force.one(Role.DISPATCHER)).get("/handover/0/").status_code == 404


def test_what_went_up_to_one_is_on_the_page(desk: Desk) -> None:
    anna = desk.on("anna", "inspector").user
    incident = desk.force.incident()
    control.grade(incident.id, 1, "", desk.force.one(Role.CALL_HANDLER))
    services.come_on(desk.team.id, "inspector", desk.person("ivor", "inspector"))
    page = client_of(anna).get(f"/handover/{desk.team.id}/").content.decode()
    assert "Resource grade 1" in page
