"""Record a nominal, and what is learnt of them later: names, births, details, identifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import InvalidError
from iops.obligations.services import text, writing
from iops.pole import said
from iops.pole.models import (
    Birth,
    Detail,
    DetailKind,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Person,
    Precision,
)
from iops.pole.services.common import NOT_SAID, Provenance, choice, find_person, line

if TYPE_CHECKING:
    from datetime import date

    from iops.foundation.models import User

NAME_WIDTH, PART_WIDTH = 300, 200


@verb
def register_person(
    name: str,
    by: User,
    *,
    given: str = "",
    family: str = "",
    born: str = "",
    sex: str = "",
    described: bool = False,
    provenance: Provenance = NOT_SAID,
    own_right: bool = True,
    made_up: bool = False,
) -> Person:
    """Record a nominal. A name or a description is enough ("unknown male, 30s" with `described`).

    `name` is the name as said; its parts are taken from `given` and `family`, or read from it. `born` is a date of
    birth or an age as said (`said.birth`). Whether the person is recorded already is asked before this (matching).
    `own_right` is false for a child who is known only through the incident they are being linked to.
    Raises InvalidError naming the field.
    """
    full = line(name or f"{given} {family}", "Name", NAME_WIDTH)
    reading = said.birth(born, clock.today()) if born.strip() else None
    with writing(by, reason="nominal recorded"):
        person = Person.objects.create(
            name=full,
            born=reading.earliest if reading and reading.precision == Precision.FULL else None,
            described=described,
            own_right=own_right,
            made_up=made_up,
        )
        kind = NameKind.DESCRIPTION if described else NameKind.MAIN
        _name(person, full, given, family, kind, provenance, by)
        if reading:
            _birth(person, reading, born, provenance, by)
        if sex.strip():
            _detail(person, DetailKind.SEX, sex, provenance, by)
    return person


@verb
def add_name(
    person_id: int,
    full: str,
    by: User,
    *,
    kind: str = NameKind.ALIAS,
    given: str = "",
    family: str = "",
    provenance: Provenance = NOT_SAID,
) -> Name:
    """Record a further name of a nominal. A new main name becomes the one the nominal is listed under."""
    person = find_person(person_id)
    choice(kind, NameKind.values, "kind of name")
    with writing(by, reason="name recorded"):
        name = _name(person, full, given, family, kind, provenance, by)
        _list_under(person, name=name.full if kind == NameKind.MAIN else None)
    return name


@verb
def add_birth(person_id: int, born: str, by: User, *, provenance: Provenance = NOT_SAID) -> Birth:
    """Record when a nominal was born, as said. The first full date becomes the one the nominal is listed under."""
    person = find_person(person_id)
    reading = said.birth(born, clock.today())
    with writing(by, reason="date of birth recorded"):
        birth = _birth(person, reading, born, provenance, by)
        full = reading.precision == Precision.FULL and person.born is None
        _list_under(person, born=reading.earliest if full else None)
    return birth


@verb
def add_detail(person_id: int, kind: str, value: str, by: User, *, provenance: Provenance = NOT_SAID) -> Detail:
    """Record a detail of a nominal: sex, ethnicity (self-defined and officer-defined are two), language, and so on."""
    person = find_person(person_id)
    choice(kind, DetailKind.values, "kind of detail")
    with writing(by, reason="detail recorded"):
        detail = _detail(person, kind, value, provenance, by)
        _list_under(person)
    return detail


@verb
def add_identifier(person_id: int, kind: str, value: str, by: User, *, provenance: Provenance = NOT_SAID) -> Identifier:
    """Record a number that somebody gave to a nominal: PNC ID, CRO, driver number, a number in an older system."""
    person = find_person(person_id)
    choice(kind, IdentifierKind.values, "kind of number")
    with writing(by, reason="identifier recorded"):
        identifier = Identifier.objects.create(
            person=person, kind=kind, value=line(value, "Number", 80), **provenance.columns(by)
        )
        _list_under(person)
    return identifier


def _list_under(person: Person, *, name: str | None = None, born: date | None = None) -> None:
    """Whoever more becomes known of is known in their own right, and listed under what is now the main name."""
    before = (person.own_right, person.name, person.born)
    person.own_right = True
    person.name = name or person.name
    person.born = born or person.born
    if before != (person.own_right, person.name, person.born):
        person.save(update_fields=["own_right", "name", "born"])


def _name(person: Person, full: str, given: str, family: str, kind: str, provenance: Provenance, by: User) -> Name:
    whole = line(full or f"{given} {family}", "Name", NAME_WIDTH)
    if not (given.strip() or family.strip()) and kind != NameKind.DESCRIPTION:
        given, family = said.split_name(whole)
    return Name.objects.create(
        person=person,
        kind=kind,
        full=whole,
        given=line(given, "Given names", PART_WIDTH, needed=False),
        family=line(family, "Family name", PART_WIDTH, needed=False),
        **provenance.columns(by),
    )


def _birth(person: Person, reading: said.Born, born: str, provenance: Provenance, by: User) -> Birth:
    return Birth.objects.create(
        person=person,
        precision=reading.precision,
        earliest=reading.earliest,
        latest=reading.latest,
        said=born.strip(),
        **provenance.columns(by),
    )


def _detail(person: Person, kind: str, value: str, provenance: Provenance, by: User) -> Detail:
    kept = text(value, DetailKind(kind).label.capitalize()).strip()
    if not kept:
        raise InvalidError("A detail says something.", details={"field": kind})
    return Detail.objects.create(person=person, kind=kind, value=kept, **provenance.columns(by))
