"""How alike two nominals are to the matching model, with what the viewer may see of them, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import orjson
from django.db import connection

from iops.pole.matching.known import Known, known
from iops.pole.matching.model import standard
from iops.pole.search.people import scorer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from iops.pole.matching.scoring import Score

LIKELY = Decimal("0.5")
"""The probability from which the duplicate run asks about a pair."""
BITS, SHARE = Decimal("0.001"), Decimal("0.000001")
MODEL_WIDTH = 60


@dataclass(frozen=True)
class Weighed:
    """What the model says of a pair: bits for or against one person, the probability, and why.

    `fields` is the account, field by field: field, level, sentence, bits; it is kept with the decision as it stood.
    """

    weight: Decimal
    probability: Decimal
    model: str
    fields: tuple[dict[str, str], ...]

    @property
    def percent(self) -> str:
        """The probability in words that never claim certainty: "97 %", "over 99 %", "under 1 %"."""
        return percent(self.probability)


def percent(probability: Decimal) -> str:
    """A probability as people read it; neither certain nor impossible is ever claimed."""
    whole = int(probability * 100)
    if whole >= 99:  # noqa: PLR2004
        return "over 99 %"
    return f"{whole} %" if whole else "under 1 %"


def model_version() -> str:
    """Which model answers, as it is kept with a decision."""
    model = standard()
    return f"{model.name} {model.version}"[:MODEL_WIDTH]


def weigh(one_id: int, other_id: int) -> Weighed:
    """What the model says of two nominals, by what the viewer may see of both."""
    people = known_people([one_id, other_id])
    return weighed(scorer().score(people[one_id], people[other_id]))


def weighed(score: Score) -> Weighed:
    """A score of the model as it is shown and kept."""
    return Weighed(
        weight=bits(score.weight),
        probability=Decimal(str(score.probability)).quantize(SHARE),
        model=model_version(),
        fields=tuple(
            {"field": a.field, "level": a.level, "says": a.says[:500], "weight": f"{bits(a.weight):+}"}
            for a in score.agreements
        ),
    )


def bits(weight: float) -> Decimal:
    """A weight in bits, exact to a thousandth and within what is kept."""
    return max(Decimal(-9999), min(Decimal(9999), Decimal(str(weight)))).quantize(BITS)


KNOWN = """
    select p.id, p.name, p.born,
        array(select jsonb_build_array(coalesce(nullif(n.given, ''), case when n.family = '' then n.full else '' end),
                                       n.family, n.kind)
              from pole_name n where n.person_id = p.id and n.withdrawn_at is null order by n.id),
        array(select array[b.earliest, b.latest] from pole_birth b
              where b.person_id = p.id and b.withdrawn_at is null order by b.id),
        (select d.value from pole_detail d where d.person_id = p.id and d.kind = 'sex' and d.withdrawn_at is null
         order by d.recorded_at desc, d.id desc limit 1),
        array(select array[i.kind, i.value] from pole_identifier i
              where i.person_id = p.id and i.withdrawn_at is null order by i.id),
        c.addresses, c.postcodes, c.phones, c.emails
    from pole_person p cross join lateral (
        select array_agg(a.said order by l.id) filter (where a.id is not null) as addresses,
            array_agg(a.postcode order by l.id) filter (where a.id is not null) as postcodes,
            array_agg(coalesce(nullif(t.number, ''), t.said) order by l.id) filter (where t.id is not null) as phones,
            array_agg(e.address order by l.id) filter (where e.id is not null) as emails
        from pole_link l
        left join pole_location a on l.to_kind = 'location' and a.id = l.to_id and not a.restricted
        left join pole_phone t on l.to_kind = 'phone' and t.id = l.to_id
        left join pole_email e on l.to_kind = 'email' and e.id = l.to_id
        where l.from_kind = 'person' and l.from_id = p.id and l.withdrawn_at is null
          and l.to_kind in ('location', 'phone', 'email')) c
    where p.id = any (%s)
"""


def known_people(ids: Iterable[int]) -> dict[int, Known]:
    """What is known of each nominal, as the model compares it, from the values that stand and the viewer may see.

    Restricted places are left out even for those who may see them: an account that is kept is read by others later.
    """
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [sorted(set(ids))])
        return {row[0]: _known(*row[1:]) for row in cursor.fetchall()}


def _known(
    name: str, born: date | None, names: list[str], births: list[list[date]], sex: str | None, numbers: list[list[str]],
    addresses: list[str] | None, postcodes: list[str] | None, phones: list[str] | None, emails: list[str] | None,
) -> Known:  # fmt: skip
    told = [tuple(orjson.loads(n)) if isinstance(n, str) else tuple(n) for n in names] or [(name, "", "main")]
    days = [(one, other) for one, other in births]
    return known(
        names=told,
        born=[*days, *([(born, born)] if born else [])],
        sex=sex,
        postcodes=postcodes or (),
        addresses=addresses or (),
        phones=phones or (),
        emails=emails or (),
        identifiers=[(kind, value) for kind, value in numbers],
    )
