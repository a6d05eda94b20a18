"""Scores two records by the model, and explains every score field by field.

Live search scores some hundreds of candidates a question, so levels are found first, as numbers, and put into words only
when somebody reads them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import log2
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from iops.pole.matching import levels as lv
from iops.pole.matching.levels import FIELDS, MISSING, identifiers_level
from iops.pole.matching.model import Model, standard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from iops.pole.matching.known import Known, Named

T = TypeVar("T")
MOST_ADJUSTED = 6.0
"""Bits that a rare or a common value may add or take."""
_GIVEN, _FAMILY, _BORN, _SEX, _POSTCODE, _ADDRESS, _PHONE, _EMAIL, _IDENTIFIER = range(len(FIELDS))
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


class Found(NamedTuple):
    """The level of one field, with what was compared, before it is put into words."""

    field: int
    level: int
    weight: float
    asked: str
    stored: str


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
    compared = FIELDS[found.field]
    level = compared.levels[found.level]
    shown = found.asked if found.asked == found.stored else f"{found.asked} / {found.stored}"
    return Agreement(compared.name, level.code, f"{compared.says}: {level.says} ({shown})", found.weight)


class Frequencies:
    """How common values are, by field: agreeing on Mohammed Khan tells less than agreeing on Aloysius Featherstone.

    Made from counts of first given names, of family names in one word, of postcodes, and so on, folded as `Known` has them.
    """

    __slots__ = ("_tables",)

    def __init__(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        self._tables = {name: _table(table) for name, table in counts.items() if table}

    @classmethod
    def of(cls, people: Iterable[Known]) -> Frequencies:
        """Counted from the records themselves."""
        counts: dict[str, Counter[str]] = {f.name: Counter() for f in FIELDS}
        for person in people:
            for name in person.names:
                counts["given"][name.first] += 1
                counts["family"][name.family_whole] += 1
            counts["postcode"].update(person.postcodes)
            counts["address"].update(map(shown_words, person.addresses))
            counts["email"].update(person.emails)
            counts["phone"].update(person.phones)
        return cls({name: {value: n for value, n in table.items() if value} for name, table in counts.items()})

    def adjusts(self, field_name: str, one: str, other: str) -> float:
        """Bits to add to the weight of an agreement on these values: below 0 when either of them is common."""
        table = self._tables.get(field_name)
        if table is None:
            return 0.0
        shares, usual, rarest = table
        share = max(shares.get(one, rarest), shares.get(other, rarest))
        return max(-MOST_ADJUSTED, min(MOST_ADJUSTED, log2(usual / share)))


def _table(counts: Mapping[str, int]) -> tuple[dict[str, float], float, float]:
    """Share of each value, the share two people agree by chance, and the share of a value nobody has counted."""
    total = sum(counts.values())
    shares = {value: count / total for value, count in counts.items()}
    return shares, sum(share * share for share in shares.values()), 1 / (total + 1)


def shown_words(words: frozenset[str]) -> str:
    """A set of words as one text, in the order of the alphabet."""
    return " ".join(sorted(words))


UNKNOWN_FREQUENCIES = Frequencies({})


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores records by one model."""

    model: Model = field(default_factory=standard)
    frequencies: Frequencies = UNKNOWN_FREQUENCIES
    prior_bits: float | None = None
    """log2 of the odds before anything is compared; the model's own prior when not given."""
    _weights: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        by_name = self.model.weights()
        object.__setattr__(self, "_weights", tuple(by_name[one.name] for one in FIELDS))
        if self.prior_bits is None:
            prior = float(self.model.prior)
            object.__setattr__(self, "prior_bits", log2(prior / (1 - prior)))

    def score(self, asked: Known, stored: Known) -> Score:
        """The score of two records; the order of the two changes nothing but the order of words in the explanation."""
        found = tuple(self._found(asked, stored))
        weight = sum(one.weight for one in found)
        return Score(weight, probability(weight + (self.prior_bits or 0.0)), found)

    def rank(self, asked: Known, many: Iterable[Known], most: int | None = None) -> list[tuple[int, Score]]:
        """Positions in `many` with their scores, the likeliest first."""
        scored = [(at, self.score(asked, stored)) for at, stored in enumerate(many)]
        scored.sort(key=lambda one: -one[1].weight)
        return scored[:most]

    def _found(self, a: Known, b: Known) -> Iterable[Found]:
        found: list[Found] = []
        if a.names and b.names:
            found += self._names(a.names, b.names)
        if a.days and b.days:
            found.append(self._best(_BORN, lv.day_level, a.days, b.days, str))
        elif (a.days or a.spans) and (b.days or b.spans):
            found.append(self._best(_BORN, lv.year_level, _spans(a), _spans(b), _shown_years))
        if a.sex and b.sex:
            level = 0 if a.sex == b.sex else 1
            found.append(Found(_SEX, level, self._weights[_SEX][level], a.sex, b.sex))
        if a.postcodes and b.postcodes:
            found.append(self._best(_POSTCODE, lv.postcode_level, a.postcodes, b.postcodes, str))
        if a.addresses and b.addresses:
            found.append(self._best(_ADDRESS, lv.address_level, a.addresses, b.addresses, shown_words))
        if a.phones and b.phones:
            found.append(self._best(_PHONE, lv.phone_level, a.phones, b.phones, str))
        if a.emails and b.emails:
            found.append(self._best(_EMAIL, lv.email_level, a.emails, b.emails, str))
        if a.identifiers and b.identifiers:
            found.append(self._identifiers(a, b))
        return [one for one in found if one.level != MISSING]

    def _names(self, asked: Sequence[Named], stored: Sequence[Named]) -> tuple[Found, ...]:
        """The pair of names that speaks most for one person."""
        if len(asked) == len(stored) == 1:
            return self._name_pair(asked[0], stored[0])
        pairs = (self._name_pair(a, b) for a in asked[-_MOST_PAIRED:] for b in stored[-_MOST_PAIRED:])
        return max(pairs, key=lambda pair: sum(one.weight for one in pair))

    def _name_pair(self, a: Named, b: Named) -> tuple[Found, ...]:
        given, family = lv.given_level(a, b), lv.family_level(a, b)
        return (
            self._weighed(_GIVEN, given, " ".join(a.given), " ".join(b.given), a.first, b.first),
            self._weighed(_FAMILY, family, " ".join(a.family), " ".join(b.family), a.family_whole, b.family_whole),
        )

    def _best(
        self,
        at: int,
        level_of: Callable[[T, T], int],
        asked: Sequence[T],
        stored: Sequence[T],
        show: Callable[[T], str],
    ) -> Found:
        """The pair of values that speaks most for one person."""
        best = Found(at, MISSING, 0.0, "", "")
        for one in asked[-_MOST_PAIRED:]:
            for other in stored[-_MOST_PAIRED:]:
                texts = show(one), show(other)
                found = self._weighed(at, level_of(one, other), *texts, *texts)
                if best.level == MISSING or (found.level != MISSING and found.weight > best.weight):
                    best = found
        return best

    def _weighed(self, at: int, level: int, asked: str, stored: str, one: str, other: str) -> Found:
        if level == MISSING:
            return Found(at, MISSING, 0.0, asked, stored)
        weights = self._weights[at]
        weight = weights[level]
        if level < len(weights) - 1:
            weight += self.frequencies.adjusts(FIELDS[at].name, one, other)
        return Found(at, level, weight, asked, stored)

    def _identifiers(self, a: Known, b: Known) -> Found:
        level = identifiers_level(a, b)
        weight = self._weights[_IDENTIFIER][level] if level != MISSING else 0.0
        return Found(_IDENTIFIER, level, weight, _shown_identifiers(a), _shown_identifiers(b))


def probability(bits: float) -> float:
    """The probability that stands for so many bits of odds."""
    if bits > 60:  # noqa: PLR2004 - beyond the precision of the outcome
        return 1.0
    odds = 2.0 ** max(bits, -1000.0)
    return odds / (1.0 + odds)


def _spans(person: Known) -> tuple[tuple[int, int], ...]:
    return (*((int(day[:4]), int(day[:4])) for day in person.days), *person.spans)


def _shown_years(span: tuple[int, int]) -> str:
    return str(span[0]) if span[0] == span[1] else f"{span[0]}-{span[1]}"


def _shown_identifiers(person: Known) -> str:
    return ", ".join(f"{kind} {number}" for kind, number in sorted(person.identifiers))
