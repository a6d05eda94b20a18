"""Which of two crimes is the principal one (CRR2026 pp12-14, 50-58).

Orderings stated by the text of a class come first, then the tiers of conduct crimes, the look-up order, violence before
property, and the longest sentence. What is still even goes to the Force Crime Registrar; it is never guessed.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

from iops.rulebook.classes import UNKNOWN_SENTENCE, CrimeClass, register
from iops.rulebook.counting.ordering import Ordering, Rank, Tier, ordering

Policy = Literal["ordinary", "additional", "single"]
Winner = Literal["first", "second", "same", "both", "registrar"]

SEXUAL = "Sexual offences"
HALF_A_YEAR_ROOM = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which crime of a pair counts, and why."""

    winner: Winner
    says: str
    cite: tuple[str, ...]
    unsure: str = ""

    def turned(self) -> Verdict:
        """The same verdict for the pair in the other order."""
        swap: dict[Winner, Winner] = {"first": "second", "second": "first"}
        return Verdict(swap.get(self.winner, self.winner), self.says, self.cite, self.unsure)


@functools.lru_cache(maxsize=8192)
def kinds(class_code: str, code: str | None) -> tuple[str | None, ...]:
    """The codes an offence may have for the ordering: the one told, or those of its class that could differ.

    Of a class in the look-up order those are its listed codes; of any other, one code for each longest sentence.
    """
    if code is not None:
        return (code,)
    one = register().get(class_code)
    rules = ordering()
    listed = [rank for rank in rules.ranks if one.code in rank.classes and not rank.only_if_stated]
    if not listed:
        lengths = {held.max_months: held.code for held in one.codes if not held.withdrawn and held.ceased is None}
        return tuple(lengths.values()) if len(lengths) > 1 else (None,)
    if any(not rank.codes for rank in listed):
        return (None,)
    return tuple(code for rank in listed for code in rank.codes if register().code_in(one, code) is not None)


@functools.lru_cache(maxsize=65536)
def compare(first: str, first_code: str | None, second: str, second_code: str | None, policy: Policy) -> Verdict:
    """Which of two classes (with codes, where told) is principal under a conduct policy.

    Where a code is not told, every listed code of the class is tried; when they do not agree the winner is "registrar"
    and the reason says that the code decides.
    """
    found: list[Verdict] = []
    for one in kinds(first, first_code):
        for two in kinds(second, second_code):
            verdict = _pair(register().get(first), one, register().get(second), two, policy)
            if all(verdict.winner != other.winner for other in found):
                found.append(verdict)
    if len(found) == 1:
        return found[0]
    return Verdict("registrar", f"which of {first} and {second} is principal depends on their codes", ordering().cite)


def _pair(a: CrimeClass, a_code: str | None, b: CrimeClass, b_code: str | None, policy: Policy) -> Verdict:
    if a.code == b.code and a_code == b_code:
        return Verdict(
            "same", "The same crime by the same offender against the same victim, reported together.", ("CRR2026 p12",)
        )
    rules = ordering()
    steps = (_preferred, _fraud_apart, _conduct, _listed, _violence, _sentence)
    for step in steps:
        verdict = step(rules, (a, a_code), (b, b_code), policy)
        if verdict is not None:
            return verdict
    if a.code == b.code:
        return Verdict("same", "The same class, reported together.", ("CRR2026 p12",))
    return Verdict("registrar", f"the rules do not rank {a.code} against {b.code}", ("CRR2026 p57",))


Held = tuple[CrimeClass, str | None]


def _preferred(rules: Ordering, a: Held, b: Held, _policy: Policy) -> Verdict | None:
    for rule in rules.preferences:
        if not rule.same_victim:
            continue
        for first, second, winner in ((a, b, "first"), (b, a, "second")):
            over = first[0].code in rule.over or (
                rule.over_fraud and first[0].is_fraud and first[0].code not in rule.under
            )
            if over and second[0].code in rule.under and second[1] != "057/00":
                return Verdict("first" if winner == "first" else "second", rule.says, rule.cite, rule.unsure)
    return None


def _fraud_apart(rules: Ordering, a: Held, b: Held, _policy: Policy) -> Verdict | None:
    if a[0].is_fraud != b[0].is_fraud:
        return Verdict("both", rules.fraud_says, rules.fraud_cite)
    return None


def _conduct(rules: Ordering, a: Held, b: Held, policy: Policy) -> Verdict | None:
    mine, theirs = rules.tier_of(a[1]), rules.tier_of(b[1])
    if (mine is None and theirs is None) or policy == "ordinary":
        return None
    if policy == "additional" and (mine is None or theirs is None):
        return Verdict(
            "both", "A conduct crime is recorded in addition to the most serious other crime.", ("NPCC2018",)
        )
    if mine is not None and _tier_beats(rules, mine, b):
        return Verdict("first", _tier_says(mine, b), rules.conduct_cite)
    if theirs is not None and _tier_beats(rules, theirs, a):
        return Verdict("second", _tier_says(theirs, a), rules.conduct_cite)
    return _never(rules, mine, b, "second") or _never(rules, theirs, a, "first")


def _tier_says(tier: Tier, other: Held) -> str:
    return f"A conduct crime of tier {tier.number} outranks {other[0].code} {other[1] or ''}".rstrip() + "."


def _never(rules: Ordering, tier: Tier | None, other: Held, winner: Winner) -> Verdict | None:
    """A conduct crime loses to what its tier never beats, and to what lies above its ceiling."""
    if tier is None or rules.tier_of(other[1]) is not None:
        return None
    rank = rules.rank_of(*other)
    above = tier.from_rank > 0 and rank is not None and rank.number < tier.from_rank
    if other[1] in tier.never or above or (other[0].category == SEXUAL and tier.from_rank > 0):
        says = f"A conduct crime of tier {tier.number} does not outrank {other[0].code} {other[1] or ''}".rstrip() + "."
        return Verdict(winner, says, rules.conduct_cite)
    return None


def _tier_beats(rules: Ordering, tier: Tier, other: Held) -> bool:
    one, code = other
    if code in tier.never:
        return False
    if rules.tier_of(code) is not None:
        return code in tier.beats_conduct
    if one.category == SEXUAL:
        months = _months(one, code)
        return UNKNOWN_SENTENCE < months < tier.sexual_below
    if one.category in tier.categories or one.code in tier.classes:
        return code != "057/00"
    rank = rules.rank_of(one, code)
    if rank is not None:
        return 0 < tier.from_rank <= rank.number
    return tier.from_rank > 0 and (
        one.category in rules.property or UNKNOWN_SENTENCE < _months(one, code) <= HALF_A_YEAR_ROOM
    )


def _months(one: CrimeClass, code: str | None) -> int:
    held = register().code_in(one, code) if code else None
    return held.max_months if held else one.max_months


def _listed(rules: Ordering, a: Held, b: Held, _policy: Policy) -> Verdict | None:
    mine, theirs = rules.rank_of(*a), rules.rank_of(*b)
    if mine is None or theirs is None or mine.number == theirs.number:
        return None
    upper = mine if mine.number < theirs.number else theirs
    lower = theirs if upper is mine else mine
    return Verdict("first" if upper is mine else "second", _rank_says(upper, lower), rules.cite, rules.unsure)


def _rank_says(upper: Rank, lower: Rank) -> str:
    return f"In the look-up order {upper.of} ({upper.number}) stands above {lower.of} ({lower.number})."


def _violence(rules: Ordering, a: Held, b: Held, _policy: Policy) -> Verdict | None:
    sides = [(held[0].category in rules.violence, held[0].category in rules.property) for held in (a, b)]
    if sides[0][0] and sides[1][1]:
        return Verdict("first", "Violence generally comes before property.", rules.violence_cite)
    if sides[1][0] and sides[0][1]:
        return Verdict("second", "Violence generally comes before property.", rules.violence_cite)
    return None


def _sentence(_rules: Ordering, a: Held, b: Held, _policy: Policy) -> Verdict | None:
    mine, theirs = _months(*a), _months(*b)
    if UNKNOWN_SENTENCE in (mine, theirs) or mine == theirs:
        return None
    return Verdict("first" if mine > theirs else "second", "The longer maximum sentence decides.", ("CRR2026 p13",))
