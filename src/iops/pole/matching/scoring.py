"""Scores two records by the model, and explains every score field by field.

Live search scores some hundreds of candidates a question, so levels are found first, as numbers, and put into words
only when somebody reads them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import log2
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from iops.pole.matching import levels as lv
from iops.pole.matching.known import Address
from iops.pole.matching.levels import FIELDS, MISSING, identifiers_level
from iops.pole.matching.model import Model, standard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from iops.pole.matching.known import Known, Named

T = TypeVar("T")
MOST_ADJUSTED = 6.0
"""Bits that a rare or a common value may add or take."""
_GIVEN, _FAMILY, _BORN, _SEX, _POSTCODE, _ADDRESS, _PHONE, _EMAIL, _IDENTIFIER = range(len(FIELDS))
SHARED = frozenset({_FAMILY, _POSTCODE, _ADDRESS, _PHONE})
"""What the people of one household share. These agreements are not independent of each other: together they say which
household, and hardly more."""
_HOUSEHOLD = -1
SURE = 1e-9
NO_HOUSEHOLDS = 0.9
_MOST_PAIRED = 12
"""Values of one field that are compared with each other; who has had more addresses is compared by the latest."""


class Agreement(NamedTuple):
    """One field of an explanation."""

    field: str
    level: str
    says: str
    """A sentence for people: "family name sounds alike (smyth / smith)"."""
    weight: float
    """Bits for (above 0) or against (below 0) one person."""


Found = tuple[int, int, float, object, object]
"""Field, level and weight of one comparison, and the two values, before they are put into words."""


@dataclass(frozen=True, slots=True)
class Score:
    """How likely two records are of one person: `weight` in bits without the prior, `probability` with it."""

    weight: float
    probability: float
    found: tuple[Found, ...]

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """The explanation: every field both records speak of. The weights add up to the total."""
        return tuple(map(_agreement, self.found))


def _agreement(found: Found) -> Agreement:
    at, level_at, weight, asked, stored = found
    if at == _HOUSEHOLD:
        return Agreement("household", "shared", "a household shares these: counted together", weight)
    compared = FIELDS[at]
    level = compared.levels[level_at]
    one, other = _shown(asked), _shown(stored)
    both = one if one == other else f"{one} / {other}"
    return Agreement(compared.name, level.code, f"{compared.says}: {level.says} ({both})", weight)


def _shown(value: object) -> str:
    """A compared value for people."""
    match value:
        case Address(text=text):
            return text
        case frozenset():
            return ", ".join(" ".join(one) for one in sorted(value))
        case (int(first), int(last)):
            return str(first) if first == last else f"{first}-{last}"
        case str() if len(value) == len("19850312") and value.isdigit():
            return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    return str(value)


class Commonness:
    """How common the values of one field are."""

    __slots__ = ("_bits", "_rarest")

    def __init__(self, counts: Mapping[Any, int]) -> None:
        total = sum(counts.values())
        usual = sum((count / total) ** 2 for count in counts.values())
        self._bits: dict[object, float] = {
            value: _bounded(log2(usual * total / count)) for value, count in counts.items()
        }
        self._rarest = _bounded(log2(usual * (total + 1)))

    def adjusts(self, one: object, other: object) -> float:
        """Bits to add to the weight of an agreement on these values: below 0 when either of them is common."""
        bits, rarest = self._bits, self._rarest
        here, there = bits.get(one, rarest), bits.get(other, rarest)
        return min(there, here)


def _bounded(bits: float) -> float:
    return max(-MOST_ADJUSTED, min(MOST_ADJUSTED, bits))


class Frequencies:
    """How common values are, by field: agreeing on Mohammed Khan tells less than agreeing on Aloysius Featherstone.

    Made from counts of first given names, family names in one word, postcodes and so on, folded as `Known` has them.
    """

    __slots__ = ("tables",)

    def __init__(self, counts: Mapping[str, Mapping[Any, int]]) -> None:
        self.tables = {name: Commonness(table) for name, table in counts.items() if table}

    @classmethod
    def of(cls, people: Iterable[Known]) -> Frequencies:
        """Counted from the records themselves."""
        counts: dict[str, Counter[Any]] = {f.name: Counter() for f in FIELDS}
        for person in people:
            for name in person.names:
                counts["given"][name.first] += 1
                counts["family"][name.family_whole] += 1
            counts["postcode"].update(person.postcodes)
            counts["address"].update(address for address in person.addresses)
            counts["email"].update(person.emails)
            counts["phone"].update(person.phones)
        return cls({name: {value: n for value, n in table.items() if value} for name, table in counts.items()})


UNKNOWN_FREQUENCIES = Frequencies({})


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores records by one model."""

    model: Model = field(default_factory=standard)
    frequencies: Frequencies = UNKNOWN_FREQUENCIES
    prior_bits: float | None = None
    """log2 of the odds before anything is compared; the model's own prior when not given."""
    _weights: tuple[tuple[float, ...], ...] = ()
    _tables: tuple[Commonness | None, ...] = ()

    def __post_init__(self) -> None:
        by_name = self.model.weights()
        object.__setattr__(self, "_weights", tuple(by_name[one.name] for one in FIELDS))
        object.__setattr__(self, "_tables", tuple(self.frequencies.tables.get(one.name) for one in FIELDS))
        if self.prior_bits is None:
            object.__setattr__(self, "prior_bits", log_odds(float(self.model.prior)))

    def score(self, asked: Known, stored: Known) -> Score:
        """The score of two records; the order of the two changes nothing but the order of words in the explanation."""
        found = tuple(self._household(self._found(asked, stored)))
        weight = sum([one[2] for one in found])
        return Score(weight, probability(weight + (self.prior_bits or 0.0)), found)

    def rank(self, asked: Known, many: Iterable[Known], most: int | None = None) -> list[tuple[int, Score]]:
        """Positions in `many` with their scores, the likeliest first."""
        scored = [(at, self.score(asked, stored)) for at, stored in enumerate(many)]
        scored.sort(key=lambda one: -one[1].weight)
        return scored[:most]

    def _found(self, a: Known, b: Known) -> list[Found]:
        found: list[Found] = []
        if a.names and b.names:
            found += self._names(a.names, b.names)
        if a.days and b.days:
            self._best(found, _BORN, lv.day_level, a.days, b.days)
        elif (a.days or a.spans) and (b.days or b.spans):
            self._best(found, _BORN, lv.year_level, _spans(a), _spans(b))
        if a.sex and b.sex:
            level = 0 if a.sex == b.sex else 1
            found.append((_SEX, level, self._weights[_SEX][level], a.sex, b.sex))
        if a.postcodes and b.postcodes:
            self._best(found, _POSTCODE, lv.postcode_level, a.postcodes, b.postcodes)
        if a.addresses and b.addresses:
            self._best(found, _ADDRESS, lv.address_level, a.addresses, b.addresses)
        if a.phones and b.phones:
            self._best(found, _PHONE, lv.phone_level, a.phones, b.phones)
        if a.emails and b.emails:
            self._best(found, _EMAIL, lv.email_level, a.emails, b.emails)
        if a.identifiers and b.identifiers and (level := identifiers_level(a, b)) != MISSING:
            found.append((_IDENTIFIER, level, self._weights[_IDENTIFIER][level], a.identifiers, b.identifiers))
        return found

    def _household(self, found: list[Found]) -> list[Found]:
        """What a household shares is counted together: the surplus is taken off where people can see it."""
        surplus = household_surplus(found, (self.prior_bits or 0.0) - household_bits(float(self.model.household)))
        return [*found, (_HOUSEHOLD, 0, -surplus, "", "")] if surplus > 0.0 else found

    def _names(self, asked: Sequence[Named], stored: Sequence[Named]) -> list[Found]:
        """The pair of names that speaks most for one person."""
        if len(asked) == len(stored) == 1:
            return self._name_pair(asked[0], stored[0])
        pairs = [self._name_pair(a, b) for a in asked[-_MOST_PAIRED:] for b in stored[-_MOST_PAIRED:]]
        return max(pairs, key=_rank)

    def _name_pair(self, a: Named, b: Named) -> list[Found]:
        found: list[Found] = []
        given = lv.given_level(a, b)
        if given != MISSING:
            weight = self._weigh(_GIVEN, given, a.first, b.first)
            found.append((_GIVEN, given, weight, a.given_text, b.given_text))
        family = lv.family_level(a, b, given)
        if family != MISSING:
            weight = self._weigh(_FAMILY, family, a.family_whole, b.family_whole)
            found.append((_FAMILY, family, weight, a.family_text, b.family_text))
        return found

    def _best(
        self, found: list[Found], at: int, level_of: Callable[[T, T], int], asked: Sequence[T], stored: Sequence[T]
    ) -> None:
        """Add the pair of values that speaks most for one person."""
        if len(asked) == len(stored) == 1:
            level = level_of(asked[0], stored[0])
            if level != MISSING:
                found.append((at, level, self._weigh(at, level, asked[0], stored[0]), asked[0], stored[0]))
            return
        best: Found | None = None
        for one in asked[-_MOST_PAIRED:]:
            for other in stored[-_MOST_PAIRED:]:
                level = level_of(one, other)
                if level != MISSING:
                    weight = self._weigh(at, level, one, other)
                    if best is None or (weight, -level) > (best[2], -best[1]):
                        best = (at, level, weight, one, other)
        if best is not None:
            found.append(best)

    def _weigh(self, at: int, level: int, one: object, other: object) -> float:
        weights = self._weights[at]
        table = self._tables[at]
        if table is None or level == len(weights) - 1:
            return weights[level]
        return weights[level] + table.adjusts(one, other)


def log_odds(share: float) -> float:
    """The odds of a share in bits; a share of all or nothing is taken as one beyond which nobody knows."""
    bounded = min(max(share, SURE), 1.0 - SURE)
    return log2(bounded / (1.0 - bounded))


def household_bits(share: float) -> float:
    """The odds, in bits, that a pair that shares a household is one person; without bound where there are none.

    In a file that names each person apart, nearly all pairs that share a home are one person: there is no household to
    be mistaken for somebody, and agreements stand for themselves.
    """
    return log_odds(1.0) * 3 if share >= NO_HOUSEHOLDS else log_odds(share)


def household_surplus(found: Sequence[Found], short_of: float) -> float:
    """Bits by which what a household shares speaks for more than the household.

    `short_of` is the prior less the odds within a household, in bits: agreements can make up for that and no more, be
    it one shared telephone or all of it. A family name alone is no household, and is never worth less beside others.
    """
    shared = [one for one in found if one[0] in SHARED and one[2] > 0.0]
    family = sum([one[2] for one in shared if one[0] == _FAMILY])
    if not shared or shared[-1][0] == _FAMILY:
        return 0.0
    return max(0.0, sum([one[2] for one in shared]) - max(-short_of, family))


def _rank(found: Sequence[Found]) -> tuple[float, list[int]]:
    """By weight; of equal ones the closer levels, so that the order of two records decides nothing."""
    return sum([one[2] for one in found]), [-one[1] for one in found]


def probability(bits: float) -> float:
    """The probability that stands for so many bits of odds."""
    if bits > 60:  # noqa: PLR2004 - beyond the precision of the outcome
        return 1.0
    odds: float = 2.0 ** max(bits, -1000.0)
    return odds / (1.0 + odds)


def _spans(person: Known) -> tuple[tuple[int, int], ...]:
    return (*((int(day[:4]), int(day[:4])) for day in person.days), *person.spans)
