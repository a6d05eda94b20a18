"""Puts made-up people into the force: nominals with names, births, homes, telephones, duplicates and warnings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from iops.pole import said
from iops.pole.models import (
    Birth,
    Detail,
    DetailKind,
    Email,
    Link,
    Location,
    Name,
    NameKind,
    Person,
    Phone,
    Precision,
    WarningMarker,
)
from iops.synthetic.people import Population

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime, timedelta

    from iops.foundation.models import District, User
    from iops.synthetic.people import Batch
    from iops.synthetic.people.batches import Table

KINDS = {"main": NameKind.MAIN, "alias": NameKind.ALIAS, "maiden": NameKind.BIRTH, "nickname": NameKind.NICKNAME}
SEXES = {"F": "female", "M": "male"}
SOURCE = "the made-up force"
WARNINGS = (
    ("weapons", "grave", "Made-up grounds: a machete was seen behind the door."),
    ("violent", "serious", "Made-up grounds: assaulted an officer on arrest."),
    ("suicidal", "serious", "Made-up grounds: took an overdose in custody."),
    ("dog", "caution", "Made-up grounds: a large dog, loose in the yard."),
)


@dataclass
class Residents:
    """The made-up people, and which of them live together, for stories to be told about."""

    people: dict[int, Person] = field(default_factory=dict)
    households: dict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))
    homes: dict[int, Location] = field(default_factory=dict)
    """The present home of a nominal, by the nominal's id."""


def settle_in(count: int, seed: int, districts: Sequence[District], now: datetime) -> Residents:
    """Record `count` made-up people and further records of some of them; each row carries the mark `made_up`."""
    found = Residents()
    places: dict[tuple[str, str, str], Location] = {}
    for batch in Population(count, seed=seed, rate=0.15):
        _people(batch, found, now)
        _homes(batch, found, places, districts, now)
        _contacts(batch, found, now)
    return found


def _rows(table: Table) -> Iterator[tuple[Any, ...]]:
    yield from table.rows()


def _told(now: datetime, since: date | None = None, until: date | None = None) -> dict[str, Any]:
    return {
        "source": "imported", "source_detail": SOURCE, "confidence": "likely", "recorded_at": now, "since": since,
        "until": until,
    }  # fmt: skip


def _people(batch: Batch, found: Residents, now: datetime) -> None:
    rows: list[tuple[Any, ...]] = list(_rows(batch.people))
    main = {row[0]: row for row in _rows(batch.names) if row[1] == "main"}
    made = [
        Person(name=main[n][5], born=first if first == last else None, made_up=True)
        for n, _, _, _, _, _, first, last in rows
    ]
    for (number, _, household, *_), person in zip(rows, Person.objects.bulk_create(made), strict=True):
        found.people[number] = person
        found.households[household].append(person)
    Name.objects.bulk_create(
        Name(
            person=found.people[number], kind=KINDS.get(kind, NameKind.ALIAS), full=full,
            given=f"{given} {middle}".strip(), family=family, **_told(now),
        )
        for number, kind, given, middle, family, full in _rows(batch.names)
    )  # fmt: skip
    Birth.objects.bulk_create(
        Birth(
            person=found.people[n], precision=Precision.FULL if first == last else Precision.PARTIAL, earliest=first,
            latest=last, **_told(now),
        )
        for n, _, _, _, _, _, first, last in rows if first is not None and last is not None
    )  # fmt: skip
    Detail.objects.bulk_create(
        Detail(person=found.people[n], kind=DetailKind.SEX, value=SEXES[sex], **_told(now))
        for n, _, _, _, _, sex, _, _ in rows if sex in SEXES
    )  # fmt: skip


def _homes(
    batch: Batch,
    found: Residents,
    places: dict[tuple[str, str, str], Location],
    districts: Sequence[District],
    now: datetime,
) -> None:
    links = []
    for number, since, until, house, street, area, town, postcode, easting, northing in _rows(batch.addresses):
        key = (house, street, postcode)
        if key not in places:
            places[key] = Location.objects.create(
                said=f"{house} {street}, {area}, {town} {postcode}", **_house(house), street=street, locality=area,
                town=town, postcode=said.postcode(postcode), easting=easting, northing=northing,
                district=districts[len(places) % len(districts)], made_up=True,
            )  # fmt: skip
        person = found.people[number]
        links.append(_link(("person", person.id), "home", ("location", places[key].id), _told(now, since, until)))
        if until is None:
            found.homes[person.id] = places[key]
    Link.objects.bulk_create(links)


def _house(told: str) -> dict[str, str]:
    """A house number as it is; what is longer is the name of a building."""
    return {"number": told} if told[:1].isdigit() and len(told) <= 20 else {"building": told[:120]}  # noqa: PLR2004


def _contacts(batch: Batch, found: Residents, now: datetime) -> None:
    links = []
    for number, kind, value, since, until in _rows(batch.contacts):
        told = _told(now, since, until)
        start = ("person", found.people[number].id)
        if kind == "email":
            email, _ = Email.objects.get_or_create(address=value.lower(), defaults={"said": value, "made_up": True})
            links.append(_link(start, "user", ("email", email.id), told))
        elif read := said.phone(value):
            phone, _ = Phone.objects.get_or_create(number=read, defaults={"said": value, "made_up": True})
            links.append(_link(start, "user", ("phone", phone.id), told))
    Link.objects.bulk_create(links, ignore_conflicts=True)


def _link(start: tuple[str, int], role: str, to: tuple[str, int], told: dict[str, Any]) -> Link:
    return Link(from_kind=start[0], from_id=start[1], role=role, to_kind=to[0], to_id=to[1], **told)


def warn(found: Residents, chance: random.Random, officers: tuple[User, User], now: datetime, ago: timedelta) -> None:
    """Put warnings on a few people and one home: confirmed ones, one only proposed, one overdue for its review."""
    people = chance.sample(sorted(found.people), len(WARNINGS) + 1)
    proposer, decider = officers
    for at, (kind, severity, grounds) in enumerate(WARNINGS):
        person = found.people[people[at]]
        on: dict[str, Any] = {"location": found.homes.get(person.id)} if kind == "dog" else {"person": person}
        if on.get("location", person) is None:
            continue
        proposed = now - ago
        decided = {"decided_at": proposed + ago / 10, "decided_by": decider, "confirmed": True} if at else {}
        WarningMarker.objects.create(
            kind=kind, severity=severity, grounds=grounds, proposed_at=now if not at else proposed, made_up=True,
            proposed_by=proposer, review_on=(now - ago / 2 if at == 1 else now + ago * 9).date(), **decided, **on,
        )  # fmt: skip


def involve(person: Person, role: str, incident_id: int, now: datetime) -> None:
    """Say in what role somebody is involved in an incident."""
    _link(("person", person.id), role, ("incident", incident_id), _told(now)).save()


def scene(place: Location, incident_id: int, now: datetime) -> None:
    """Say where an incident is."""
    _link(("location", place.id), "scene", ("incident", incident_id), _told(now)).save()
