"""The default scorer and the floors, as pure functions: the same facts and weights always give the same rank.

A score is a sum of shares in whole thousandths of a point; every share is kept. History counts, the form hardly does.
Logarithms and exponentials are taken in decimals, so no machine rounds differently. Nothing that tells a person's
ethnicity, nationality or how poor a place is can be given to it: the types have no room.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from iops.safeguarding.ranking.weights import Weights

YEAR: Final = 365
RECENCY_DAYS: Final = 90
TICKS: Final = 14
THIRD: Final = 3
SERIAL: Final = 2
NEVER: Final = 100_000
_ARITHMETIC: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)

RED_FLAGS: Final = frozenset({"strangulation", "weapon", "stalking", "threat_to_kill", "perpetrator_suicidal"})
"""The answers that count as red flags of the score. Separation, a suspect who has gone and a victim who declines are
not among them and have no negative weight anywhere (invariant I23)."""

_BY_ANSWER: Final[Mapping[str, frozenset[str]]] = {
    "strangulation": frozenset({"strangulation"}),
    "threat_to_kill": frozenset({"threat_to_kill"}),
    "weapon": frozenset({"weapon"}),
    "sexual_violence": frozenset({"sexual_violence"}),
    "suicide": frozenset({"suicide", "victim_suicidal", "perpetrator_suicidal"}),
    "pregnancy": frozenset({"pregnancy"}),
    "child_hurt": frozenset({"child_hurt", "children"}),
    "honour_based": frozenset({"honour_based"}),
    "order_breached": frozenset({"order_breached"}),
}


@dataclass(frozen=True)
class Offence:
    """One offence of the past: its harm in days of the Cambridge Crime Harm Index, and how many days ago it was."""

    harm_days: int
    age_days: int


@dataclass(frozen=True)
class History:
    """What is on record of the people of one incident before it. `known` is false while any of them is unresolved."""

    known: bool
    days_since_last: int | None = None
    incidents_12m: int = 0
    incidents_24m: int = 0
    offences: tuple[Offence, ...] = ()
    distinct_victims_36m: int = 0
    order_breached: bool = False
    marac_12m: bool = False


@dataclass(frozen=True)
class Assessed:
    """The latest assessment as far as ranking reads it: concepts answered yes, how many ticks, and the grade."""

    yes: frozenset[str]
    ticks: int
    grade: str


@dataclass(frozen=True)
class Ranked:
    """A score in thousandths, every term's share of it, and the codes of the floors that hold."""

    score: int
    terms: Mapping[str, int]
    floors: tuple[str, ...]


def rank(history: History, assessed: Assessed | None, weights: Weights, upper_quartile: int | None = None) -> Ranked:
    """The rank of one open item.

    An unknown history is lifted to the upper quartile of the known ones, or to the edition's own figure while there are
    none to take it from: never to zero.
    """
    yes = assessed.yes if assessed else frozenset[str]()
    terms = _terms(history, yes, weights)
    if not history.known:
        quartile = weights.unknown_history if upper_quartile is None else upper_quartile
        terms["unknown_history"] = max(0, quartile - sum(terms.values()))
    held = floors(history, assessed)
    return Ranked(sum(terms.values()), terms, tuple(f.code for f in weights.floors if f.code in held))


def floors(history: History, assessed: Assessed | None) -> frozenset[str]:
    """The codes of the floors that hold. Each only adds: no answer and no fact takes one away."""
    found = _floors_of_history(history)
    if assessed is None:
        return found | {"no_assessment"}
    if assessed.ticks >= TICKS and assessed.grade != "high":
        found |= {"ticks_below_high"}
    if {"stalking", "separation"} <= assessed.yes:
        found |= {"stalking_after_separation"}
    return found | {floor for floor, concepts in _BY_ANSWER.items() if concepts & assessed.yes}


def _floors_of_history(history: History) -> frozenset[str]:
    holds = {
        "order_breached": history.order_breached,
        "marac": history.marac_12m,
        # The incident itself is the third after two before it.
        "third_incident": history.incidents_12m >= THIRD - 1,
        "serial": history.distinct_victims_36m >= SERIAL,
        "unresolved": not history.known,
    }
    return frozenset(code for code, held in holds.items() if held)


def _terms(history: History, yes: frozenset[str], weights: Weights) -> dict[str, int]:
    with localcontext(_ARITHMETIC):
        days = NEVER if history.days_since_last is None else max(0, history.days_since_last)
        gravity = sum((o.harm_days * _decay(o.age_days, YEAR) for o in history.offences), Decimal(0))
        breached = history.order_breached or "order_breached" in yes
        return {
            "recency": _share(weights.recency, _decay(days, RECENCY_DAYS)),
            "frequency": _share(weights.frequency, _log1p(history.incidents_24m)),
            "gravity": _share(weights.gravity, _log1p(gravity)),
            "victims": _share(weights.victims, _log1p(history.distinct_victims_36m)),
            "breach": weights.breach if breached else 0,
            "red_flags": weights.red_flags * len(RED_FLAGS & yes),
        }


def _decay(days: int, scale: int) -> Decimal:
    return (Decimal(-max(0, days)) / scale).exp()


def _log1p(count: int | Decimal) -> Decimal:
    return (Decimal(count) + 1).ln()


def _share(weight: int, amount: Decimal) -> int:
    return int((weight * amount).to_integral_value(rounding=ROUND_HALF_EVEN))


def upper_quartile(scores: Iterable[int]) -> int | None:
    """The score that three quarters of the known ones do not exceed (nearest rank), or None without any."""
    ordered = sorted(scores)
    return ordered[-(-3 * len(ordered) // 4) - 1] if ordered else None
