"""Outcomes 1 to 24: whether the one chosen is valid, or which ones the facts allow (OUT2026 pp9-25)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation.errors import InvalidError
from iops.rulebook.classes import ROOT, register, sources
from iops.rulebook.decision import Decision
from iops.rulebook.shapes import Node, citations, word
from iops.rulebook.strict_yaml import read_file
from iops.rulebook.tables import Fact, FactRule, UnknownFactError
from iops.rulebook.trail import Trail

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.rulebook.report import Report

FILE = "home_office/outcomes/outcomes.yaml"


class UnknownOutcomeError(InvalidError):
    """There is no such outcome."""

    code = "unknown-outcome"


@dataclass(frozen=True, slots=True)
class OutcomeTest:
    """One thing an outcome demands. A side test is checked when told but does not make the outcome the fitting one."""

    fact: str
    accepts: frozenset[str] | range
    otherwise: str
    when: Mapping[str, str]
    side: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome of the framework; `starts` is the first day of use."""

    code: str
    title: str
    starts: dt.date
    tests: tuple[OutcomeTest, ...]
    cite: tuple[str, ...]
    unsure: str


@dataclass(frozen=True, slots=True)
class Framework:
    """All outcomes, and the facts their tests ask for."""

    facts: Mapping[str, FactRule]
    outcomes: Mapping[str, Outcome]


def _fact(name: str, node: Node) -> FactRule:
    node.keys(("asks", "values", "range"), ("asks",))
    values = tuple(str(word(child.value)) for child in node.child("values").each())
    span = [int(child.value) for child in node.child("range").each()] or [0, 0]
    return FactRule(name, node.child("asks").text(), values, span[0], span[1])


def _test(node: Node, facts: Mapping[str, FactRule]) -> OutcomeTest:
    node.keys(("fact", "is", "min", "max", "else", "when", "side", "kind"), ("fact", "else"))
    name = node.child("fact").choice(tuple(facts))
    rule = facts[name]
    accepts: frozenset[str] | range
    if rule.values:
        accepts = frozenset(str(word(child.value)) for child in node.child("is").each())
        if not accepts <= set(rule.values):
            raise node.child("is").fail("a value is not one of the fact's values", f"Use: {', '.join(rule.values)}.")
    else:
        accepts = range(int(node.value.get("min", rule.low)), int(node.value.get("max", rule.high)) + 1)
    when = {key: str(word(child.value)) for key, child in node.child("when").items()}
    return OutcomeTest(
        name,
        accepts,
        node.child("else").text(),
        when,
        bool(node.value.get("side") or when),
        node.child("kind").text("breach"),
    )


@functools.cache
def framework() -> Framework:
    """The outcomes framework. Raises RuleFileError."""
    value, lines = read_file(ROOT / FILE, shown_as=FILE)
    node = Node(value, lines).keys(("facts", "outcomes"), ("facts", "outcomes"))
    facts = {name: _fact(name, child) for name, child in node.child("facts").items()}
    outcomes = {}
    for child in node.child("outcomes").each():
        child.keys(("code", "title", "from", "cite", "tests", "unsure"), ("code", "title", "from", "cite", "tests"))
        starts = child.child("from").date()
        assert starts is not None  # noqa: S101
        one = Outcome(
            child.child("code").text(), child.child("title").text(), starts,
            tuple(_test(test, facts) for test in child.child("tests").each()),
            citations(child.child("cite"), sources()), child.child("unsure").text(""),
        )  # fmt: skip
        outcomes[one.code] = one
    return Framework(facts, outcomes)


def _applies(test: OutcomeTest, told: Mapping[str, Fact]) -> bool | None:
    """Whether the test's own condition holds; None while that is not told."""
    states = [told.get(name) for name in test.when]
    if any(state is not None and state != test.when[name] for name, state in zip(test.when, states, strict=True)):
        return False
    return None if any(state is None for state in states) else True


def failures(outcome: Outcome, told: Mapping[str, Fact]) -> tuple[OutcomeTest, ...]:
    """The tests that what is told fails."""
    return tuple(
        test
        for test in outcome.tests
        if _applies(test, told) and test.fact in told and told[test.fact] not in test.accepts
    )


def fits(outcome: Outcome, told: Mapping[str, Fact]) -> bool:
    """Whether everything that makes the outcome the fitting one is told and nothing told speaks against it."""
    main = [test for test in outcome.tests if not test.side]
    return bool(main) and not failures(outcome, told) and all(told.get(test.fact) in test.accepts for test in main)


def _told(report: Report) -> dict[str, Fact]:
    check = report.outcome
    assert check is not None  # noqa: S101
    told: dict[str, Fact] = {}
    rules = framework().facts
    for name, value in check.facts.items():
        rule = rules.get(name)
        if rule is None:
            raise UnknownFactError(f'"{name}" is not a fact of the outcomes.', mend=f"Use one of: {', '.join(rules)}.")
        told[name] = rule.check(value)
    ages = [suspect.age for suspect in report.suspects if suspect.age is not None]
    if ages:
        told.setdefault("suspect_age", ages[0])
    if check.crime is not None:
        told.setdefault("indictable_only", "yes" if register().get(check.crime).indictable_only else "no")
    return told


def decide_outcome(report: Report) -> Decision:
    """Whether the chosen outcome is valid (kind outcome or breach), or which ones the facts allow.

    Raises UnknownOutcomeError and UnknownFactError.
    """
    check = report.outcome
    assert check is not None  # noqa: S101
    told, trail = _told(report), Trail()
    if check.chosen is None:
        return _propose(report, told, trail)
    outcome = framework().outcomes.get(
        check.chosen.upper().removesuffix("A") if check.chosen[:1] in "123" else check.chosen
    )
    if outcome is None:
        raise UnknownOutcomeError(f'"{check.chosen}" is not an outcome.', mend="Use 1 to 24, or 1A, 2A, 3A.")
    return _judge(report, outcome, told, trail)


def _judge(report: Report, outcome: Outcome, told: Mapping[str, Fact], trail: Trail) -> Decision:
    if report.report_day < outcome.starts:
        says = f"Outcome {outcome.code} did not exist before {outcome.starts}."
        trail.note(f"outcome {outcome.code}", says, outcome.cite, outcome.unsure)
        return _decision(report, trail, "breach", breaches=(says,), outcome=outcome.code)
    failed = failures(outcome, told)
    for test in failed:
        trail.note(f"outcome {outcome.code}: {test.fact}", test.otherwise, outcome.cite, outcome.unsure)
    if failed:
        kind = next((test.kind for test in failed if test.kind != "breach"), "breach")
        return _decision(report, trail, kind, breaches=tuple(test.otherwise for test in failed), outcome=outcome.code)
    for test in outcome.tests:
        _want(outcome, test, told, trail)
    trail.note(
        f"outcome {outcome.code}", f"{outcome.title}: nothing told speaks against it.", outcome.cite, outcome.unsure
    )
    return _decision(report, trail, "undecided" if trail.needs else "outcome", outcome=outcome.code)


def _want(outcome: Outcome, test: OutcomeTest, told: Mapping[str, Fact], trail: Trail) -> None:
    rules = framework().facts
    applies = _applies(test, told)
    if applies is None:
        for name in test.when:
            if name not in told:
                trail.need(name, rules[name].asks, f"outcome {outcome.code}", rules[name].values)
    elif applies and test.fact not in told:
        trail.need(test.fact, rules[test.fact].asks, f"outcome {outcome.code}", rules[test.fact].values)


def _propose(report: Report, told: Mapping[str, Fact], trail: Trail) -> Decision:
    now = [one for one in framework().outcomes.values() if one.starts <= report.report_day]
    fitting = [one for one in now if fits(one, told)]
    for one in fitting:
        trail.note(f"outcome {one.code}", f"{one.title} fits what is told.", one.cite, one.unsure)
    if not fitting:
        trail.need("outcome", "What is known of the suspect, the victim's support and the evidence?", "outcomes")
        return _decision(report, trail, "undecided")
    codes = tuple(one.code for one in fitting)
    return _decision(report, trail, "outcome", outcome=codes[0] if len(codes) == 1 else "", possible=codes)


def _decision(
    report: Report,
    trail: Trail,
    kind: str,
    *,
    breaches: tuple[str, ...] = (),
    outcome: str = "",
    possible: tuple[str, ...] = (),
) -> Decision:
    return Decision(
        kind=kind, number=0 if kind != "undecided" else None, outcome=outcome,
        outcomes_possible=possible, breaches=breaches,
        needs=tuple(trail.needs.values()) if kind == "undecided" else (), unsure=tuple(trail.unsure),
        steps=tuple(trail.steps), report_date=report.report_day, offence_date=report.offence_day,
    )  # fmt: skip
