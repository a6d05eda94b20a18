"""A tiny evaluator of conditions in Python: the third opinion beside PostgreSQL and DuckDB."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COMPARE: dict[type[exp.Expr], Callable[[Any, Any], Any]] = {
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
    exp.Add: operator.add,
    exp.Sub: operator.sub,
}


def evaluate(node: exp.Expr, row: Mapping[str, Any]) -> Any:
    """The value of a checked expression for one row; None is unknown."""
    if isinstance(node, exp.Paren):
        return evaluate(node.this, row)
    if isinstance(node, exp.Column):
        return row[node.name]
    if isinstance(node, (exp.Literal, exp.Boolean, exp.Null)):
        return constant(node)
    if isinstance(node, exp.Neg):
        return -evaluate(node.this, row)
    return evaluate_operator(node, row)


def constant(node: exp.Expr) -> Any:
    if isinstance(node, exp.Null):
        return None
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    return node.name if node.is_string else int(node.name)


def evaluate_operator(node: exp.Expr, row: Mapping[str, Any]) -> Any:
    if type(node) in COMPARE:
        left, right = evaluate(node.this, row), evaluate(node.expression, row)
        return None if left is None or right is None else COMPARE[type(node)](left, right)
    if isinstance(node, exp.Is):
        return (evaluate(node.this, row) is None) is not bool(node.args.get("negate"))
    if isinstance(node, exp.Not):
        return negated(evaluate(node.this, row))
    if isinstance(node, exp.In):
        values = [evaluate(item, row) for item in node.expressions]
        value = evaluate(node.this, row)
        return None if value is None else value in values
    if isinstance(node, exp.Between):
        value, low, high = (evaluate(node.args[part], row) for part in ("this", "low", "high"))
        return both(
            None if value is None or low is None else low <= value,
            None if value is None or high is None else value <= high,
        )
    parts = [evaluate(part, row) for part in node.iter_expressions()]
    return evaluate_parts(node, parts)


def evaluate_parts(node: exp.Expr, parts: list[Any]) -> Any:
    if isinstance(node, exp.And):
        return both(*parts)
    if isinstance(node, exp.Or):
        return negated(both(*map(negated, parts)))
    known = [part for part in parts if part is not None]
    if not known:
        return None
    return known[0] if isinstance(node, exp.Coalesce) else (min if isinstance(node, exp.Least) else max)(known)


def both(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def negated(value: bool | None) -> bool | None:
    return None if value is None else not value
