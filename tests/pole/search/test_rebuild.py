"""What the triggers kept is what a rebuild makes, by either way; nothing is lost or left over."""

from __future__ import annotations

import datetime as dt

import psycopg
import pytest

from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.roles import Role
from iops.pole.models import (
    Email,
    Identifier,
    Link,
    Location,
    Name,
    Person,
    PersonAccess,
    Phone,
    Vehicle,
    WarningMarker,
)
from iops.pole.search.rebuild import rebuild
from tests.conftest import as_owner, worker_database
from tests.force import Force
from tests.foundation.acting_as import as_user
from tests.pole.search.test_people import make

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = {
    "texts": "select table_name, row_id, part, record_kind, record_id, words::text, at from pole_searchtext"
    " order by 1, 2, 3",
    "people": "select person_id, sort(keys)::text, known::text, risk, seen_at, walled, hinted from pole_searchperson"
    " order by 1",
    "words": "select word, sound from pole_searchword order by 1",
}


def kept(session: psycopg.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {name: session.execute(query).fetchall() for name, query in KEPT.items()}


def something_of_everything() -> None:
    force = Force()
    handler = force.one(Role.CALL_HANDLER)
    incident = force.incident(what="Kiln on fire; ring 0161 496 0000 !!! 😀", by=handler)
    assert incident.id
    person = make("Seán Pádraig", "Ó Briain-Nowak", dt.date(1985, 3, 12))
    Name.objects.create(person=person, full="نور الدين", recorded_at=clock.now())
    Name.objects.create(
        person=person, full="Wrong One", recorded_at=clock.now(), withdrawn_at=clock.now(), withdrawn_reason="x"
    )
    phone = Phone.objects.create(said="07700 900123", number="+447700900123")
    email = Email.objects.create(said="A.B@Example.org", address="a.b@example.org")
    place = Location.objects.create(said="Flat 1, 14 Mill Lane", postcode="M14 5AB")
    for kind, other in (("phone", phone.id), ("email", email.id), ("location", place.id)):
        Link.objects.create(
            from_kind="person", from_id=person.id, to_kind=kind, to_id=other, role="uses", recorded_at=clock.now()
        )
    Identifier.objects.create(person=person, kind="pnc", value="12/345678X", recorded_at=clock.now())
    WarningMarker.objects.create(
        person=person,
        kind="violent",
        severity="grave",
        grounds="x\ty\\z",
        proposed_at=clock.now(),
        review_on="2030-01-01",
    )
    Vehicle.objects.create(registration="AB12 CDE")
    restricted = make("Hidden", "Person")
    PersonAccess.objects.create(person=restricted, user=handler)
    with as_user(handler):
        Person.objects.filter(id=restricted.id).update(restricted=True)
    Phone.objects.filter(id=phone.id).update(said="changed 07700 900124")


def test_a_rebuild_makes_what_the_triggers_kept() -> None:
    with acting(user_id=0):
        something_of_everything()
    dsn = as_owner(worker_database())
    with psycopg.connect(dsn, autocommit=True) as session:
        before = kept(session)
        assert all(before.values())
        rebuild(dsn, workers=1, memory="64MB")
        by_python = kept(session)
        session.execute("select iops.rebuild_search()")
        in_the_database = kept(session)
    assert by_python["texts"] == before["texts"] == in_the_database["texts"]
    assert by_python["people"] == before["people"] == in_the_database["people"]
    # Words of a nominal who was restricted later stay until the night's count.
    assert set(by_python["words"]) <= set(before["words"])
