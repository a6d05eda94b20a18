"""What the obligations engine installs: rules, noting triggers, settling functions, the view of all that is owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from iops.obligations import engine
from iops.rulebook import compiler, loader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.rulebook.entries import Rule
    from iops.rulebook.facts import Subject


def statements() -> Iterator[str]:
    """The SQL of the engine for the rulebook as it stands in the files."""
    book = loader.standard()
    yield from (rule_row(rule) for rule in book.rules)
    subjects = {name: subject for name, subject in book.subjects.items() if book.rules_of(name)}
    for model in engine.fact_models():
        yield from engine.noting(model)
    yield engine.HOLD_BACK
    for name, subject in subjects.items():
        yield engine.settling(name, owed(subject, book.rules_of(name), ids="$1"))
    yield engine.settle_trigger({name: subject.record for name, subject in subjects.items()})
    views = "\nunion all\n".join(owed(subject, book.rules_of(name)) for name, subject in subjects.items())
    yield f"drop view if exists iops.obligation_due; create view iops.obligation_due as\n{views};"
