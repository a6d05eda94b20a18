"""Who is not on the list of a restricted record gets the same answer, to the byte, whether it is there or not."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.models import Consultation, User
from iops.foundation.roles import Role
from iops.pole.models import (
    IdentityDecision,
    Link,
    Location,
    LocationAccess,
    Person,
    PersonAccess,
    Phone,
    WarningMarker,
)
from iops.pole.search.answer import Filter
from iops.pole.search.selectors import search
from tests.force import Force
from tests.foundation.acting_as import as_user
from tests.pole.search.test_people import make

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

ASKED = (
    "magdalena wisniewska", "wisniewska", "magda wisniewski 4/5/1991", "wisn", "magdalena w", "07700900555", "900555",
    "m20 9zz", "88 Refuge Road", "refuge", "4 May 1991", "peanut allergy", "beata nowak", "nowak", "PNC12/345678X",
    "gate code 4477", "magdalena wisniewska m20 9zz",
)  # fmt: skip


@pytest.fixture
def force() -> Force:
    with acting(user_id=0):
        made = Force()
        made.one(Role.CALL_HANDLER)
        made.one(Role.INSPECTOR)
    return made


@pytest.fixture
def outsider(force: Force) -> User:
    return force.one(Role.CALL_HANDLER)


@pytest.fixture
def insider(force: Force) -> User:
    return force.one(Role.INSPECTOR)


def background() -> Person:
    """Those who are there anyway, some of them much like the restricted one."""
    make("Magdalena", "Wisniewska", dt.date(1960, 1, 1))
    for number in range(5):
        make("Anna", f"Nowak{'a' * number}")
    place = Location.objects.create(said="90 Refuge Road", postcode="M20 9ZZ")
    other = make("Beata", "Nowak")
    link(other, "location", place.id)
    return other


def link(person: Person, kind: str, record_id: int) -> None:
    Link.objects.create(
        from_kind="person", from_id=person.id, to_kind=kind, to_id=record_id, role="x", recorded_at=clock.now()
    )


def restricted(other: Person, insider: User, *, hinted: bool) -> Person:
    """A restricted nominal with everything that could give them away, merged with a visible one."""
    with as_user(insider):
        person = make("Magdalena", "Wisniewska", dt.date(1991, 5, 4))
        PersonAccess.objects.create(person=person, user=insider)
        phone = Phone.objects.get(number="+447700900555")
        place = Location.objects.create(said="88 Refuge Road", postcode="M20 9ZZ", access_notes="Gate code 4477")
        LocationAccess.objects.create(location=place, user=insider)
        link(person, "phone", phone.id)
        link(person, "location", place.id)
        person.details.create(kind="note", value="peanut allergy", recorded_at=clock.now())
        person.identifiers.create(kind="pnc", value="PNC12/345678X", recorded_at=clock.now())
        WarningMarker.objects.create(
            person=person,
            kind="violent",
            severity="grave",
            grounds="y",
            proposed_at=clock.now(),
            review_on="2030-01-01",
        )
        one, two = sorted((person, other), key=lambda p: p.id)
        IdentityDecision.objects.create(one=one, other=two, verdict="same", reason="x", at=clock.now())
        Location.objects.filter(id=place.id).update(restricted=True, hinted=hinted)
        Person.objects.filter(id=person.id).update(restricted=True, hinted=hinted)
    return person


def answers(viewer: User) -> list[Any]:
    """Every answer and every line of the consultation log it leaves."""
    told: list[Any] = []
    with as_user(viewer):
        told += [plain(search(text, viewer, Filter(typing=typing))) for text in ASKED for typing in (False, True)]
        looks = Consultation.objects.filter(user=viewer).order_by("id")
        told.append([(look.kind, look.record_ids, look.shown, look.query) for look in looks])
    return told


def plain(answer: Any) -> str:
    return json.dumps({**vars(answer), "hits": [vars(h) for h in answer.hits]}, default=str, sort_keys=True)


def compared(outsider: User, insider: User, *, hinted: bool) -> tuple[list[Any], list[Any]]:
    with acting(user_id=0):
        other = background()
        Phone.objects.create(said="07700 900555", number="+447700900555")
    before = undone(lambda: answers(outsider))
    restricted(other, insider, hinted=hinted)
    return before, answers(outsider)


def undone(work: Callable[[], list[Any]]) -> list[Any]:
    mark = transaction.savepoint()
    told = work()
    transaction.savepoint_rollback(mark)
    return told


def test_an_invisible_record_changes_nothing_of_any_answer(outsider: User, insider: User) -> None:
    before, after = compared(outsider, insider, hinted=False)
    for text, one, other in zip([t for t in ASKED for _ in "ab"] + ["the log"], before, after, strict=True):
        assert one == other, text


def test_a_hinted_record_is_counted_as_withheld_and_tells_nothing_else(outsider: User, insider: User) -> None:
    before, after = compared(outsider, insider, hinted=True)
    told = dict(zip([t for t in ASKED for _ in "ab"], map(json.loads, after[:-1]), strict=True))
    assert told["magdalena wisniewska m20 9zz"]["withheld"] == 1
    assert told["peanut allergy"]["withheld"] == 1
    assert told["nowak"]["withheld"] == 0
    for one, other in zip(map(json.loads, before[:-1]), map(json.loads, after[:-1]), strict=True):
        assert {**one, "withheld": 0} == {**other, "withheld": 0}


def test_who_is_on_the_list_finds_it_by_all_of_it(outsider: User, insider: User) -> None:
    with acting(user_id=0):
        other = background()
        Phone.objects.create(said="07700 900555", number="+447700900555")
    person = restricted(other, insider, hinted=False)
    with as_user(insider):
        for text in ASKED[:3] + ASKED[5:6] + ("peanut allergy", "PNC12/345678X"):
            assert any(person.id in {h.id, *h.merged} for h in search(text, insider).hits), text


def test_who_looked_for_a_restricted_record_is_kept_from_them_and_told_to_those_on_its_list(
    outsider: User, insider: User
) -> None:
    _, _ = compared(outsider, insider, hinted=False)
    person = Person.objects.none()
    with as_user(insider), connection.cursor() as cursor:
        person = Person.objects.filter(restricted=True)
        cursor.execute("select user_id, asked from iops.withheld_searches('person', %s)", [person[0].id])
        kept = cursor.fetchall()
    assert (outsider.id, "magdalena wisniewska m20 9zz") in kept
    with as_user(outsider), connection.cursor() as cursor:
        cursor.execute("select count(*) from iops.withheld_searches('person', %s)", [person[0].id if person else 0])
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize("table", ["pole_searchtext", "pole_searchperson", "pole_searchword", "pole_searchwithheld"])
def test_the_application_cannot_read_the_search_tables(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('iops_app', %s, 'select, insert, update, delete')", [table])
        assert cursor.fetchone()[0] is False


def test_a_child_known_only_from_a_restricted_incident_is_not_found(
    force: Force, outsider: User, insider: User
) -> None:
    from iops.safeguarding.models import IncidentChild

    with as_user(insider):
        incident = force.incident()
        child = make("Tabitha", "Nightingale", dt.date(2015, 1, 1), own_right=False)
        IncidentChild.objects.create(incident=incident, person=child, linked_at=clock.now())
        control.restrict(incident.id, [insider.id], [], "secret", insider)
        assert [h.id for h in search("tabitha nightingale", insider).hits] == [child.id]
    with as_user(outsider):
        assert search("tabitha nightingale", outsider).hits == ()
        assert search("tabitha nightingale", outsider).total == 0
