"""The list of crimes is read from what stands of each, and that is always what the facts say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from iops.control import services as control
from iops.control.services import NOT_KNOWN_YET
from iops.crime.models import Crime, CrimeStanding, DesignationKind
from iops.crime.recorded import deciding, life, selectors
from iops.crime.recorded.selectors import Wanted, listed
from iops.foundation import clock
from iops.foundation.errors import InvalidError
from iops.foundation.models import District
from iops.foundation.paging import PAGE_SIZE
from iops.foundation.roles import Role
from tests.crime.recorded.scene import recorded
from tests.crime.recorded.standing import standing_otherwise
from tests.crime.victims.scene import taken_on
from tests.force import Force
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


def numbers(force: Force, **wanted: object) -> list[int]:
    """The numbers of the crimes of a list."""
    return [row.crime.number for row in listed(force.one(Role.SERGEANT), Wanted(**wanted)).rows]  # type: ignore[arg-type]


def test_what_stands_follows_every_fact_of_a_crime(force: Force) -> None:
    crime, sergeant, registrar = recorded(force), force.one(Role.SERGEANT), force.one(Role.REGISTRAR)

    def stands() -> tuple[object, ...]:
        assert standing_otherwise() == []
        row = CrimeStanding.objects.get(crime=crime)
        return row.crime_class, row.state, row.ending, row.owner_id

    owner = force.one(Role.DETECTIVE)
    assert stands() == ("46", "open", "", None)
    life.allocate(crime.id, sergeant, "Knows the shop", user_id=owner.id)
    assert stands() == ("46", "open", "", owner.id)
    deciding.designate(registrar.id, DesignationKind.ACCREDITED_REGISTRAR, clock.today(), "On the register", registrar)
    deciding.reclassify(crime.id, "49", "new_information", "It was another theft", registrar)
    assert stands() == ("49", "open", "", owner.id)
    taken_on(crime.id, sergeant)
    assert stands() == ("49", "outcome", "20", owner.id)
    deciding.reopen(crime.id, "Not theirs", sergeant)
    assert stands() == ("49", "open", "", owner.id)
    deciding.cancel(crime.id, "C4", "Recorded by mistake", registrar, facts={"genuine_error": "yes"})
    assert stands() == ("49", "removed", "C4", owner.id)


def test_an_incident_that_is_given_its_district_takes_its_crimes_along(force: Force) -> None:
    unknown, _ = District.objects.get_or_create(code=NOT_KNOWN_YET, defaults={"name": "Not known yet"})
    south, _ = District.objects.get_or_create(code="south", defaults={"name": "South (made up)"})
    crime = recorded(force, district_id=unknown.id)
    control.set_district(crime.incident_id, south.id, force.one(Role.DISPATCHER))
    assert CrimeStanding.objects.get().district_id == south.id
    assert standing_otherwise() == []


def test_each_filter_of_the_list_finds_what_it_names_and_nothing_else(force: Force) -> None:
    crimes = [recorded(force) for _ in range(4)]
    sergeant, owner = force.one(Role.SERGEANT), force.one(Role.DETECTIVE)
    life.allocate(crimes[1].id, sergeant, "Knows it", user_id=owner.id)
    taken_on(crimes[2].id, sergeant)
    assert numbers(force) == [4, 3, 2, 1]
    assert numbers(force, state="open") == [4, 2, 1]
    assert numbers(force, state="unowned") == [4, 1]
    assert numbers(force, state="outcome") == [3]
    assert numbers(force, state="removed") == []
    assert numbers(force, owner_id=owner.id) == [2]
    assert numbers(force, crime_class="46") == [4, 3, 2, 1]
    assert numbers(force, crime_class="49") == []
    assert numbers(force, district_id=crimes[0].incident.district_id) == [4, 3, 2, 1]
    assert numbers(force, district_id=999_999) == []
    assert selectors.load() == {owner.id: 1}


def test_pages_turn_by_key_and_show_nothing_twice_though_crimes_come_meanwhile(force: Force) -> None:
    many = PAGE_SIZE + 7
    made = [recorded(force).number for _ in range(many)]
    sergeant = force.one(Role.SERGEANT)
    first = listed(sergeant, Wanted())
    recorded(force)
    second = listed(sergeant, Wanted(page=2, after=first.next))
    shown = [row.crime.number for page in (first, second) for row in page.rows]
    assert shown == made[::-1]
    assert not second.next
    back = listed(sergeant, Wanted(page=1, before=second.previous))
    assert len(back.rows) == PAGE_SIZE


@pytest.mark.parametrize("after", ["x", "1~2~3", "~", "9" * 40 + "~1", "1~\x00"])
def test_a_key_that_no_list_gave_out_is_refused(client: Client, force: Force, after: str) -> None:
    with pytest.raises(InvalidError):
        listed(force.one(Role.SERGEANT), Wanted(page=2, after=after))
    client.force_login(force.one(Role.SERGEANT))
    assert client.get("/crimes/", {"page": "2", "after": after}).status_code in {400, 422}


def test_a_crime_of_a_restricted_incident_is_in_no_list_and_no_count(force: Force) -> None:
    crime, stranger = recorded(force), force.another(Role.SERGEANT)
    inspector = force.one(Role.INSPECTOR)
    control.restrict(crime.incident_id, [inspector.id], [], "A colleague is a party", inspector)
    with as_user(stranger):
        page = listed(stranger, Wanted())
    assert (page.rows, page.total) == ((), 0)


def test_nobody_writes_what_stands_but_the_facts(force: Force) -> None:
    crime = recorded(force)
    for sent in ("update crime_crimestanding set state = 'removed'", "delete from crime_crimestanding"):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(sent)
    stand = CrimeStanding.objects.get()
    stand.pk = 9
    with pytest.raises(DatabaseError), transaction.atomic():
        stand.save(force_insert=True)
    assert Crime.objects.get() == crime
    assert standing_otherwise() == []
