"""What two people do for one victim at one moment: nothing owed is lost, and nothing is brought twice."""

from __future__ import annotations

import pytest

from iops.crime.models import CrimeVictim, VictimNewsTold, VictimTold
from iops.crime.victims import telling
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.pole import services as pole
from tests.at_once import at_once
from tests.crime.victims.scene import taken_on, victim_of
from tests.force import Force

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_victim_linked_while_the_crime_ends_is_owed_the_outcome_and_two_tellings_bring_news_once() -> None:
    force = Force()
    one, officer, sergeant = victim_of(force), force.one(Role.RESPONSE), force.one(Role.SERGEANT)
    una = pole.register_person("Una Bell (made up)", officer, born="1985-05-06")
    said = at_once(
        lambda: pole.link(("person", una.id), "victim", ("crime", one.crime_id), officer),
        lambda: taken_on(one.crime_id, sergeant),
    )
    assert said == ["done", "done"]
    other = CrimeVictim.objects.get(person=una)
    assert sorted(other.news.values_list("kind", flat=True)) == ["not_prosecuted", "recorded"]
    news = [other.news.get(kind="recorded").id]
    at_once(
        lambda: telling.tell(other.id, news, "by telephone", "The number", officer),
        lambda: telling.tell(other.id, news, "in person", "The number", sergeant),
    )
    assert VictimNewsTold.objects.count() == 1
    assert VictimTold.objects.count() in {2, 3}
    assert check_conservation().examples == []
