"""Counting the crimes of one report.

Everything reported together, by the same offender or group, against the same victim, is one crime: the principal one
(finished incident and principal crime rules, CRR2026 pp12-14). Victims with the same offences are counted together, so
that ten thousand victims cost no more than one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iops.rulebook.counting import units
from iops.rulebook.counting.ordering import Beside, ordering
from iops.rulebook.counting.principal import Policy, Verdict, compare
from iops.rulebook.decision import Absorbed, Crime
from iops.rulebook.report import Suspect, Victim

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iops.rulebook.counting.disclosed import Disclosed
    from iops.rulebook.trail import Trail


@dataclass(slots=True)
class Counted:
    """The crimes, and what each of the other offences went into."""

    crimes: list[Crime] = field(default_factory=list)
    absorbed: list[Absorbed] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many crimes there are in all."""
        return sum(crime.count for crime in self.crimes)


@dataclass(slots=True)
class _Share:
    """What one group of offenders did, as reported at one time."""

    batch: int
    group: str
    offences: list[Disclosed]
    facts: dict[str, object]
    policy: Policy
    trail: Trail
    counted: Counted
    won: dict[int, Disclosed] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)

    def suspects(self, offence: Disclosed) -> list[Suspect]:
        return [suspect for suspect in offence.suspects if suspect.group == self.group]


def count(offences: Sequence[Disclosed], facts: dict[str, object], policy: Policy, trail: Trail) -> Counted:
    """The crimes that these offences make. Questions that decide the count are left on the trail."""
    counted = Counted()
    for batch in sorted({offence.source.batch for offence in offences}):
        together = [offence for offence in offences if offence.source.batch == batch]
        for group in _groups(together):
            share = [o for o in together if not o.suspects or any(s.group == group for s in o.suspects)]
            _count_share(_Share(batch, group, share, facts, policy, trail, counted))
    if len({offence.source.batch for offence in offences}) > 1:
        trail.note(
            "finished incident", "What came after an earlier report to the police is a new crime.", ("CRR2026 p12",)
        )
    return counted


def _groups(offences: Iterable[Disclosed]) -> list[str]:
    named = dict.fromkeys(suspect.group for offence in offences for suspect in offence.suspects)
    return list(named) or ["together"]


def _count_share(share: _Share) -> None:
    against = [offence for offence in share.offences if offence.nature == "victim"]
    for offence in _robbed_business(share, against):
        against.remove(offence)
    for offences, victims in _by_victims(against):
        _count_cluster(share, offences, victims)
    _count_state(share, [offence for offence in share.offences if offence.nature == "state"])


def _robbed_business(share: _Share, against: list[Disclosed]) -> list[Disclosed]:
    gone = []
    for rule in ordering().preferences:
        if rule.same_victim:
            continue
        over = next((offence for offence in against if offence.within(rule.over)), None)
        for offence in against if over else ():
            if over is not None and offence.within(rule.under) and offence not in gone:
                _absorb(share, offence, over, rule.says, rule.cite)
                gone.append(offence)
    return gone


def _by_victims(offences: list[Disclosed]) -> list[tuple[list[Disclosed], list[Victim]]]:
    touched: dict[str, list[Disclosed]] = {}
    people: dict[str, Victim] = {}
    for offence in offences:
        for victim in offence.victims or (Victim(id="victim"),):
            touched.setdefault(victim.id, []).append(offence)
            people[victim.id] = victim
    alike: dict[tuple[int, ...], tuple[list[Disclosed], list[Victim]]] = {}
    for name, found in touched.items():
        key = tuple(offence.at for offence in found)
        alike.setdefault(key, (found, []))[1].append(people[name])
    return list(alike.values())


def _count_cluster(share: _Share, offences: list[Disclosed], victims: list[Victim]) -> None:
    weighed: list[Disclosed] = []
    for offence in offences:
        rule = _beside(offence)
        if rule is None or (rule.unless_principal and any(o.within(rule.unless_principal) for o in offences)):
            weighed.append(offence)
        else:
            share.trail.note(f"beside the principal crime: {rule.id}", rule.says, rule.cite, about=offence.label)
            _add(share, offence, victims, rule)
    for offence in _winners(share, weighed):
        _add(share, offence, victims, None)


def _beside(offence: Disclosed) -> Beside | None:
    return ordering().beside_for(offence.one, offence.code)


def _winners(share: _Share, offences: list[Disclosed]) -> list[Disclosed]:
    """The offences that no other outranks; each of the rest goes into one that outranks it.

    All pairs are compared before anything is decided, so the order in which offences are told cannot matter.
    """
    beaten: dict[int, list[tuple[Disclosed, Verdict]]] = {}
    open_pairs: list[tuple[Disclosed, Disclosed, Verdict]] = []
    for at, first in enumerate(offences):
        for second in offences[at + 1 :]:
            verdict = _latest(first, second, _verdict(share, first, second))
            if verdict.winner in ("first", "same"):
                beaten.setdefault(second.at, []).append((first, verdict))
            elif verdict.winner == "second":
                beaten.setdefault(first.at, []).append((second, verdict))
            elif verdict.winner == "registrar":
                open_pairs.append((first, second, verdict))
    for first, second, verdict in open_pairs:
        if first.at not in beaten and second.at not in beaten:
            _refer(share, first, second, verdict)
    kept = [offence for offence in offences if offence.at not in beaten]
    if not kept and offences:
        circle = Verdict("registrar", "each is outranked by another", ("CRR2026 p57",))
        _refer(share, offences[0], offences[1], circle)
    for offence in offences:
        _absorb_beaten(share, offence, beaten.get(offence.at, []), kept)
    return kept


def _latest(first: Disclosed, second: Disclosed, verdict: Verdict) -> Verdict:
    """Of a series of the same crime through several forces the most recent stands, and its force records it."""
    a, b = first.source, second.source
    if verdict.winner != "same" or a.force == b.force or a.happened is None or b.happened is None:
        return verdict
    says = "A series between the same people is one crime, recorded by the force of the most recent."
    return Verdict("second" if b.happened > a.happened else "first", says, ("CRR2026 p16",))


def _absorb_beaten(
    share: _Share, offence: Disclosed, beaters: list[tuple[Disclosed, Verdict]], kept: list[Disclosed]
) -> None:
    """Quotes the ruling of a counted offence, if one of those that outrank this one is counted."""
    if beaters:
        winner, verdict = next(((one, said) for one, said in beaters if one in kept), beaters[0])
        _absorb(share, offence, winner, verdict.says, verdict.cite, verdict.unsure)


def _verdict(share: _Share, first: Disclosed, second: Disclosed) -> Verdict:
    found: list[Verdict] = []
    for a in first.options:
        for b in second.options:
            verdict = compare(a.one.code, a.code, b.one.code, b.code, share.policy)
            if all(verdict.winner != other.winner for other in found):
                found.append(verdict)
    if len(found) == 1:
        return found[0]
    return Verdict(
        "registrar", f"which of {first.label} and {second.label} is principal depends on their class", ordering().cite
    )


def _refer(share: _Share, first: Disclosed, second: Disclosed, verdict: Verdict) -> None:
    if "codes" in verdict.says or "class" in verdict.says:
        share.trail.need(
            f"code of {first.label} and {second.label}",
            f"Which Home Office codes do {first.label} and {second.label} have? The order depends on them.",
            "principal-crime",
        )
    else:
        share.trail.need(
            f"principal of {first.label} and {second.label}",
            f"Which of {first.label} and {second.label} is the principal crime? The registrar decides: {verdict.says}.",
            "principal-crime",
            (first.label, second.label),
        )
        share.trail.approve["registrar (which crime is principal)"] = None


def _absorb(
    share: _Share, loser: Disclosed, winner: Disclosed, says: str, cite: tuple[str, ...], unsure: str = ""
) -> None:
    share.trail.note("principal crime", says, cite, unsure, f"{winner.label} over {loser.label}")
    gone = Absorbed(crime_class=loser.label, code=loser.code_label, into=winner.label, rule=says, cite=cite)
    if gone not in share.counted.absorbed:
        share.counted.absorbed.append(gone)


def _add(share: _Share, offence: Disclosed, victims: Sequence[Victim], rule: Beside | None) -> None:
    unit = units.unit_of(offence.one, rule.unit if rule else "", has_victim=bool(victims))
    if (units.counts_once(unit) or offence.source.units is not None) and offence.at in share.done:
        return
    share.done.add(offence.at)
    share.won[offence.at] = offence
    if offence.source.units is not None:
        many = offence.source.units
    else:
        many = units.number(offence.one, unit, victims, share.suspects(offence))
    share.trail.note(
        "counting unit", f"{offence.label}: {units.says(offence.one, unit)}.", offence.one.unit_cite or ("CRR2026 p12",)
    )
    share.counted.crimes.append(_crime(share, offence, victims, many, unit))


def _crime(share: _Share, offence: Disclosed, victims: Sequence[Victim], many: int, unit: str) -> Crime:
    return Crime(
        crime_class=offence.label,
        title=offence.one.title,
        count=many,
        code=offence.code_label,
        unit=units.says(offence.one, unit),
        victims=tuple(victim.id for victim in victims[:20]),
        group=share.group,
        batch=share.batch,
        already_recorded=offence.source.recorded,
        recording_force=offence.source.force or "",
        attempt=offence.source.attempt,
    )


# --- offences against the state --------------------------------------------------------------------------------------


def _count_state(share: _Share, offences: list[Disclosed]) -> None:
    weighed: list[Disclosed] = []
    for offence in offences:
        rule = _beside(offence)
        if rule is None:
            _code_matters(share, offence)
            weighed.append(offence)
        else:
            _beside_state(share, offence, rule)
    against_victims = [o for o in share.won.values() if o.nature == "victim" and not o.one.is_fraud]
    kept = _winners(share, weighed)
    for offence in kept:
        principal = next((o for o in against_victims if o.one.is_fraud == offence.one.is_fraud), None)
        if principal is None:
            _add(share, offence, (), None)
        else:
            says = "One crime is counted for what the same offender did together, save where an exception is printed."
            _absorb(share, offence, principal, says, ("CRR2026 p12", "CRR2026 p13"))


def _code_matters(share: _Share, offence: Disclosed) -> None:
    """A class whose codes are counted differently (breach, affray, riot) needs its code beside other crimes."""
    held = {code.code for code in offence.one.codes}
    apart = any(rule.codes & held for rule in ordering().beside)
    if offence.code is None and apart and len(share.offences) > 1:
        question = f"Which Home Office code has {offence.label}? Breach, affray and others count differently."
        share.trail.need(f"code of {offence.label}", question, "principal-crime")


def _beside_state(share: _Share, offence: Disclosed, rule: Beside) -> None:
    victims = [o for o in share.won.values() if o.nature == "victim"]
    swallowed = next((o for o in victims if o.one.category in rule.absorbed_by), None)
    if swallowed is None and rule.unless and victims:
        swallowed = _unless(share, offence, rule, victims)
        if swallowed is None and share.trail.needs.get(rule.unless):
            return
    if swallowed is not None:
        _absorb(share, offence, swallowed, rule.absorbed or rule.says, rule.cite)
        return
    share.trail.note(f"beside the principal crime: {rule.id}", rule.says, rule.cite, about=offence.label)
    _add(share, offence, (), rule)


_UNLESS = {
    "weapon_used": ("Was the weapon used in another counted crime?", "weapon_used"),
    "no_separate_evidence": ("Is there evidence of dangerous driving apart from the other crime?", "separate_evidence"),
}


def _unless(share: _Share, offence: Disclosed, rule: Beside, victims: list[Disclosed]) -> Disclosed | None:
    question, fact = _UNLESS[rule.unless]
    told = offence.source.details.get(fact, share.facts.get(fact))
    if told is None:
        share.trail.need(rule.unless, question, "principal-crime", ("yes", "no"))
        return None
    swallowed = (told == "yes") if fact == "weapon_used" else (told == "no")
    return victims[0] if swallowed else None
