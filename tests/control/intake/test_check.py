"""What is known of a caller, an address and a number: every key leads to the warning; what failed is never "none"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iops.control.intake.selectors import MOST_RADIUS, Asked, check
from iops.foundation.models import Consultation
from iops.foundation.roles import Role
from iops.pole import services
from iops.pole.services import Parts
from tests.conftest import as_owner, worker_database
from tests.force import Force
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from iops.foundation.models import User
    from iops.pole.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def handler(force: Force) -> User:
    return force.one(Role.CALL_HANDLER)


@pytest.fixture
def dangerous(handler: User) -> Person:
    """Somebody with a warning, an address, a number and an incident behind them."""
    person = services.register_person("Stephen Mohammed Greene", handler, born="12/3/1985", made_up=True)
    home = services.register_location(
        "14 Acacia Road, Bolton BL1 2AB", handler, parts=Parts(easting=371_500, northing=409_200), made_up=True
    )
    services.place_at(person.id, home.id, handler)
    phone = services.add_phone("0161 496 0123", handler)
    services.link(("person", person.id), "user", ("phone", phone.id), handler)
    services.propose_marker(
        kind="firearms", severity="grave", grounds="Shotgun in the hall", by=handler, person_id=person.id
    )
    return person


def warned(asked: Asked, viewer: User) -> list[str]:
    found = check(asked, viewer)
    assert found.warnings_known
    return [m.kind for m in found.warnings]


@pytest.mark.parametrize(
    "name",
    [
        "Stephen Greene",
        "Steven Green",
        "GREENE, Stephen",
        "green steven",
        "Steve Greene",
        "Stephan Grene",
        "Stephen Muhammad Green",
        "Mohammed Greene",
        "stpehen greene",
    ],
)
def test_the_warning_is_shown_on_any_spelling_of_the_name(name: str, dangerous: Person, handler: User) -> None:
    assert warned(Asked(name=name), handler) == ["firearms"]


@pytest.mark.parametrize(
    "address",
    ["14 Acacia Road, Bolton", "14 acacia rd", "BL1 2AB", "bl12ab", "acacia road 14", "Flat 2, 14 Acacia Rd, BL1 2AB"],
)
def test_the_warning_is_shown_on_the_address_alone(address: str, dangerous: Person, handler: User) -> None:
    assert warned(Asked(address=address), handler) == ["firearms"]


@pytest.mark.parametrize("phone", ["0161 496 0123", "+441614960123", "(0161) 4960123"])
def test_the_warning_is_shown_on_the_number_alone(phone: str, dangerous: Person, handler: User) -> None:
    assert warned(Asked(phone=phone), handler) == ["firearms"]


@pytest.mark.parametrize(("away", "shown"), [(0, True), (99, True), (101, False)])
def test_the_warning_is_shown_within_the_radius_and_not_beyond(
    away: int, shown: bool, dangerous: Person, handler: User
) -> None:
    found = warned(Asked(easting=371_500 + away, northing=409_200, radius=100), handler)
    assert bool(found) is shown


def test_all_keys_are_one_question_and_each_part_says_what_it_found(
    dangerous: Person, handler: User, force: Force
) -> None:
    incident = force.incident()
    services.link(("person", dangerous.id), "suspect", ("incident", incident.id), handler)
    found = check(Asked(name="Steven Green", address="14 acacia rd", phone="0161 496 0123"), handler)
    assert [p.name for p in found.parts] == ["name", "address", "phone"]
    for part in found.parts:
        (person,) = part.people
        assert person.ids == (dangerous.id,)
        assert (person.counts.total.year, person.counts.total.ever) == (1, 1)
    assert [p.title for p in found.parts[1].places] == ["14 Acacia Road, Bolton BL1 2AB"]
    assert len(found.warnings) == 1


def test_the_calls_from_a_number_are_found_by_the_number(force: Force, handler: User) -> None:
    before = force.incident(call_back="07700 900123")
    (part,) = check(Asked(phone="+447700900123"), handler).parts
    assert [i.reference for i in part.incidents] == [before.reference]


def test_a_warning_on_a_place_is_shown_with_whoever_lives_there(handler: User) -> None:
    place = services.register_location("The Old Mill, Salford", handler)
    services.propose_marker(kind="dog", severity="serious", grounds="Two loose dogs", by=handler, location_id=place.id)
    tenant = services.register_person("Aloysia Featherstone", handler)
    services.place_at(tenant.id, place.id, handler)
    assert warned(Asked(address="old mill salford"), handler) == ["dangerous dog"]
    assert warned(Asked(name="Aloisia Fetherstone"), handler) == ["dangerous dog"]


def test_nothing_asked_and_nothing_found_are_two_things(handler: User) -> None:
    assert check(Asked(), handler).parts == ()
    (part,) = check(Asked(name="Zebedee Quillfeather"), handler).parts
    assert (part.known, part.empty) == (True, True)


def test_a_restricted_person_is_not_told_of(dangerous: Person, handler: User, force: Force) -> None:
    services.restrict_person(dangerous.id, "Protected witness", force.one(Role.SERGEANT), hinted=False)
    found = check(Asked(name="Stephen Greene", address="14 Acacia Road", phone="0161 496 0123"), handler)
    assert not any(p.people for p in found.parts)
    assert not found.warnings


def test_the_look_is_kept_with_what_was_asked(dangerous: Person, handler: User) -> None:
    check(Asked(name="Steven Green"), handler)
    with as_user(handler):
        look = Consultation.objects.filter(kind="person").latest("id")
    assert (look.user, look.record_ids) == (handler, [dangerous.id])
    assert look.query["name"] == "Steven Green"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "\u202egnp.exe",
        "🙂",
        "'; drop table pole_person; --",
        "& | ! ( ) :*",
        "%_\\",
        "\x01\x02",
        "٣٤",
        "a",
    ],
)
def test_whatever_is_typed_the_answer_is_clear(text: str, handler: User) -> None:
    found = check(Asked(name=text, born=text, address=text, phone=text), handler)
    assert found.warnings_known
    assert found.failed == ()


def test_the_radius_is_bounded(handler: User) -> None:
    services.register_location("Far", handler, parts=Parts(easting=MOST_RADIUS + 1, northing=0))
    (part,) = check(Asked(easting=0, northing=0, radius=10**9), handler).parts
    assert part.empty


@pytest.mark.django_db(transaction=True)
def test_a_part_that_cannot_be_loaded_says_so_and_the_others_still_answer(handler: User) -> None:
    services.register_location("14 Acacia Road", handler)
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
        owner.execute("alter function iops.search_people rename to search_people_gone")
        try:
            found = check(Asked(name="John Smith", address="14 Acacia Road"), handler)
        finally:
            owner.execute("alter function iops.search_people_gone rename to search_people")
    assert found.failed == ("name",)
    assert not found.warnings_known
    assert [p.title for p in found.parts[1].places] == ["14 Acacia Road"]
    assert not found.parts[0].empty


@pytest.mark.django_db(transaction=True)
def test_a_part_that_takes_too_long_is_given_up_and_the_call_goes_on(handler: User) -> None:
    with psycopg.connect(as_owner(worker_database())) as owner:
        owner.execute("lock table pole_phone in access exclusive mode")
        found = check(Asked(phone="0161 496 0123"), handler)
        owner.rollback()
    assert found.failed == ("phone",)


def test_next_door_is_shown_only_when_there_is_a_warning(dangerous: Person, handler: User) -> None:
    parts = Parts(easting=371_550, northing=409_200)
    services.register_location("16 Acacia Road, Bolton", handler, parts=parts)
    quiet = services.register_person("Mabel Quiet", handler)
    services.place_at(quiet.id, services.register_location("18 Acacia Road", handler, parts=parts).id, handler)
    found = check(Asked(address="16 Acacia Road", radius=100), handler)
    assert [m.kind for m in found.warnings] == ["firearms"]
    nearby = next(p for p in found.parts if p.name == "nearby")
    assert [p.named.title for p in nearby.people] == ["Stephen Mohammed Greene"]


def test_a_house_of_many_is_counted_whole_and_every_warning_is_shown(handler: User) -> None:
    hostel = services.register_location("The Hostel, Salford", handler)
    for n in range(20):
        tenant = services.register_person(f"Tenant Number{n}", handler)
        services.place_at(tenant.id, hostel.id, handler)
    services.propose_marker(kind="weapons", severity="grave", grounds="Knife", by=handler, person_id=tenant.id)
    found = check(Asked(address="the hostel salford"), handler)
    (part,) = found.parts
    assert len(part.people) + part.more_people == 20
    assert [m.kind for m in found.warnings] == ["weapons"]


def test_a_question_costs_a_bounded_number_of_statements(dangerous: Person, handler: User) -> None:
    hostel = services.register_location("The Hostel, Salford", handler)
    for n in range(30):
        services.place_at(services.register_person(f"Tenant {n}", handler).id, hostel.id, handler)
    with CaptureQueriesContext(connection) as asked:
        check(Asked(name="Steven Green", address="the hostel salford", phone="0161 496 0123", radius=100), handler)
    assert len(asked) < 80
