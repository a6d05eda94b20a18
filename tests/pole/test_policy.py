"""Who sees what of people, places and links: what Python permits is what PostgreSQL shows, in any drawn world."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.foundation import clock
from iops.foundation.models import Membership, Team, User
from iops.foundation.policy import permits, policies, viewer_of
from iops.foundation.roles import Role
from iops.pole.models import (
    Birth,
    Detail,
    DuplicatePair,
    Identifier,
    Identity,
    IdentityDecision,
    Link,
    Location,
    LocationAccess,
    MarkerReview,
    Name,
    Person,
    PersonAccess,
    Phone,
    WarningMarker,
)
from tests.force import Force
from tests.foundation.acting_as import as_user, visible
from tests.foundation.in_memory import InMemory

pytestmark = pytest.mark.django_db

USERS, TEAMS = 3, 2


@dataclass(frozen=True)
class Restriction:
    """Whether a record is restricted, and who is on its list."""

    on: bool
    users: list[int]
    teams: list[int]


@dataclass(frozen=True)
class Drawn:
    """What hypothesis draws: members of teams, nominals, places, and which of them are linked or decided alike."""

    teams_of: list[list[int]]
    people: list[Restriction]
    places: list[Restriction]
    homes: list[tuple[int, int]]
    relatives: list[tuple[int, int]]


some_users = st.lists(st.integers(0, USERS - 1), max_size=2, unique=True)
some_teams = st.lists(st.integers(0, TEAMS - 1), max_size=2, unique=True)
restrictions = st.builds(Restriction, on=st.booleans(), users=some_users, teams=some_teams)
pairs = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=3, unique=True)
worlds = st.builds(
    Drawn,
    teams_of=st.lists(some_teams, min_size=USERS, max_size=USERS),
    people=st.lists(restrictions, min_size=3, max_size=3),
    places=st.lists(restrictions, min_size=3, max_size=3),
    homes=pairs,
    relatives=pairs,
)


class Built:
    """The drawn world, written by somebody on every list, and held in memory beside it."""

    def __init__(self, drawn: Drawn, force: Force) -> None:
        self.memory = InMemory()
        self.now = clock.now()
        self.author = force.one(Role.SERGEANT)
        self.teams = [Team.objects.create(name=f"Team {n} (made up)") for n in range(TEAMS)]
        self.users = [User.objects.create(username=f"p{n}", name=f"P{n} (made up)") for n in range(USERS)]
        for user, teams in zip(self.users, drawn.teams_of, strict=True):
            for n in teams:
                Membership.objects.create(user=user, team=self.teams[n], role=Role.RESPONSE)
        with as_user(self.author):
            people = [self._person(r) for r in drawn.people]
            places = [self._place(r) for r in drawn.places]
            for p, q in drawn.homes:
                self._link(("person", people[p].id), "home", ("location", places[q].id))
            for p, q in drawn.relatives:
                if p != q:
                    self._link(("person", people[p].id), "parent", ("person", people[q].id))
            self._alike(people[0], people[1])
            self._proposed(people[1], people[2])
            for record, drawn_as in zip((*people, *places), (*drawn.people, *drawn.places), strict=True):
                record.restricted = drawn_as.on
                record.save()

    def _person(self, drawn: Restriction) -> Person:
        person = Person.objects.create(name="x", made_up=True)
        self._list(PersonAccess, {"person": person}, drawn)
        marker = WarningMarker.objects.create(
            person=person, kind="dog", severity="grave", grounds="g", proposed_at=self.now, review_on=self.now.date()
        )
        review = MarkerReview.objects.create(marker=marker, at=self.now, was_due=self.now.date(), kept=False, note="n")
        values = (
            Name.objects.create(person=person, full="x", recorded_at=self.now),
            Birth.objects.create(person=person, earliest=self.now.date(), latest=self.now.date(), recorded_at=self.now),
            Detail.objects.create(person=person, kind="sex", value="x", recorded_at=self.now),
            Identifier.objects.create(person=person, kind="pnc", value="x", recorded_at=self.now),
        )
        self.memory.keep(person, marker, review, *values)
        return person

    def _place(self, drawn: Restriction) -> Location:
        place = Location.objects.create(said="x", made_up=True)
        self._list(LocationAccess, {"location": place}, drawn)
        marker = WarningMarker.objects.create(
            location=place, kind="dog", severity="grave", grounds="g", proposed_at=self.now, review_on=self.now.date()
        )
        self.memory.keep(place, marker)
        return place

    def _list(self, model: type[PersonAccess | LocationAccess], record: dict[str, object], drawn: Restriction) -> None:
        holders: list[dict[str, object]] = [{"user": self.author}]
        holders += [{"user": self.users[n]} for n in drawn.users]
        holders += [{"team": self.teams[n]} for n in drawn.teams]
        for holder in holders:
            self.memory.keep(model._default_manager.create(**record, **holder))

    def _link(self, start: tuple[str, int], role: str, to: tuple[str, int]) -> None:
        ends = {"from_kind": start[0], "from_id": start[1], "to_kind": to[0], "to_id": to[1]}
        self.memory.keep(Link.objects.create(**ends, role=role, recorded_at=self.now))

    def _alike(self, one: Person, other: Person) -> None:
        self.memory.keep(
            IdentityDecision.objects.create(one=one, other=other, verdict="same", reason="r", at=self.now),
            *Identity.objects.all(),
        )

    def _proposed(self, one: Person, other: Person) -> None:
        """A pair that the duplicate run, which acts as the system, found to be alike."""
        pair = {"one": one.id, "other": other.id, "weight": "9", "probability": "0.9", "explanation": []}
        with as_user(None), connection.cursor() as cursor:
            cursor.execute("select iops.duplicates_begin('made up')")
            (run,) = cursor.fetchone()
            cursor.execute("select iops.duplicates_keep(%s, %s::jsonb, 0, 0)", [run, json.dumps([pair])])
        self.memory.keep(*DuplicatePair.objects.all())


CHECKED = (
    Person,
    PersonAccess,
    Name,
    Birth,
    Detail,
    Identifier,
    Location,
    LocationAccess,
    Link,
    WarningMarker,
    MarkerReview,
    IdentityDecision,
    Identity,
    DuplicatePair,
)


@given(drawn=worlds)
@settings(max_examples=40)
def test_what_python_permits_is_what_postgresql_shows(drawn: Drawn) -> None:
    with transaction.atomic():
        built = Built(drawn, Force())
        for who in [None, *built.users, built.author]:
            viewer = viewer_of(who)
            for model in CHECKED:
                rows = built.memory.held.get(model, [])
                expected = {row.pk for row in rows if permits(row, viewer, built.memory)}
                with as_user(who):
                    assert visible(model) == expected, (who, model)
        transaction.set_rollback(True)


def test_the_property_covers_every_table_of_people_and_places_with_a_policy() -> None:
    here = {p.model.__name__ for p in policies() if p.model._meta.app_label == "pole"}
    assert here == {m.__name__ for m in CHECKED}


def test_things_without_a_policy_are_open_and_tell_nothing_of_whose_they_are() -> None:
    force = Force()
    phone = Phone.objects.create(said="0161 496 0000", number="+441614960000")
    person = Person.objects.create(name="x")
    with as_user(force.one(Role.SERGEANT)):
        PersonAccess.objects.create(person=person, user=force.one(Role.SERGEANT))
        Link.objects.create(
            from_kind="person", from_id=person.id, to_kind="phone", to_id=phone.id, role="user", recorded_at=clock.now()
        )
        Person.objects.filter(id=person.id).update(restricted=True)
    with as_user(force.one(Role.RESPONSE)):
        assert (visible(Phone), visible(Link), visible(Person)) == ({phone.id}, set(), set())
