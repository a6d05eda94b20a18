"""Which crimes are suggested as one series: by facts that somebody can check, each named."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from iops.control import services as control
from iops.crime.recorded import deciding
from iops.crime.series.suggesting import WITHIN_DAYS, tied
from iops.foundation import clock
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.models import Link
from tests.crime.series.scene import remove, theft, thief
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from iops.crime.models import Crime
    from tests.force import Force

pytestmark = pytest.mark.django_db


def found(crime: Crime) -> dict[int, tuple[str, ...]]:
    return {t.crime.id: t.reasons for t in tied([crime.id])}


def test_the_same_suspect_vehicle_place_and_victim_tie_crimes_and_the_most_tied_comes_first(force: Force) -> None:
    officer, tom = force.one(Role.RESPONSE), thief(force)
    van = pole.register_vehicle("AB12 CDE", officer)
    shop = pole.register_location("12 Canal Side (made up)", officer)
    keeper = pole.register_person("Kay Shah (made up)", officer)
    base = theft(force, tom, victim=keeper, things=(van, shop))
    suspect, vehicle, place = theft(force, tom), theft(force, things=(van,)), theft(force, things=(shop,))
    victim, both = theft(force, victim=keeper), theft(force, tom, things=(van,))
    assert found(base) == {
        suspect.id: ("suspect",), vehicle.id: ("vehicle",), place.id: ("place",), victim.id: ("victim",),
        both.id: ("suspect", "vehicle"),
    }  # fmt: skip
    order = [t.crime.id for t in tied([base.id])]
    assert order == [both.id, suspect.id, vehicle.id, place.id, victim.id]


def test_a_place_alone_ties_only_crimes_of_one_class(force: Force) -> None:
    officer = force.one(Role.RESPONSE)
    shop = pole.register_location("12 Canal Side (made up)", officer)
    base, other = theft(force, things=(shop,)), theft(force, things=(shop,))
    deciding.reclassify(other.id, "49", "new_information", "Not a shop", force.one(Role.REGISTRAR))
    assert found(base) == {}


def test_what_lies_far_apart_was_removed_or_withdrawn_ties_nothing(force: Force) -> None:
    tom = thief(force)
    long_ago = clock.today() - dt.timedelta(days=WITHIN_DAYS + 1)
    theft(force, tom, day=long_ago)
    base, removed, wrong = (theft(force, tom) for _ in range(3))
    remove(force, removed)
    for link in Link.objects.filter(to_kind="crime", to_id=wrong.id, role="suspect"):
        pole.withdraw(link, "It was not him", force.one(Role.RESPONSE))
    assert found(base) == {}


def test_a_crime_that_the_viewer_may_not_see_is_not_suggested(force: Force) -> None:
    tom = thief(force)
    base, hidden = theft(force, tom), theft(force, tom)
    sergeant, detective = force.one(Role.SERGEANT), force.one(Role.DETECTIVE)
    control.restrict(hidden.incident_id, [sergeant.id], [], "Named officer", force.one(Role.INSPECTOR))
    with as_user(detective):
        assert found(base) == {}
    with as_user(sergeant):
        assert found(base) == {hidden.id: ("suspect",)}


def test_of_many_only_the_first_ten_are_offered(force: Force) -> None:
    tom = thief(force)
    base = theft(force, tom)
    for _ in range(11):
        theft(force, tom)
    assert len(tied([base.id])) == 10
