"""The questions of completeness: how much is known of the crimes of a period, and of one crime, by purpose."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.crime.complete.counting import BLANK, Blanks, Cell, Share, of_purpose, share, whole
from iops.crime.complete.definitions import FACTS, Edition, Purpose, edition_on
from iops.crime.recorded.finding import find
from iops.foundation import clock
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.context import acting
from iops.foundation.errors import InvalidError, NotAllowedError
from iops.foundation.models import District
from iops.foundation.roles import LADDER, Role
from iops.pole.models import Person
from iops.rulebook.clocks import london_instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iops.crime.models import Crime
    from iops.foundation.models import User

READERS = (*LADDER, Role.REGISTRAR, Role.DETECTIVE, Role.REVIEWER, Role.ANALYST, Role.PANEL, Role.SAFEGUARDING)
"""Who reads the counts of the whole force."""
ORDER = {pair: at for at, pair in enumerate((part, fact) for part, facts in FACTS.items() for fact in facts)}
"""Facts in the order in which they are told: of the crime, of its victims, of its suspects."""
LONGEST_DAYS = 366
"""Days in one question; a longer period is asked for in parts."""
USUAL_DAYS = 28


@dataclass(frozen=True)
class FactCount:
    """One fact that a purpose needs, with its count."""

    part: str
    fact: str
    words: str
    share: Share


@dataclass(frozen=True)
class InDistrict:
    """One purpose in one district: its facts, and how many crimes lack none of them."""

    district: str
    share: Share
    crimes_whole: int
    crimes: int


@dataclass(frozen=True)
class Measured:
    """One purpose over all crimes of the period."""

    purpose: Purpose
    share: Share
    crimes_whole: int
    crimes: int
    facts: tuple[FactCount, ...]
    districts: tuple[InDistrict, ...]


@dataclass(frozen=True)
class Report:
    """Completeness of the crimes recorded from a first to a last local day, both included.

    The population is every crime recorded in the period, those included that whoever asks may not see.
    """

    since: dt.date
    until: dt.date
    edition: Edition
    crimes: int
    measured: tuple[Measured, ...]


@dataclass(frozen=True)
class Standing:
    """One fact of one crime: whose, what, and how it stands."""

    person_id: int | None
    part: str
    fact: str
    standing: str

    @property
    def words(self) -> str:
        """The fact in words."""
        return FACTS[self.part][self.fact]


@dataclass(frozen=True)
class OfPurpose:
    """What one purpose still lacks of one crime."""

    purpose: Purpose
    share: Share
    blanks: tuple[Standing, ...]


@dataclass(frozen=True)
class OfCrime:
    """The facts of one crime, and what each purpose lacks."""

    crime_id: int
    standings: tuple[Standing, ...]
    purposes: tuple[OfPurpose, ...]

    def of(self, person_id: int) -> tuple[Standing, ...]:
        """The facts of one of its people."""
        return tuple(s for s in self.standings if s.person_id == person_id)

    @property
    def people(self) -> tuple[int, ...]:
        """Its victims and suspects."""
        return tuple(dict.fromkeys(s.person_id for s in self.standings if s.person_id is not None))


@shows_no_record("days only")
def period(since: dt.date | None, until: dt.date | None) -> tuple[dt.date, dt.date]:
    """The period asked for, the last four weeks if none is. Raises InvalidError for one that is no period."""
    last = until or clock.today()
    first = since or last - dt.timedelta(days=USUAL_DAYS - 1)
    if first > last:
        raise InvalidError("The first day is after the last.", details={"field": "since"})
    if (last - first).days >= LONGEST_DAYS:
        raise InvalidError(f"At most {LONGEST_DAYS} days are counted at once.", details={"field": "since"})
    return first, last


@shows_no_record("counts facts of crimes and names none")
def report(by: User, since: dt.date | None = None, until: dt.date | None = None) -> Report:
    """How complete the crimes of a period are, for each purpose of its last day.

    Raises NotAllowedError for who does not read counts of the force, InvalidError for what is no period.
    """
    if not by.holds(READERS):
        raise NotAllowedError("The counts of the whole force are for supervisors, the registrar and analysts.")
    first, last = period(since, until)
    bounds = [london_instant(first), london_instant(last + dt.timedelta(days=1))]
    with acting(user_id=by.id), connection.cursor() as cursor:
        cursor.execute("select district, part, fact, standing, many from iops.crime_completeness(%s, %s)", bounds)
        cells = [Cell(*row) for row in cursor.fetchall()]
        cursor.execute("select district, blanks, many from iops.crime_blanks(%s, %s)", bounds)
        groups = [Blanks(row[0], frozenset(_pair(x) for x in row[1]), row[2]) for row in cursor.fetchall()]
        names = dict(District.objects.order_by("name").values_list("id", "name"))
    edition = edition_on(last)
    measured = tuple(_measured(one, cells, groups, names) for one in edition.purposes)
    return Report(first, last, edition, sum(g.many for g in groups), measured)


def _pair(written: str) -> tuple[str, str]:
    part, _, fact = written.partition(".")
    return part, fact


def _measured(purpose: Purpose, cells: list[Cell], groups: list[Blanks], names: dict[int, str]) -> Measured:
    complete, crimes = whole(groups, purpose)
    return Measured(
        purpose=purpose,
        share=of_purpose(cells, purpose),
        crimes_whole=complete,
        crimes=crimes,
        facts=tuple(
            FactCount(part, fact, words, share(c for c in cells if (c.part, c.fact) == (part, fact)))
            for part, facts in FACTS.items()
            for fact, words in facts.items()
            if (part, fact) in purpose.needs
        ),
        districts=tuple(_in_district(purpose, number, name, cells, groups) for number, name in names.items()),
    )


def _in_district(purpose: Purpose, number: int, name: str, cells: list[Cell], groups: list[Blanks]) -> InDistrict:
    complete, crimes = whole((g for g in groups if g.district_id == number), purpose)
    return InDistrict(name, of_purpose((c for c in cells if c.district_id == number), purpose), complete, crimes)


@consults("crime", ids=lambda found: [found.crime_id])
def of_crime(crime_id: int, viewer: User) -> OfCrime:  # noqa: ARG001 - the look is logged in the viewer's name
    """How the facts of one crime stand, and what each purpose of today lacks. Raises NotFoundError."""
    return standings(find(crime_id))


@shows_no_record("a part of the page of a crime, which logs the look")
def standings(crime: Crime) -> OfCrime:
    """How the facts of a crime stand that whoever asks has before them, without the people they may not see."""
    with connection.cursor() as cursor:
        cursor.execute("select person_id, part, fact, standing from iops.crime_facts(%s)", [crime.id])
        found = [Standing(*row) for row in cursor.fetchall()]
    seen = set(Person.objects.filter(id__in={one.person_id for one in found}).values_list("id", flat=True))
    told = [one for one in found if one.person_id is None or one.person_id in seen]
    told.sort(key=lambda one: (ORDER[one.part, one.fact], one.person_id or 0))
    purposes = tuple(_of_purpose(one, told) for one in edition_on(clock.today()).purposes)
    return OfCrime(crime.id, tuple(told), purposes)


def _of_purpose(purpose: Purpose, standings: Iterable[Standing]) -> OfPurpose:
    needed = [s for s in standings if (s.part, s.fact) in purpose.needs]
    counted = share(Cell(0, s.part, s.fact, s.standing, 1) for s in needed)
    return OfPurpose(purpose, counted, tuple(s for s in needed if s.standing == BLANK))
