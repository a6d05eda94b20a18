"""When a backlog is finished: many possible futures made of the weeks that were, told as three dates and never as one.

Each future draws weeks of the past with the same chance, **weeks without any review too**, adds what arrives (Poisson)
and what comes back (dual review, re-opened), and lays whole weeks of outage over it. Little's law is not used: it tells
averages of a queue that is stable, and a draining backlog is not. A future is made of a seed, so that anybody can make
the same forecast again. Source: safeguarding.md E4.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    import datetime as dt

RUNS = 10_000
HORIZON = 520
"""Ten years: what is not finished by then is told as not finished."""
PERCENTILES = (10, 50, 85, 90, 95)
LEAST_WEEKS = 4
MOST_ITEMS = 10_000_000
THOUSAND = 1000
BITS = 53


class ForecastError(InvalidError):
    """What was given allows no forecast; says why."""


@dataclass(frozen=True)
class Backlog:
    """What a forecast is made of.

    `weekly` are items reviewed in each full week that was, in any order, zero weeks among them; `arrivals` new items a
    week on average; `rework` how many of a thousand reviewed come back; an outage begins in `outage_chance` of a
    thousand weeks and lasts `outage_weeks`.
    """

    items: int
    weekly: tuple[int, ...]
    arrivals: int = 0
    rework: int = 0
    outage_chance: int = 0
    outage_weeks: int = 0

    def __post_init__(self) -> None:
        """Raises ForecastError."""
        if not 0 <= self.items <= MOST_ITEMS or not 0 <= self.arrivals <= MOST_ITEMS // THOUSAND:
            raise ForecastError("That is no backlog.", mend=f"Give 0 to {MOST_ITEMS} items.")
        if len(self.weekly) < LEAST_WEEKS or any(not 0 <= n <= MOST_ITEMS for n in self.weekly):
            raise ForecastError(
                "There are too few weeks to foresee anything.", mend=f"Wait for {LEAST_WEEKS} full weeks of review."
            )
        if not (0 <= self.rework < THOUSAND and 0 <= self.outage_chance <= THOUSAND and self.outage_weeks >= 0):
            raise ForecastError("A share is no share.", mend="Give parts of a thousand.")


@dataclass(frozen=True)
class Forecast:
    """In how many weeks from now the backlog is finished, by percentile of the futures; None: not by then."""

    runs: int
    weeks: dict[int, int | None]
    unfinished: int

    def days(self, today: dt.date) -> dict[int, dt.date | None]:
        """The same as local dates."""
        from datetime import timedelta

        return {p: None if n is None else today + timedelta(weeks=n) for p, n in self.weeks.items()}

    @property
    def says(self) -> str:
        """The forecast in one piece; there is no shorter way to print it."""
        told = ", ".join(
            f"{p} of 100 futures " + (f"within {n} weeks" if n is not None else f"not within {HORIZON} weeks")
            for p, n in self.weeks.items()
            if p in (50, 85, 95)
        )
        return f"{told} ({self.runs} simulated futures)"


def forecast(backlog: Backlog, seed: str, runs: int = RUNS, horizon: int = HORIZON) -> Forecast:
    """Make the futures and say by when so many of a hundred are finished. The same seed gives the same forecast."""
    if runs < 1:
        raise ForecastError("No future was asked for.", mend="Make at least one run.")
    random, table = Random(seed), _poisson(backlog.arrivals)  # noqa: S311 - nothing is kept secret by it
    ends = sorted(_future(backlog, random, table, horizon) for _ in range(runs))
    at = {p: ends[-(-runs * p // 100) - 1] for p in PERCENTILES}
    return Forecast(runs, {p: n if n <= horizon else None for p, n in at.items()}, sum(n > horizon for n in ends))


def _future(backlog: Backlog, random: Random, table: list[int], horizon: int) -> int:
    """The week in which one future is finished; one more than the horizon when it is not."""
    left, out, owed, week = backlog.items, 0, 0, 0
    while left > 0:
        week += 1
        if week > horizon:
            break
        if not out and backlog.outage_chance and random.randrange(THOUSAND) < backlog.outage_chance:
            out = backlog.outage_weeks
        left += bisect_right(table, random.getrandbits(BITS)) if backlog.arrivals else 0
        done = 0 if out else min(left, random.choice(backlog.weekly))
        out = max(0, out - 1)
        back, owed = divmod(done * backlog.rework + owed, THOUSAND)
        left += back - done
    return week


def _poisson(mean: int) -> list[int]:
    """The chance of at most 0, 1, 2 … arrivals, in parts of 2 ** BITS, as far as it is below the whole."""
    if not mean:
        return []
    with localcontext() as context:
        context.prec = 40
        at, total, table, k = (-Decimal(mean)).exp(), Decimal(0), [], 0
        while (step := int((total := total + at) * 2**BITS)) < 2**BITS - 1 and k < 4 * mean + 100:
            table.append(step)
            k += 1
            at = at * mean / k
    return table


def needed_a_week(items: int, weeks: int, arrivals: int = 0, rework: int = 0) -> int:
    """How many must be reviewed each week to have finished after so many weeks, what arrives and comes back included.

    Reckoned with arrivals at their average: as good as even chance, to be told with the forecast and not instead of it.
    Raises ForecastError.
    """
    if weeks < 1 or items < 0 or not 0 <= rework < THOUSAND:
        raise ForecastError("That date is no date of an end.", mend="Take a day at least a week from now.")
    share = Fraction(items + arrivals * weeks, weeks) * Fraction(THOUSAND, THOUSAND - rework)
    return -(-share.numerator // share.denominator)
