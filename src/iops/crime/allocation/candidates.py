"""Reads what the order of officers goes by, for many crimes at once: one statement a question, however many crimes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from iops.crime.allocation.rules import rules_on
from iops.crime.allocation.suggesting import Officer, suggest
from iops.foundation import clock
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from iops.crime.allocation.suggesting import Suggestion

INVESTIGATORS = (Role.DETECTIVE, Role.RESPONSE)
"""The roles to which crimes are suggested; anybody else may still be given one."""

ABOUT = """
    select c.id, i.district_id, iops.crime_class_now(c.id), iops.crime_signs(c.id)
    from crime_crime c join control_incident i on i.id = c.incident_id where c.id = any(%s)
"""

# Everybody of the districts and of the whole force, whoever has one of the skills, whoever is named.
PEOPLE = """
    select u.id, u.name,
           array(select distinct t.district_id from foundation_membership m join foundation_team t on t.id = m.team_id
                 where m.user_id = u.id),
           array(select s.skill from crime_officerskill s
                 where s.user_id = u.id and s.since <= %(day)s and (s.until is null or s.until >= %(day)s))
    from foundation_user u
    where u.is_active and u.kind = 'person'
      and exists (select from foundation_membership m where m.user_id = u.id and m.role = any(%(roles)s))
      and (u.id = any(%(named)s)
           or exists (select from foundation_membership m join foundation_team t on t.id = m.team_id
                      where m.user_id = u.id and (t.district_id is null or t.district_id = any(%(districts)s)))
           or exists (select from crime_officerskill s
                      where s.user_id = u.id and s.skill = any(%(skills)s) and s.since <= %(day)s
                        and (s.until is null or s.until >= %(day)s)))
    order by u.id
"""

# In a crew or at a desk now: on shift. A tour that ended in the last sixteen hours: off shift. Else it is not known.
SHIFTS = """
    select u.id, exists (select from control_crewmember c join control_duty d on d.id = c.duty_id and d.ended_at is null
                         where c.user_id = u.id and c.left_at is null)
              or exists (select from control_deskduty d where d.user_id = u.id and d.ended_at is null),
           exists (select from control_crewmember c join control_duty d on d.id = c.duty_id
                   where c.user_id = u.id and coalesce(c.left_at, d.ended_at) > iops.now() - interval '16 hours')
    from unnest(%s::bigint[]) u(id)
"""

# Crimes of the same victims and suspects, and those that were linked, as far as whoever asks sees them.
SAME_PEOPLE = """
    with wanted as materialized (select unnest(%s::bigint[]) as id),
    party as materialized (
        select distinct w.id as crime_id, m.id as person_id
        from wanted w
        join pole_link l on l.to_kind = 'crime' and l.to_id = w.id and l.from_kind = 'person' and l.withdrawn_at is null
            and l.role in ('victim', 'aggrieved', 'suspect', 'offender')
        cross join lateral unnest(iops.same_person(l.from_id)) m(id)
    ), other as (
        select p.crime_id, l.to_id as other_id from party p
        join pole_link l on l.from_kind = 'person' and l.from_id = p.person_id and l.to_kind = 'crime'
            and l.withdrawn_at is null and l.role in ('victim', 'aggrieved', 'suspect', 'offender')
        union select w.id, k.other_id from wanted w join crime_crimelinked k on k.crime_id = w.id
        union select w.id, k.crime_id from wanted w join crime_crimelinked k on k.other_id = w.id
    )
    select x.crime_id, o.holder_id, 'CR/' || c.number || '/' || to_char(c.year, 'YYYY')
    from other x join crime_opencrime o on o.crime_id = x.other_id and o.holder_id is not null
    join crime_crime c on c.id = o.crime_id
    where x.other_id <> x.crime_id order by x.crime_id, c.id
"""
TIES = "select w.id, t.user_id, t.tie from unnest(%s::bigint[]) w(id) cross join lateral iops.crime_ties(w.id) t"
HOLD = "select * from iops.officers_hold(%s::bigint[])"


@dataclass(frozen=True, slots=True)
class About:
    """What the rules look at of one crime: its district, the class it stands under, what is known of it."""

    id: int
    district_id: int
    crime_class: str
    signs: tuple[str, ...]


def suggestions(ids: Iterable[int], most: int | None = None) -> Mapping[int, Suggestion]:
    """Who may own each of these crimes (the first `most`), in order with reasons, as the facts are now.

    Run as whoever asks: crimes of the same people that they may not see are no reason.
    """
    rules = rules_on(clock.today())
    crimes = [About(n, d, name, tuple(signs)) for n, d, name, signs in _rows(ABOUT, [list(ids)])]
    needed = {one.id: rules.needed(one.crime_class, one.signs) for one in crimes}
    facts = _Facts.of(crimes, sorted({skill.code for skills in needed.values() for skill in skills}))
    return {one.id: suggest(needed[one.id], facts.officers(one), rules, most) for one in crimes}


@dataclass(frozen=True, slots=True)
class _Facts:
    """Everything that was read, by person or by crime and person."""

    people: Sequence[tuple[int, str, frozenset[int | None], frozenset[str]]]
    shift: Mapping[int, bool]
    held: Mapping[int, tuple[tuple[int, int], ...]]
    same: Mapping[tuple[int, int], tuple[str, ...]]
    ties: Mapping[tuple[int, int], str]

    @staticmethod
    def of(crimes: Sequence[About], skills: list[str]) -> _Facts:
        ids = [one.id for one in crimes]
        same: dict[tuple[int, int], tuple[str, ...]] = {}
        for crime, user, reference in _rows(SAME_PEOPLE, [ids]):
            same[crime, user] = (*same.get((crime, user), ()), reference)
        people = _people(sorted({one.district_id for one in crimes}), skills, sorted({user for _, user in same}))
        everybody = [one[0] for one in people]
        return _Facts(
            people=people,
            shift={user: on for user, on, ended in _rows(SHIFTS, [everybody]) if on or ended},
            held=_held(everybody),
            same=same,
            ties={(crime, user): tie for crime, user, tie in _rows(TIES, [ids])},
        )

    def officers(self, crime: About) -> list[Officer]:
        """Everybody read, as they stand to one crime."""
        return [
            Officer(
                id=user,
                name=name,
                skills=skills,
                held=self.held.get(user, ()),
                same_people=self.same.get((crime.id, user), ()),
                in_district=bool(districts & {None, crime.district_id}),
                on_shift=self.shift.get(user),
                tie=self.ties.get((crime.id, user), ""),
            )
            for user, name, districts, skills in self.people
        ]


def _people(
    districts: list[int], skills: list[str], named: list[int]
) -> list[tuple[int, str, frozenset[int | None], frozenset[str]]]:
    roles = [role.value for role in INVESTIGATORS]
    asked = {"day": clock.today(), "roles": roles, "named": named, "districts": districts, "skills": skills}
    return [(user, name, frozenset(where), frozenset(can)) for user, name, where, can in _rows(PEOPLE, asked)]


def _held(people: list[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for user, grade, crimes in _rows(HOLD, [people]):
        found[user].append((grade, crimes))
    return {user: tuple(sorted(rows)) for user, rows in found.items()}


def _rows(query: str, given: list[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())
