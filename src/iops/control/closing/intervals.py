"""How sure a rate is: the interval of Wilson, in whole tenths of a per cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

Z = Decimal("1.959964")
"""Of the standard normal distribution, for 95 %."""


@dataclass(frozen=True)
class Rate:
    """So many of so many, with the interval in which the true rate lies with 95 % confidence; per mille, rounded."""

    met: int
    of: int
    per_mille: int | None
    low: int
    high: int

    @property
    def says(self) -> str:
        """The rate in words: "83.3 % of 12 (55.2 to 95.3 %)"; "none checked" when there is nothing to count."""
        if self.per_mille is None:
            return "none checked"
        return f"{_percent(self.per_mille)} % of {self.of} ({_percent(self.low)} to {_percent(self.high)} %)"


def _percent(per_mille: int) -> str:
    return f"{per_mille // 10}.{per_mille % 10}"


def wilson(met: int, of: int) -> Rate:
    """The rate `met` of `of` with the score interval of Wilson (1927), which holds for small numbers too.

    Raises ValueError when more are met than there are.
    """
    if not 0 <= met <= of:
        message = f"{met} of {of} is no rate."
        raise ValueError(message)
    if of == 0:
        return Rate(0, 0, None, 0, 1000)
    with localcontext() as context:
        context.prec = 30
        n, p, z2 = Decimal(of), Decimal(met) / Decimal(of), Z * Z
        middle = p + z2 / (2 * n)
        half = Z * ((p * (1 - p) + z2 / (4 * n)) / n).sqrt()
        low, high = ((middle + sign * half) / (1 + z2 / n) for sign in (-1, 1))
        return Rate(met, of, _mille(p), max(0, _mille(low)), min(1000, _mille(high)))


def _mille(share: Decimal) -> int:
    return int((share * 1000).to_integral_value())
