"""The generator of made-up people: the same people for the same seed, a batch at a time.

Batch number b holds person numbers b*BATCH+1 to (b+1)*BATCH whatever the count asked for, and follows from the seed and
b alone: so work can be resumed at any person, shared out over processes, and cut to any size. Households, and so
families and shared addresses, lie within one batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from iops.foundation.errors import InvalidError
from iops.synthetic.people import contacts, places
from iops.synthetic.people.batches import (
    Addresses,
    Batch,
    Contacts,
    Days,
    Names,
    Numbers,
    People,
    Text,
    by_person,
    texts,
)
from iops.synthetic.people.communities import COMMUNITIES, TRADITIONS, household_steps
from iops.synthetic.people.demography import ROLE_CHILD, ROLE_HEAD, Members, members
from iops.synthetic.people.naming import Named, name_members
from iops.synthetic.people.nicknames import nicknames
from iops.synthetic.people.randomness import check_seed, many
from iops.synthetic.people.traditions import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

BATCH = 25_000
"""People in a batch."""
MOST = 10**9
"""The largest person number; records of people already made are numbered above it."""
AS_AT = date(2026, 1, 1)
"""The day at which ages and addresses are true, when nothing else is asked for."""
MOST_HOUSEHOLDS = BATCH // 2
"""Household numbers set apart for a batch; with 2.4 people in each, about 10,500 are used."""

SHARES = {"mobile": 0.86, "second_mobile": 0.12, "landline": 0.35, "email": 0.55, "moved": 0.45, "moved_twice": 0.2}
NAME_SHARES = {"nickname": 0.2, "alias": 0.035, "maiden": 0.7, "own_script": 0.35}
"""Of those to whom it can apply: people with a known short name, an alias, a maiden name on file, their own script."""
LEFT_HOME = 0.3
"""Young heads whose last address was that of another household, whose family name they bear."""
YOUNG, OLD = 40, 50
"""Ages under which a head may have left home lately, and from which a head may be whom they left."""


def make_people(count: int, seed: int, start: int = 0, *, as_at: date = AS_AT) -> Iterator[Batch]:
    """Made-up people number `start`+1 to `count`, in batches; nothing is made before it is asked for.

    The same `seed` and `as_at` give the same people. InvalidError for a negative or absurd count, start or seed.
    """
    check_asked(count, seed, start)
    return _make(count, seed, start, as_at)


def check_asked(count: int, seed: int, start: int) -> None:
    """InvalidError when so many people, from there, of this seed cannot be made."""
    check_seed(seed)
    if not 0 <= count <= MOST:
        raise InvalidError(f"{count} people cannot be made.", mend=f"Ask for 0 to {MOST} people.")
    if start < 0:
        raise InvalidError(f"Cannot begin at {start}.", mend="Begin at 0 or later.")


def _make(count: int, seed: int, start: int, as_at: date) -> Iterator[Batch]:
    for number in range(start // BATCH, -(-count // BATCH) if start < count else 0):
        batch = make_batch(number, seed, as_at)
        first, last = number * BATCH + 1, (number + 1) * BATCH
        whole = start < first and count >= last
        yield batch if whole else batch.between(start + 1, count)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A batch in the making: one row a person."""

    rng: np.random.Generator
    seed: int
    today: np.datetime64
    person: Numbers
    household: Numbers
    members: Members
    community: npt.NDArray[np.intp]
    tradition: npt.NDArray[np.intp]
    born: Days
    named: Named

    def having(self, share: float) -> npt.NDArray[np.bool_]:
        """A random share of the people."""
        return self.rng.random(len(self.person)) < share

    def ago(self, who: npt.NDArray[np.bool_]) -> Days:
        """A day within the life of each of these people, at most twelve years ago."""
        return self.today - contacts.shuffled_years(self.members.age[who], self.rng).astype("timedelta64[D]")


def make_batch(number: int, seed: int, as_at: date = AS_AT) -> Batch:
    """Batch `number` (from 0) of the people of a seed, made alone."""
    draft = _draft(number, seed, as_at)
    home = places.dwelling_of(draft.household, seed)
    addresses = _addresses(draft, home)
    return Batch("people", _people(draft), _names(draft), _contacts(draft), addresses)


def _draft(number: int, seed: int, as_at: date) -> _Draft:
    rng = many(seed, 1, number)
    who = members(rng, BATCH)
    household = who.household % MOST_HOUSEHOLDS + number * MOST_HOUSEHOLDS
    today = np.datetime64(as_at, "D")
    born = today - who.age.astype("timedelta64[D]")
    community, tradition = _origins(rng, who, household, seed)
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    named = name_members(rng, who, tradition, year)
    person = np.arange(number * BATCH + 1, (number + 1) * BATCH + 1)
    draft = _Draft(rng, seed, today, person, household, who, community, tradition, born, named)
    _leave_home(draft)
    return draft


def _origins(
    rng: np.random.Generator, who: Members, household: Numbers, seed: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The community and the naming tradition of each person: those of the head, except for one partner in fifteen."""
    borough = places.borough_of(places.dwelling_of(household, seed))
    steps, pairs = household_steps()
    drawn = (rng.random(len(household))[:, None] >= steps[borough]).sum(axis=1)
    own = (who.role != ROLE_CHILD) & (rng.random(len(household)) < 1 / 15)
    pair = np.array(pairs)[np.where(own, drawn, drawn[who.head])]
    return pair[:, 0], pair[:, 1]


def _leave_home(draft: _Draft) -> None:
    """Give some young heads of household the family name of another household: their parents', as `_earlier` knows."""
    leaver, parent = _leavers(draft)
    for column in (draft.named.family, draft.named.birth_family, draft.named.script_family):
        column[leaver] = column[parent]
    for tied in (draft.community, draft.tradition):
        tied[leaver] = tied[parent]
    son = ~draft.members.woman[leaver] & ~draft.members.woman[parent] & (leaver % 20 == 0)
    for column in (draft.named.given, draft.named.script_given):
        column[leaver[son]] = column[parent[son]]


def _leavers(draft: _Draft) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows of young heads, and of the heads of the households in which they grew up; the same at every call."""
    head = draft.members.role == ROLE_HEAD
    years = draft.members.age // 365
    young = np.flatnonzero(head & (years < YOUNG) & (draft.person % 10 < LEFT_HOME * 10))
    old = np.flatnonzero(head & (years >= OLD) & (draft.named.family != ""))
    pairs = min(len(young), len(old))
    return young[:pairs], old[:pairs]


def _people(draft: _Draft) -> People:
    community = texts([community.name for community in COMMUNITIES])[draft.community]
    tradition = texts(list(TRADITIONS))[draft.tradition]
    sex = texts(["M", "F"])[draft.members.woman.astype(np.intp)]
    return People(draft.person, draft.person, draft.household, community, tradition, sex, draft.born, draft.born.copy())


def _names(draft: _Draft) -> Names:
    """The main name of everybody, and the other names of some."""
    named, everybody = draft.named, np.ones(len(draft.person), dtype=bool)
    first_last = ~np.array([SOURCES[name].family_first for name in TRADITIONS])[draft.tradition]
    maiden = (named.birth_family != named.family) & draft.having(NAME_SHARES["maiden"])
    alias = draft.having(NAME_SHARES["alias"])
    known = _known_as(draft)
    script = (named.script_given != "") & (named.script_family != "") & draft.having(NAME_SHARES["own_script"])
    blank = texts([""] * len(draft.person))
    # A false name is another real-sounding one: that of somebody else in the batch with the same sex.
    false = _others(draft, alias)
    rows = [
        _name_rows(draft, "main", everybody, named.given, named.middle, named.family, first_last),
        _name_rows(draft, "maiden", maiden, named.given, named.middle, named.birth_family, first_last),
        _name_rows(draft, "alias", alias, named.given[false], blank, named.family[false], first_last),
        _name_rows(draft, "nickname", known != "", known, blank, named.family, first_last),
        _name_rows(draft, "own_script", script, named.script_given, blank, named.script_family, ~script),
    ]
    return Names(*_main_in_own_script(by_person(*rows)))  # type: ignore[arg-type]


def _known_as(draft: _Draft) -> Text:
    """The short name by which each person is known; empty for most."""
    named, chances = draft.named, draft.rng.random(len(draft.person))
    share = NAME_SHARES["nickname"]
    return texts(
        [
            nicknames(given)[int(chance / share * len(nicknames(given)))] if chance < share and nicknames(given) else ""
            for given, chance in zip(named.given.tolist(), chances.tolist(), strict=True)
        ]
    )


def _others(draft: _Draft, who: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """For each person the row of somebody else of the same sex (themselves where no other name is wanted)."""
    rows = np.arange(len(draft.person))
    other = rows.copy()
    for sex in (True, False):
        same = np.flatnonzero(draft.members.woman == sex)
        mine = np.flatnonzero(who & (draft.members.woman == sex))
        other[mine] = same[draft.rng.integers(0, len(same), len(mine))] if len(same) else mine
    return other


def _name_rows(
    draft: _Draft,
    kind: str,
    who: npt.NDArray[np.bool_],
    given: Text,
    middle: Text,
    family: Text,
    given_first: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.generic], ...]:
    given, middle, family = given[who], middle[who], family[who]
    parts = zip(given.tolist(), middle.tolist(), family.tolist(), given_first[who].tolist(), strict=True)
    full = texts([" ".join(p for p in ((g, m, f) if order else (f, g, m)) if p) for g, m, f, order in parts])
    return draft.person[who], texts([kind] * len(given)), given, middle, family, full


def _main_in_own_script(columns: list[npt.NDArray[np.generic]]) -> list[npt.NDArray[np.generic]]:
    """Half of the people with a name in their own script are stored under it, with the Latin form as an alias."""
    person, kind = columns[0], columns[1].copy()
    script = np.flatnonzero((kind == "own_script") & (person % 2 == 0))
    main = np.searchsorted(person, person[script])
    kind[script], kind[main] = "main", "alias"
    return [person, kind, *columns[2:]]


def _contacts(draft: _Draft) -> Contacts:
    named, adult = draft.named, draft.members.age > 12 * 365
    mobile = adult & draft.having(SHARES["mobile"])
    second = adult & draft.having(SHARES["second_mobile"])
    landline = adult & (draft.household * 7 % 100 < SHARES["landline"] * 100)
    email = adult & draft.having(SHARES["email"])
    # One in twenty-five uses the telephone of the head of the household.
    owner = np.where(draft.having(0.04), draft.person[draft.members.head], draft.person)
    return Contacts(
        *by_person(
            _contact_rows(draft, "mobile", mobile, contacts.mobiles(owner[mobile], draft.seed)),
            _contact_rows(draft, "mobile", second, contacts.mobiles(draft.person[second], draft.seed, spare=True)),
            _contact_rows(draft, "landline", landline, contacts.landlines(draft.household[landline], draft.seed)),
            _contact_rows(
                draft,
                "email",
                email,
                contacts.emails(named.given[email].tolist(), named.family[email].tolist(), draft.person[email]),
            ),
        )  # type: ignore[arg-type]
    )


def _contact_rows(
    draft: _Draft, kind: str, who: npt.NDArray[np.bool_], value: Text
) -> tuple[npt.NDArray[np.generic], ...]:
    since = draft.ago(who)
    until = np.full(len(since), np.datetime64("NaT"), dtype="datetime64[D]")
    return draft.person[who], texts([kind] * len(value)), value, since, until


def _addresses(draft: _Draft, home: Numbers) -> Addresses:
    """Where everybody lives, and where some lived before; households moved together."""
    head = draft.members.head
    moved_in = draft.today - contacts.shuffled_years(draft.members.age, draft.rng).astype("timedelta64[D]")
    # Members came with the head, or were born there.
    since = np.maximum(moved_in[head], draft.born)
    never = np.full(len(since), np.datetime64("NaT"), dtype="datetime64[D]")
    moved = draft.having(SHARES["moved"])[head] & (draft.born < moved_in[head])
    twice = moved & draft.having(SHARES["moved_twice"])
    before = draft.rng.integers(0, places.DWELLINGS, (2, len(since)))
    leaver, parent = _leavers(draft)
    before[0][leaver] = home[parent]
    moved[leaver] = True
    years = (draft.rng.integers(200, 3000, (2, len(since)))).astype("timedelta64[D]")
    middle = np.maximum(since - years[0], draft.born)
    first = np.maximum(middle - years[1], draft.born)
    everybody = np.ones(len(since), dtype=bool)
    return Addresses(
        *by_person(
            _address_rows(draft, everybody, since, never, home),
            _address_rows(draft, moved, middle, since, before[0][head]),
            _address_rows(draft, twice & (first < middle), first, middle, before[1]),
        )  # type: ignore[arg-type]
    )


def _address_rows(
    draft: _Draft, who: npt.NDArray[np.bool_], since: Days, until: Days, dwelling: Numbers
) -> tuple[npt.NDArray[np.generic], ...]:
    place = places.describe(dwelling[who])
    return (
        draft.person[who],
        since[who],
        until[who],
        place.number,
        place.street,
        place.area,
        place.district,
        place.postcode,
        place.easting,
        place.northing,
    )
