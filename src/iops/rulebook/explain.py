"""Says in plain words what an edition of a rule asks, for the rulebook's pages; made from the entry, never typed twice.

The meanings of the dictionary are written so that they can be used in a sentence: an instant begins with "When", a
boolean with "Whether".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from iops.rulebook.facts import ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from iops.rulebook.entries import Edition, Rule
    from iops.rulebook.facts import Column, Subject


@dataclass(frozen=True, slots=True)
class Explanation:
    """An edition in words. `facts` gives each column the edition looks at and what it means."""

    title: str
    in_force: str
    basis: str
    unsure: str | None
    sentences: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        lines = [self.title, self.in_force, *self.sentences, f"Basis: {self.basis}."]
        lines += [f"Unsure: {self.unsure}"] if self.unsure else []
        return "\n".join([*lines, *(f"{name}: {means}" for name, means in self.facts)])


def explain(rule: Rule, edition: Edition, subject: Subject) -> Explanation:
    """The edition of the rule in plain words, with the meanings of the facts it looks at."""
    columns = subject.columns
    return Explanation(
        rule.title,
        _in_force(edition),
        str(rule.basis),
        rule.basis.unsure,
        tuple(_sentences(rule, edition, columns)),
        tuple((name, columns[name].means) for name in edition.columns),
    )


def _in_force(edition: Edition) -> str:
    begins = f"In force from {edition.start:%-d %B %Y}"
    return f"{begins} to {edition.end:%-d %B %Y}." if edition.end else f"{begins}."


def _sentences(rule: Rule, edition: Edition, columns: Mapping[str, Column]) -> Iterator[str]:
    words = Words(columns)
    arises = words.condition(edition.arises.tree)
    yield "Arises always." if arises == "true" else f"Arises when {arises}."
    yield f"The clock starts {words.instant(edition.clock.starts.tree)}."
    if edition.clock.until:
        yield f"Must be met by the time {words.instant(edition.clock.until.tree)}."
    else:
        yield f"Must be met within {edition.clock.within}."
    yield f"Is met when {words.condition(edition.met.when.tree)}; the time that counts is {_at(words, edition)}."
    yield f"Is owed by: {rule.owner.label}."
    yield f"May be waived by: {rule.waivable_by.label}." if rule.waivable_by else "Cannot be waived."
    for step in rule.blocks:
        yield f"Blocks: nobody can {step} the record while it is open."
    for escalation in edition.escalate:
        when = f"{escalation.after} after the clock started" if escalation.after.amount else "at once"
        yield f"Goes to the {escalation.to.label} {when}."
    if edition.note:
        yield edition.note


def _at(words: Words, edition: Edition) -> str:
    return words.instant(edition.met.at.tree)


class Words:
    """Turns checked expressions over some columns into words."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.columns = columns

    def condition(self, node: exp.Expr) -> str:
        """A condition as the part of a sentence that follows "when"."""
        writer = _WRITERS.get(type(node))
        return writer(self, node) if writer else self.value(node)

    def instant(self, node: exp.Expr) -> str:
        """An instant as the part of a sentence that says when something happens."""
        if isinstance(node, exp.Column):
            return self._meaning(node, "When ")
        if isinstance(node, exp.Paren):
            return self.instant(node.this)
        parts = [self.instant(part) for part in node.iter_expressions()]
        if isinstance(node, exp.Coalesce):
            return ", or if that is not known ".join(parts)
        return f"at the {'earlier' if isinstance(node, exp.Least) else 'later'} of ({'; '.join(parts)})"

    def value(self, node: exp.Expr) -> str:
        """A column by its name, anything else as the rule writes it."""
        if isinstance(node, exp.Column):
            if self.columns[node.name].type is ColumnType.BOOLEAN:
                return self._meaning(node, "Whether ")
            return node.name.replace("_", " ")
        if isinstance(node, (exp.Literal, exp.Boolean, exp.Null)):
            return str(node.sql("postgres")).lower() if not isinstance(node, exp.Literal) else str(node.sql("postgres"))
        return self.condition(node) if type(node) in _WRITERS else self._call(node)

    def known(self, node: exp.Expr, *, known: bool) -> str:
        """Whether something is known, said of an instant as of what happened."""
        verb = "is known" if known else "is not known"
        if isinstance(node, exp.Column) and self.columns[node.name].type is ColumnType.INSTANT:
            return f"it {verb} {self._meaning(node, 'When ')}"
        return f"{self.value(node)} {verb}"

    def _call(self, node: exp.Expr) -> str:
        parts = [self.value(part) for part in node.iter_expressions()]
        if isinstance(node, exp.Coalesce):
            return f"({', or if that is not known '.join(parts)})"
        return f"the {'least' if isinstance(node, exp.Least) else 'greatest'} of ({', '.join(parts)})"

    def _meaning(self, column: exp.Expr, opening: str) -> str:
        means = self.columns[column.name].means.split(";")[0].rstrip(".")
        text = column.name.replace("_", " ")
        if not means.startswith(opening):
            return text
        return means.removeprefix(opening) if opening == "Whether " else f"when {means.removeprefix(opening)}"


def _pair(word: str) -> Callable[[Words, exp.Expr], str]:
    return lambda words, node: f"{words.value(node.this)} {word} {words.value(node.expression)}"


def _is(words: Words, node: exp.Expr) -> str:
    return words.known(node.this, known=bool(node.args.get("negate")))


def _not(words: Words, node: exp.Expr) -> str:
    if isinstance(node.this, exp.Is):
        return words.known(node.this.this, known=not node.this.args.get("negate"))
    inner = node.this.this if isinstance(node.this, exp.Paren) else node.this
    return f"not ({words.condition(inner)})"


def _in(words: Words, node: exp.Expr) -> str:
    return f"{words.value(node.this)} is one of {', '.join(words.value(item) for item in node.expressions)}"


def _between(words: Words, node: exp.Expr) -> str:
    low, high = words.value(node.args["low"]), words.value(node.args["high"])
    return f"{words.value(node.this)} is from {low} to {high}"


_WRITERS: Final[dict[type[exp.Expr], Callable[[Words, exp.Expr], str]]] = {
    exp.And: _pair("and"),
    exp.Or: _pair("or"),
    exp.EQ: _pair("is"),
    exp.NEQ: _pair("is not"),
    exp.LT: _pair("is less than"),
    exp.LTE: _pair("is at most"),
    exp.GT: _pair("is more than"),
    exp.GTE: _pair("is at least"),
    exp.Add: _pair("plus"),
    exp.Sub: _pair("minus"),
    exp.Neg: lambda words, node: f"-{words.value(node.this)}",
    exp.Paren: lambda words, node: f"({words.condition(node.this)})",
    exp.Not: _not,
    exp.Is: _is,
    exp.In: _in,
    exp.Between: _between,
}
