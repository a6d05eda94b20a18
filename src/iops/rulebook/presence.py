"""Can the instant a clock starts at be missing while the duty is owed? Then the duty would vanish without a word.

An obligation without a starting instant cannot become late, so the loader refuses a rule whose `arises` does not make
sure that `clock.starts` is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from iops.rulebook.conditions import Expression

_COMPARISONS: Final = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In)
_FIRST_KNOWN: Final = (exp.Coalesce, exp.Least, exp.Greatest)


def is_known(instant: Expression, always: AbstractSet[str], arises: Expression) -> bool:
    """Whether the instant is never null where `arises` is true; `always` names the columns that are never null."""
    return _is_known(instant.tree, always | _required(arises.tree))


def _is_known(node: exp.Expr, known: AbstractSet[str]) -> bool:
    if isinstance(node, exp.Column):
        return node.name in known
    if isinstance(node, exp.Paren):
        return _is_known(node.this, known)
    return isinstance(node, _FIRST_KNOWN) and any(_is_known(part, known) for part in node.iter_expressions())


def _required(node: exp.Expr) -> frozenset[str]:
    """The columns that cannot be null where the condition is true."""
    if isinstance(node, exp.Paren):
        return _required(node.this)
    if isinstance(node, exp.And):
        return _required(node.this) | _required(node.expression)
    if isinstance(node, exp.Or):
        return _required(node.this) & _required(node.expression)
    if isinstance(node, exp.Column):
        return frozenset({node.name})
    if isinstance(node, exp.Not):
        return _required_by_negation(node.this)
    says_known = isinstance(node, _COMPARISONS) or (isinstance(node, exp.Is) and node.args.get("negate"))
    return _direct_columns(node) if says_known else frozenset()


def _required_by_negation(node: exp.Expr) -> frozenset[str]:
    if isinstance(node, exp.Paren):
        return _required_by_negation(node.this)
    says_known = isinstance(node, (exp.Column, *_COMPARISONS))
    says_known = says_known or (isinstance(node, exp.Is) and not node.args.get("negate"))
    return _direct_columns(node) if says_known else frozenset()


def _direct_columns(node: exp.Expr) -> frozenset[str]:
    parts = [node] if isinstance(node, exp.Column) else list(node.iter_expressions())
    return frozenset(part.name for part in parts if isinstance(part, exp.Column))
