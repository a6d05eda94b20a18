"""The questions of the page "What must be recorded?": which are left, which are answered, what is only presumed.

An answer has a name of three parts, `a.<place>.<fact>`: the place is an act (the answer belongs to the offences of that
act), `incident` (what the incident is about), `each` (every offence) or `all` (the report as a whole).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from iops.rulebook.library import acts, all_tables
from iops.rulebook.reading import fact_rules
from iops.rulebook.tables import FactRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from iops.rulebook.decision import Decision, Need

ALL, EACH, INCIDENT = "all", "each", "incident"
LONGEST = 60
"""Characters of an answer: each is one of a table's words, or a number."""
OF_EACH = {
    "weapon_used": FactRule("weapon_used", "Was the weapon used in another counted crime?", ("yes", "no")),
    "separate_evidence": FactRule(
        "separate_evidence", "Is there evidence of dangerous driving apart from the other crime?", ("yes", "no")
    ),
}
ASKED_AS = {"no_separate_evidence": "separate_evidence"}
"""The counting rules ask for this fact by the name of the exception it makes."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its words, the answers it takes (or a span of whole numbers), and the answer so far.

    `presumed` is what the rules presume while nobody says otherwise, with its source in `cite`.
    """

    place: str
    fact: str
    asks: str
    choices: tuple[tuple[str, str], ...] = ()
    low: int = 0
    high: int = 0
    answer: str = ""
    presumed: str = ""
    cite: str = ""
    rule: str = ""

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"a.{self.place}.{self.fact}"

    @property
    def id(self) -> str:
        """The id of its field on the page."""
        return self.name.replace(".", "-").replace("_", "-")

    @property
    def about(self) -> str:
        """The question, with the act it belongs to, as several acts may ask the same."""
        return f"{self.place.replace('-', ' ').capitalize()}: {self.asks}" if self.place in acts() else self.asks

    @property
    def error(self) -> str:
        """What is wrong with the answer; empty when nothing is."""
        if not self.answer or (self.answer in dict(self.choices) if self.choices else self._is_number()):
            return ""
        if self.choices:
            return f"{self.asks} That is not one of the answers."
        return f"{self.asks} Write a whole number from {self.low} to {self.high}."

    def _is_number(self) -> bool:
        digits = self.answer.isascii() and self.answer.isdigit()
        return digits and self.low <= int(self.answer) <= self.high

    @property
    def value(self) -> str | int:
        """The answer as the rulebook takes it."""
        return self.answer if self.choices else int(self.answer)


def rules_of(place: str, fact: str) -> list[FactRule]:
    """What the tables say of a fact; none when no such question exists or when it is a date, which the report gives."""
    if place == ALL:
        found = fact_rules().get(fact, [])
    elif place == EACH:
        found = [OF_EACH[fact]] if fact in OF_EACH else []
    else:
        table = all_tables()["incident-category"] if place == INCIDENT else acts().get(place)
        found = [table.facts[fact]] if table is not None and fact in table.facts else []
    return [rule for rule in found if not rule.is_date]


def question(place: str, fact: str, answer: str = "") -> Question | None:
    """The question about a fact in its place; None when there is none."""
    rules = rules_of(place, fact)
    if not rules:
        return None
    words = {value: rule.labels.get(value, in_words(value)) for rule in rules for value in rule.values}
    first = rules[0]
    return Question(place, fact, first.asks, tuple(words.items()), first.low, first.high, answer)


def in_words(value: str) -> str:
    """A value of a table as people read it."""
    return value.replace("_", " ").replace("-", " ").capitalize()


def answered(typed: Mapping[str, str]) -> list[Question]:
    """The questions to which an address gives an answer; names that no question has are passed over."""
    found = []
    for name, value in typed.items():
        parts = name.split(".")
        if len(parts) == 3 and parts[0] == "a" and value.strip():  # noqa: PLR2004 - the parts of a name
            one = question(parts[1], parts[2], value.strip()[:LONGEST])
            found += [one] if one else []
    return found


def put(report: dict[str, Any], answers: Iterable[Question]) -> None:
    """Write the answers into a report, each in its place."""
    for one in answers:
        if one.place == ALL:
            report.setdefault("facts", {})[one.fact] = one.value
        elif one.place == INCIDENT:
            report.setdefault("incident", {}).setdefault("details", {})[one.fact] = one.value
        else:
            for offence in report["offences"]:
                if one.place in (EACH, offence.get("act")):
                    offence.setdefault("details", {})[one.fact] = one.value


def left(needs: Iterable[Need], chosen: Iterable[str]) -> tuple[list[Question], list[Need]]:
    """The needs of a decision as questions, and those that only another class, a code or the registrar can settle."""
    known = set(chosen)
    asked: dict[str, Question] = {}
    others: list[Need] = []
    for need in needs:
        one = question(_place(need, known), ASKED_AS.get(need.fact, need.fact))
        if one is None:
            others.append(need)
        else:
            own = all_tables()[need.rule].facts.get(need.fact) if need.rule in all_tables() else None
            values = own.values if own else need.choices
            choices = tuple((value, words) for value, words in one.choices if not values or value in values)
            asked.setdefault(one.name, replace(one, asks=need.question, choices=choices, rule=need.rule))
    return list(asked.values()), others


def _place(need: Need, chosen: set[str]) -> str:
    if need.rule in chosen:
        return need.rule
    if need.rule == "incident-category":
        return INCIDENT
    return EACH if ASKED_AS.get(need.fact, need.fact) in OF_EACH else ALL


def presumed(decision: Decision, chosen: Iterable[str], answers: Iterable[Question]) -> list[Question]:
    """What the decision presumes, as questions that say so; those that cannot be asked come back without choices."""
    told = {one.name for one in answers}
    found: dict[str, Question] = {}
    for text in decision.presumed:
        fact, _, rest = text.partition(": ")
        value, _, cite = rest.removesuffix(")").partition(" (")
        named = [one for place in _places(chosen, fact, cite) if (one := question(place, fact))]
        for one in named or [Question(ALL, text, text)]:
            words = dict(one.choices).get(value, "")
            if one.name not in told:
                found[one.name] = replace(one, presumed=words, cite=cite, choices=one.choices if words else ())
    return list(found.values())


def _places(chosen: Iterable[str], fact: str, cite: str) -> list[str]:
    """Which acts presume this fact by this source; the report as a whole when none does."""
    own = [act for act in dict.fromkeys(chosen) if any(_cited(rule) == cite for rule in rules_of(act, fact))]
    return own or [ALL]


def _cited(rule: FactRule) -> str:
    return ", ".join(rule.presume_cite)
