"""Which other crimes may be the work of the same people: found in the facts, each with its reasons.

Nothing is scored by a model: each tie is a fact on record that somebody can check. The weights order the list and
decide nothing; a person decides. Source: user problem U16; the weights are a local decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.crime.models import Crime

if TYPE_CHECKING:
    from collections.abc import Sequence

REASONS = {
    "suspect": "the same suspect",
    "vehicle": "the same vehicle",
    "place": "the same place and class",
    "victim": "the same victim and class",
}
WITHIN_DAYS = 183
"""How many days before or after one of the crimes another one may lie."""
OFFERED = 10

TIES = """
with base as (
    select c.id, c.incident_id, c.committed_from, n.crime_class
    from crime_crime c join crime_crimestanding n on n.crime_id = c.id where c.id = any(%(wanted)s)
), party as (
    select distinct b.id, case when l.role in ('suspect', 'offender') then 'suspect' else 'victim' end as part,
           m.id as who
    from base b join pole_link l on l.to_kind = 'crime' and l.to_id = b.id and l.from_kind = 'person'
        and l.withdrawn_at is null and l.role in ('suspect', 'offender', 'victim', 'aggrieved')
    cross join lateral unnest(iops.same_person(l.from_id)) m(id)
), thing as (
    select distinct b.id, l.from_kind as part, l.from_id as what
    from base b join pole_link l on l.to_kind = 'incident' and l.to_id = b.incident_id
        and l.from_kind in ('vehicle', 'location') and l.withdrawn_at is null
), tied as (
    select p.id as base, l.to_id as crime, p.part as reason from party p
    join pole_link l on l.from_kind = 'person' and l.from_id = p.who and l.to_kind = 'crime' and l.withdrawn_at is null
        and case p.part when 'suspect' then l.role in ('suspect', 'offender') else l.role in ('victim', 'aggrieved') end
    union
    select t.id, c.id, case t.part when 'vehicle' then 'vehicle' else 'place' end from thing t
    join pole_link l on l.from_kind = t.part and l.from_id = t.what and l.to_kind = 'incident'
        and l.withdrawn_at is null
    join crime_crime c on c.incident_id = l.to_id
)
select c.id, array_agg(distinct t.reason order by t.reason), min(abs(c.committed_from - b.committed_from)) as apart
from tied t join base b on b.id = t.base join crime_crime c on c.id = t.crime
join crime_crimestanding n on n.crime_id = c.id and n.state <> 'removed'
where c.id <> all(%(wanted)s) and abs(c.committed_from - b.committed_from) <= %(within)s
  and (t.reason in ('suspect', 'vehicle') or n.crime_class = b.crime_class)
  and iops.crime_series_now(c.id) is null
group by c.id
order by sum(case t.reason when 'suspect' then 4 when 'vehicle' then 3 when 'place' then 2 else 1 end) desc, apart, c.id
limit %(most)s
"""


@dataclass(frozen=True)
class Tied:
    """A crime that may belong to others: why, and how many days lie between it and the nearest of them."""

    crime: Crime
    reasons: tuple[str, ...]
    days_apart: int

    @property
    def said(self) -> str:
        """The reasons in words, fit to be the reason for which it joins."""
        apart = "the same day" if not self.days_apart else f"{self.days_apart} day{'s' * (self.days_apart > 1)} apart"
        return f"{', '.join(REASONS[code] for code in self.reasons)}, {apart}".capitalize()


def tied(crimes: Sequence[int], most: int = OFFERED) -> tuple[Tied, ...]:
    """The crimes of no series that facts tie to these, the most tied first; only what the viewer may see.

    People count by their decided identity. What was removed from the record ties nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(TIES, {"wanted": list(crimes), "within": WITHIN_DAYS, "most": most})
        rows = cursor.fetchall()
    by_id = Crime.objects.select_related("incident__district").in_bulk([row[0] for row in rows])
    return tuple(Tied(by_id[crime], tuple(reasons), apart) for crime, reasons, apart in rows)
