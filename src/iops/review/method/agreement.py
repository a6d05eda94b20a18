"""How far two reviewers who did not see each other's answer agree: raw, Cohen's kappa, weighted, by category.

Kappa falls when a category is rare however much people agree, so the table, the share of plain agreement, the
prevalence-adjusted figure and the agreement on each category are told with it. Weights are linear and fixed, because
figures of different weightings cannot be compared. Limits: Fleiss, Cohen and Everitt 1969 (large samples); where that
variance is nothing, as with perfect agreement, the limit follows from how rare so many agreements in a row would be.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from iops.foundation.errors import InvalidError
from iops.rulebook.sampling.approximate import Z_TWO_SIDED_95

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST_KAPPA = Fraction(6, 10)
"""Below this two reviewers do not judge alike, and the programme says so (safeguarding.md E2, step 5)."""
PLACES = Decimal("0.001")


class AgreementError(InvalidError):
    """The counts are not those of two reviewers; says what is wrong with them."""


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance with its 95 % limits; None where chance alone would agree always."""

    value: Decimal | None
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Agreement:
    """What is told of a blind dual review, never one figure alone.

    `table[i][j]` counts items that the first put into category i and the second into j. `by_category` is how often the
    other says the same, when one of the two says this category; None where nobody says it.
    """

    categories: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    items: int
    agreed: int
    kappa: Kappa
    weighted: Kappa
    prevalence_adjusted: Fraction
    by_category: Mapping[str, Fraction | None]

    @property
    def raw(self) -> Fraction:
        """The share of items on which both say the same."""
        return Fraction(self.agreed, self.items)

    def passes(self, disputed_floors: int) -> bool:
        """Whether the gate is passed: kappa of at least 0.6 and no floor in dispute."""
        return self.kappa.value is not None and self.kappa.value >= _decimal(LEAST_KAPPA) and disputed_floors == 0


def agreement(categories: Sequence[str], table: Sequence[Sequence[int]]) -> Agreement:
    """All that is told of the answers of two reviewers, categories in their order. Raises AgreementError."""
    counts = _checked(categories, table)
    size, items = len(categories), sum(map(sum, counts))
    agreed = sum(counts[i][i] for i in range(size))
    raw = Fraction(agreed, items)
    return Agreement(
        tuple(categories),
        counts,
        items,
        agreed,
        _kappa(counts, [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]),
        _kappa(counts, [[1 - Fraction(abs(i - j), size - 1) for j in range(size)] for i in range(size)]),
        (size * raw - 1) / (size - 1),
        {name: _alike(counts, i) for i, name in enumerate(categories)},
    )


def tabulated(categories: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Agreement:
    """The same from the pairs of answers. Raises AgreementError for an answer that is no category."""
    place = {name: number for number, name in enumerate(categories)}
    table = [[0] * len(categories) for _ in categories]
    for one, other in pairs:
        if one not in place or other not in place:
            raise AgreementError(f"“{one}”, “{other}” is no pair of answers.", mend=f"Known: {', '.join(categories)}.")
        table[place[one]][place[other]] += 1
    return agreement(categories, table)


def _checked(categories: Sequence[str], table: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    size = len(categories)
    if size <= 1 or len(set(categories)) != size:
        raise AgreementError("There are not two different categories.", mend="Name each answer once.")
    if len(table) != size or any(len(row) != size for row in table):
        raise AgreementError("The table is not square.", mend="One row and one column for each category.")
    if any(n < 0 for row in table for n in row) or not any(map(sum, table)):
        raise AgreementError("Nothing was judged by two.", mend="Give counts, not all of them nothing.")
    return tuple(tuple(row) for row in table)


def _alike(counts: Sequence[Sequence[int]], i: int) -> Fraction | None:
    said = sum(counts[i]) + sum(row[i] for row in counts)
    return Fraction(2 * counts[i][i], said) if said else None


def _kappa(counts: Sequence[Sequence[int]], weights: Sequence[Sequence[Fraction]]) -> Kappa:
    items, size = sum(map(sum, counts)), len(counts)
    cells = list(product(range(size), repeat=2))
    p = {(i, j): Fraction(counts[i][j], items) for i, j in cells}
    rows = [sum((p[i, j] for j in range(size)), Fraction(0)) for i in range(size)]
    columns = [sum((p[i, j] for i in range(size)), Fraction(0)) for j in range(size)]
    seen = sum((weights[i][j] * p[i, j] for i, j in cells), Fraction(0))
    chance = sum((weights[i][j] * rows[i] * columns[j] for i, j in cells), Fraction(0))
    if chance == 1:
        return Kappa(None, Decimal(-1), Decimal(1))
    value = (seen - chance) / (1 - chance)
    of_row = [sum((columns[j] * weights[i][j] for j in range(size)), Fraction(0)) for i in range(size)]
    of_column = [sum((rows[i] * weights[i][j] for i in range(size)), Fraction(0)) for j in range(size)]
    spread = (
        sum((p[i, j] * (weights[i][j] - (of_row[i] + of_column[j]) * (1 - value)) ** 2 for i, j in cells), Fraction(0))
        - (value - chance * (1 - value)) ** 2
    )
    return _limits(value, chance, spread / (items * (1 - chance) ** 2), items)


def _limits(value: Fraction, chance: Fraction, variance: Fraction, items: int) -> Kappa:
    with localcontext() as context:
        context.prec = 30
        exact = _decimal(value)
        low = exact - (half := Z_TWO_SIDED_95 * _decimal(max(variance, Fraction(0))).sqrt())
        if value == 1:  # no spread was seen: the least agreement at which so many in a row are no great wonder
            least = (Decimal("0.025").ln() / items).exp()
            low = (least - _decimal(chance)) / (1 - _decimal(chance))
        return Kappa(*(max(Decimal(-1), min(Decimal(1), x)).quantize(PLACES) for x in (exact, low, exact + half)))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
