"""The language of conditions: a small part of SQL, checked for names and types, meaning the same in both databases.

Columns of the subject's fact views; integers, 'text', true, false, null; `and or not`, `= <> < <= > >=`,
`is [not] null`, `[not] in (...)`, `[not] between`, `coalesce`, `least`, `greatest`, `+` and `-` of integers.
Nothing else: no present moment, no subquery, no cast, no division, no ordering of text. Logic has three values, as in
SQL: a comparison with null is unknown, and a rule takes unknown for false. docs/rulebook.md describes it for writers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from iops.foundation.errors import InvalidError
from iops.rulebook.facts import ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from iops.rulebook.clocks import Dialect
    from iops.rulebook.facts import Column

LARGEST_INTEGER: Final = 1_000_000_000
"""Sums are made in 64 bits, so that no sum of literals this small can overflow."""
MOST_NODES: Final = 200
FUNCTIONS: Final = ("coalesce", "least", "greatest")

_LITERAL: Final = re.compile(r"'(?:[^']|'')*'")
_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_CALL: Final = re.compile(r"([A-Za-z_]\w*)\s*\(")
_FOREIGN: Final = re.compile(r"[^\w\s()<>=,+\-]")
_UNSAFE_IN_TEXT: Final = re.compile(r"[^ -~\u00a0-\ud7ff\ue000-\uffff]|[\\%$]")
_GRAMMAR_WORDS: Final = frozenset({"and", "or", "not", "in", "between", "is"})
_PRESENT: Final = frozenset({"now", "today", "timeofday", "localtime", "localtimestamp", "age"}) | {
    f"{which}_{what}"
    for which in ("current", "clock", "statement", "transaction")
    for what in ("date", "time", "timestamp")
}
_SUBQUERY: Final = frozenset({"select", "exists", "any", "all", "some", "from", "values", "with"})

Kind: TypeAlias = ColumnType | None
"""The type of an expression; None is a bare null, which fits every type."""


class ConditionError(InvalidError):
    """A condition that is not in the language, or whose types do not fit."""

    code = "condition-invalid"


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked condition or instant. `text` is what the rule says, `columns` the facts it looks at, sorted."""

    text: str
    tree: exp.Expr
    type: ColumnType
    columns: tuple[str, ...]

    def sql(self, dialect: Dialect, tables: Mapping[str, str]) -> str:
        """The SQL for one database; `tables` gives for each column the alias of the relation that holds it."""
        tree = exp.Paren(this=self.tree.copy())
        for column in list(tree.find_all(exp.Column)):
            column.set("table", exp.to_identifier(tables[column.name]))
        for node in reversed(list(tree.find_all(*_OPERATORS))):
            if isinstance(node, (exp.Add, exp.Sub)):
                node.set("this", exp.cast(node.this.copy(), "bigint"))
            # Brackets everywhere, so that no database reads the precedence in its own way.
            if not isinstance(node.parent, (exp.Paren, exp.Coalesce, exp.Least, exp.Greatest)):
                node.replace(exp.Paren(this=node.copy()))
        return str(tree.this.sql(dialect=dialect, comments=False))


def parse(text: str, columns: Mapping[str, Column], wanted: ColumnType) -> Expression:
    """Read and check one expression over the columns of a subject.

    Raises ConditionError: saying what is not in the language, or which types do not fit.
    """
    _check_words(text, columns)
    tree = _tree(text)
    if sum(1 for _ in tree.walk()) > MOST_NODES:
        raise ConditionError(
            f"The expression has more than {MOST_NODES} parts.", mend="Split the rule, or give the fact a column."
        )
    try:
        kind = _kind(tree, columns)
    except RecursionError:
        raise ConditionError("The expression nests too deeply.", mend="Write it flatter.") from None
    if kind is not wanted:
        raise ConditionError(
            f"`{text}` is {_named(kind)}, not {_named(wanted)}.",
            mend="Compare it with something." if wanted is ColumnType.BOOLEAN else "Name a column that is an instant.",
        )
    return Expression(text, tree, wanted, tuple(sorted({column.name for column in tree.find_all(exp.Column)})))


def _tree(text: str) -> exp.Expr:
    try:
        return sqlglot.parse_one(text, dialect="postgres", into=exp.Condition)
    except (SqlglotError, RecursionError):
        raise ConditionError(f"`{_short(text)}` cannot be read.", mend="Look for a missing word or bracket.") from None


def _check_words(text: str, columns: Mapping[str, Column]) -> None:
    """Refuse by its name what SQL has and the language has not, before the parser rewrites it to something else."""
    for literal in _LITERAL.findall(text):
        if _UNSAFE_IN_TEXT.search(literal):
            raise ConditionError(f"The text {literal} holds a character that is not taken.", mend="Leave out \\ % $.")
    bare = _LITERAL.sub(" 0 ", text)
    words = {word.lower() for word in _WORD.findall(bare)} - columns.keys()
    if present := sorted(words & _PRESENT):
        raise ConditionError(
            f"A condition may not ask the present moment ({present[0]}).",
            mend="Say what must have happened; lateness follows from the clock.",
        )
    if subquery := sorted(words & _SUBQUERY):
        raise ConditionError(
            f"A condition may not hold a subquery ({subquery[0]}).", mend="Ask for a column in the fact view."
        )
    for name in _CALL.findall(bare):
        if name.lower() not in {*FUNCTIONS, *_GRAMMAR_WORDS}:
            raise ConditionError(f"There is no function {name!r}.", mend=f"Functions: {', '.join(FUNCTIONS)}.")
    if foreign := _FOREIGN.search(bare) or re.search(r"--|==", bare):
        raise ConditionError(
            f"The sign {foreign[0]!r} is not in the language.",
            mend="Use = <> < <= > >= + - ( ) and words; whole numbers; notes go into `note`.",
        )


def _kind(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    check = _CHECKS.get(type(node))
    if check is None:
        raise ConditionError(
            f"`{_short(node.sql('postgres'))}` is not in the language.", mend="See the list in docs/rulebook.md."
        )
    return check(node, columns)


def _column(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    if node.name not in columns:
        raise ConditionError(f"There is no column {node.name!r}.", mend=f"Columns: {', '.join(sorted(columns))}.")
    return columns[node.name].type


def _literal(node: exp.Expr, _columns: Mapping[str, Column]) -> Kind:
    if node.args["is_string"]:
        return ColumnType.TEXT
    if not re.fullmatch(r"[0-9]+", node.name) or int(node.name) > LARGEST_INTEGER:
        raise ConditionError(f"{node.name} is not a whole number up to 1,000,000,000.", mend="Use a smaller unit.")
    return ColumnType.INTEGER


def _negative(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    if not isinstance(node.this, exp.Literal):
        raise ConditionError("A minus sign may stand before a number only.", mend="Write `0 - column`.")
    return _need(node.this, columns, ColumnType.INTEGER)


def _logic(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    for part in node.iter_expressions():
        _need(part, columns, ColumnType.BOOLEAN)
    return ColumnType.BOOLEAN


def _sum(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    for part in node.iter_expressions():
        _need(part, columns, ColumnType.INTEGER)
    return ColumnType.INTEGER


def _equality(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    _same(node.iter_expressions(), columns)
    return ColumnType.BOOLEAN


def _order(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    _ordered(node, _same(node.iter_expressions(), columns))
    return ColumnType.BOOLEAN


def _between(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    if node.args.get("symmetric") is not None:
        raise ConditionError("`between symmetric` is not in the language.", mend="Write the smaller limit first.")
    return _order(node, columns)


def _is_null(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    if not isinstance(node.expression, exp.Null):
        raise ConditionError(
            f"`is {node.expression.sql('postgres').lower()}` is not in the language.",
            mend="Write the condition itself; unknown counts as false.",
        )
    if _kind(node.this, columns) is None:
        raise ConditionError("`null is null` says nothing.", mend="Name a column.")
    return ColumnType.BOOLEAN


def _in(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    listed = node.expressions
    for item in listed:
        if not isinstance(item.this if isinstance(item, exp.Neg) else item, exp.Literal):
            raise ConditionError("`in` takes a list of numbers or texts only.", mend="Use `=` and `or` for the rest.")
    if not listed:
        raise ConditionError("`in` has an empty list.", mend="List at least one value.")
    _same([node.this, *listed], columns)
    return ColumnType.BOOLEAN


def _coalesce(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    return _same(_arguments(node), columns)


def _extreme(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    return _ordered(node, _same(_arguments(node), columns))


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    arguments = [node.this, *node.expressions]
    if len(arguments) < 2:  # noqa: PLR2004
        raise ConditionError(f"`{node.sql('postgres').lower()}` needs two values.", mend="Add another, or drop it.")
    return arguments


def _need(node: exp.Expr, columns: Mapping[str, Column], wanted: ColumnType) -> Kind:
    kind = _kind(node, columns)
    if kind is not wanted:
        raise ConditionError(
            f"`{_short(node.sql('postgres'))}` is {_named(kind)}, where {_named(wanted)} must stand.",
            mend="Use `is null` to ask whether something is unknown." if kind is None else "Compare like with like.",
        )
    return kind


def _same(nodes: Iterable[exp.Expr], columns: Mapping[str, Column]) -> ColumnType:
    """The one type that all parts share. A bare null fits inside a function only, where it is harmless."""
    parts = list(nodes)
    kinds = [_kind(part, columns) for part in parts]
    if None in kinds and not isinstance(parts[0].parent, (exp.Coalesce, exp.Least, exp.Greatest)):
        raise ConditionError("Nothing is equal to null, not even null.", mend="Write `is null` or `is not null`.")
    known = sorted({kind for kind in kinds if kind is not None})
    if len(known) != 1:
        raise ConditionError(
            f"`{_short(str(parts[0].parent.sql('postgres') if parts[0].parent else ''))}` puts together "
            f"{' and '.join(_named(kind) for kind in known) or 'nothing but null'}.",
            mend="Compare like with like.",
        )
    return known[0]


def _ordered(node: exp.Expr, kind: ColumnType) -> ColumnType:
    if kind in {ColumnType.TEXT, ColumnType.BOOLEAN}:
        raise ConditionError(
            f"`{_short(node.sql('postgres'))}` puts {_named(kind)} in order.",
            mend="Order differs between databases: use `=` or `in`.",
        )
    return kind


def _paren(node: exp.Expr, columns: Mapping[str, Column]) -> Kind:
    return _kind(node.this, columns)


def _named(kind: Kind) -> str:
    if kind is None:
        return "null"
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004


_OPERATORS: Final = (
    exp.And,
    exp.Or,
    exp.Not,
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
    exp.Add,
    exp.Sub,
    exp.Neg,
    exp.Is,
    exp.In,
    exp.Between,
)

_CHECKS: Final[dict[type[exp.Expr], Callable[[exp.Expr, Mapping[str, Column]], Kind]]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: lambda _node, _columns: ColumnType.BOOLEAN,
    exp.Null: lambda _node, _columns: None,
    exp.Neg: _negative,
    exp.Paren: _paren,
    exp.Not: _logic,
    exp.And: _logic,
    exp.Or: _logic,
    exp.Add: _sum,
    exp.Sub: _sum,
    exp.EQ: _equality,
    exp.NEQ: _equality,
    exp.LT: _order,
    exp.LTE: _order,
    exp.GT: _order,
    exp.GTE: _order,
    exp.Between: _between,
    exp.Is: _is_null,
    exp.In: _in,
    exp.Coalesce: _coalesce,
    exp.Least: _extreme,
    exp.Greatest: _extreme,
}
