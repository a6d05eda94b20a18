"""A course of conduct on record: what carries it on is added, what does not is a crime of its own (CRR2026 p57)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from iops.crime.justice import services as justice
from iops.crime.justice.services import ChargeTerms
from iops.crime.models import Crime, CrimeContinuation
from iops.crime.recorded import deciding, recording
from iops.crime.recorded.continuing import course_of
from iops.crime.recorded.selectors import address
from iops.foundation import clock
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.pole import services as pole
from tests.crime.recorded.standing import standing_otherwise
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.test import Client

    from iops.control.models import Incident
    from iops.pole.models import Person

pytestmark = pytest.mark.django_db
HARASSMENT = {"class": "8L", "a.all.reporter": "victim"}
ASSAULT = {"class": "8N", "a.all.reporter": "victim"}


@pytest.fixture
def force() -> Force:
    return Force()


class People:
    """A victim and the man who will not leave her alone; `twin` is his other nominal."""

    def __init__(self, force: Force) -> None:
        self.force = force
        self.officer = force.one(Role.RESPONSE)
        self.ann = pole.register_person("Ann Brown (made up)", self.officer, born="1990-02-03")
        self.bob = pole.register_person("Bob Gray (made up)", self.officer, born="1988-02-03")

    def incident(self, what: str, *, victim: Person | None = None, suspect: Person | None = None) -> Incident:
        found = self.force.incident(what=what, crime_reported=True)
        for who, role in ((victim or self.ann, "victim"), (suspect or self.bob, "suspect")):
            pole.link(("person", who.id), role, ("incident", found.id), self.officer)
        return found

    def record(
        self, what: str, answers: Mapping[str, str] = HARASSMENT, *, day: dt.date | None = None, **people: Person
    ) -> recording.Recorded:
        found = self.incident(what, **people)
        return recording.record_crimes(found.id, answers, self.officer, committed_from=day)


@pytest.fixture
def people(force: Force) -> People:
    return People(force)


def test_the_same_conduct_between_the_same_people_is_added_to_the_crime_on_record(people: People) -> None:
    first = people.record("He sends her thirty messages a day").crimes[0]
    again = people.record("He waits outside her work")
    assert (again.crimes, again.added_to) == ((), first)
    kept = CrimeContinuation.objects.get()
    assert (kept.crime, kept.incident, kept.decision) == (first, again.decision.incident, again.decision)
    assert "waits outside her work" in first.log.get().text
    assert first.reference in again.decision.rationale
    assert Crime.objects.count() == 1
    assert check_conservation().examples == []
    assert standing_otherwise() == []


def test_the_three_months_run_from_the_last_thing_that_was_added(people: People) -> None:
    today = clock.today()
    first = people.record("Messages", day=today - dt.timedelta(days=150)).crimes[0]
    second = people.record("Letters", day=today - dt.timedelta(days=80))
    assert second.added_to == first
    third = people.record("At her door", day=today)
    assert third.added_to == first
    assert CrimeContinuation.objects.count() == 2


def test_after_more_than_three_months_it_is_a_new_crime(people: People) -> None:
    people.record("Messages", day=clock.today() - dt.timedelta(days=150))
    again = people.record("At her door", day=clock.today())
    assert again.added_to is None
    assert len(again.crimes) == 1


def test_once_the_offender_was_dealt_with_the_course_has_ended(people: People) -> None:
    first = people.record("Messages").crimes[0]
    charged = ChargeTerms("Harassment", "prosecutor", "A. P. (made up)")
    justice.charge(first.id, people.bob.id, charged, people.force.one(Role.DETECTIVE))
    again = people.record("He writes from custody")
    assert again.added_to is None
    assert len(again.crimes) == 1


def test_another_offence_is_a_crime_of_its_own_and_is_noted_on_the_conduct_crime(people: People) -> None:
    first = people.record("Messages").crimes[0]
    hit = people.record("He hit her", ASSAULT)
    assert len(hit.crimes) == 1
    assert hit.crimes[0].crime_class == "8N"
    assert hit.crimes[0].reference in first.log.get().text
    assert not CrimeContinuation.objects.exists()


def test_another_victim_or_another_suspect_is_another_course(people: People) -> None:
    people.record("Messages")
    other = pole.register_person("Cat Dale (made up)", people.officer, born="1991-01-01")
    for made in (people.record("Messages too", victim=other), people.record("Messages too", suspect=other)):
        assert made.added_to is None
        assert len(made.crimes) == 1


def test_a_crime_that_was_removed_carries_nothing_on(people: People) -> None:
    first = people.record("Messages").crimes[0]
    registrar = people.force.one(Role.REGISTRAR)
    deciding.cancel(first.id, "C4", "Recorded by mistake", registrar, facts={"genuine_error": "yes"})
    assert people.record("Letters").added_to is None


def test_people_who_were_decided_to_be_one_carry_on_one_course(people: People) -> None:
    from iops.pole.identity import services as identity

    first = people.record("Messages").crimes[0]
    twin = pole.register_person("Robert Gray (made up)", people.officer, born="1988-02-03")
    sergeant = people.force.one(Role.SERGEANT)
    identity.merge([people.bob.id, twin.id], "Same man, same telephone", sergeant)
    again = people.record("Letters", suspect=twin)
    assert again.added_to == first


def test_theft_carries_on_nothing(people: People) -> None:
    theft = {"class": "49", "a.all.reporter": "victim"}
    people.record("He took her purse", theft)
    assert course_of(people.incident("He took her bag")) is None
    assert len(people.record("He took her bag", theft).crimes) == 1


def test_the_page_leads_to_the_crime_it_was_added_to(people: People, client: Client) -> None:
    first = people.record("Messages").crimes[0]
    found = people.incident("He <b>waits</b> outside")
    client.force_login(people.officer)
    where = f"/recording/{found.number}/{found.day:%d%m%Y}/?class=8L&a.all.reporter=victim"
    assert "Add to the existing crime" in client.get(where).content.decode()
    answer = client.post(where, {})
    assert (answer.status_code, answer.headers["Location"]) == (302, address(first))
    page = client.get(address(first)).content.decode()
    assert "He &lt;b&gt;waits&lt;/b&gt; outside" in page
    assert found.reference in page


def test_two_reports_of_one_incident_are_added_once(people: People) -> None:
    people.record("Messages")
    made = people.record("Letters")
    again = recording.record_crimes(made.decision.incident_id, HARASSMENT, people.officer)
    assert again.added_to == made.added_to
    assert CrimeContinuation.objects.count() == 1
