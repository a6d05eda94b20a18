"""Nominals are found however their names and dates are written."""

from __future__ import annotations

import datetime as dt

import pytest

from iops.foundation import clock
from iops.foundation.context import acting
from iops.pole.models import Birth, Link, Location, Name, Person, Phone
from iops.pole.search import people
from iops.pole.search.query import read

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


def make(given: str, family: str, born: dt.date | None = None, **facts: object) -> Person:
    person = Person.objects.create(name=f"{given} {family}".strip(), born=born, **facts)
    Name.objects.create(person=person, full=person.name, given=given, family=family, recorded_at=clock.now())
    if born:
        Birth.objects.create(person=person, earliest=born, latest=born, recorded_at=clock.now())
    return person


def found(text: str, *, typing: bool = False) -> list[int]:
    return [
        m.candidate.person_id for m in people.find(read(text, TODAY, typing=typing), year=2026, typing=typing).meant
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Jonathan Featherstone",
        "jon featherstone",
        "featherstone jonathan",
        "Featherstone, Jonathan",
        "jonathon fetherstone 12/3/1985",
        "j featherstone 12/03/85",
        "jonathan featherstone 3/12/1985",
        "jonathan featherstone 1985",
        "jonathan featherstone 12 Mar 1985",
        "feathrestone jonathan 13/3/1985",
        "featherstone",
        "fetherston",
        "featherstone 41",
    ],
)
def test_a_nominal_is_found_however_the_name_is_written(text: str) -> None:
    with acting(user_id=0):
        person = make("Jonathan", "Featherstone", dt.date(1985, 3, 12))
        make("Barbara", "Okafor", dt.date(1985, 3, 13))
        assert found(text)[:1] == [person.id]


def test_a_nominal_is_found_by_a_former_name_and_by_phone_and_by_address() -> None:
    with acting(user_id=0):
        person = make("Aisha", "Rahman", dt.date(1990, 1, 2))
        Name.objects.create(person=person, full="Aisha Begum", given="Aisha", family="Begum", recorded_at=clock.now())
        phone = Phone.objects.create(said="07700 900123", number="+447700900123")
        place = Location.objects.create(said="14 Mill Lane, Manchester", postcode="M14 5AB")
        for kind, other in (("phone", phone), ("location", place)):
            Link.objects.create(
                from_kind="person",
                from_id=person.id,
                to_kind=kind,
                to_id=other.id,
                role="uses",
                recorded_at=clock.now(),
            )
        for text in ("aisha begum", "ayesha rehman", "07700900123", "+44 7700 900 123", "aisha m14 5ab"):
            assert person.id in found(text), text


def test_a_half_typed_name_is_found() -> None:
    with acting(user_id=0):
        person = make("Jonathan", "Featherstone")
        for text in ("feath", "jonathan fea", "jonathan feathers", "jonath"):
            assert found(text, typing=True)[:1] == [person.id], text
