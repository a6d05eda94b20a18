"""What the obligations engine installs: rules, noting triggers, settling functions, the view of all that is owed."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from psycopg import sql

from iops.foundation.roles import Role, at_least
from iops.obligations import engine
from iops.rulebook import compiler, facts, loader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.rulebook.edition import Rulebook
    from iops.rulebook.entries import Rule


@cache
def book() -> Rulebook:
    """The rulebook of the product, read once a process."""
    return loader.standard()


def settled_subjects() -> dict[str, str]:
    """Every subject that some rule is about, with the kind of record it stands on."""
    return {name: s.record for name, s in book().subjects.items() if book().rules_of(name)}


def digest() -> str:
    """A fingerprint of everything that decides what is owed."""
    return hashlib.sha256(due_view().encode()).hexdigest()


def owed(subject: str, *, of_ids: bool) -> str:
    """The SELECT of what the rules ask of one subject, with its waivers: of all, or of the ids in `$1`."""
    rules = book().rules_of(subject)
    select = compiler.obligations_select(book().subjects[subject], rules, "postgres", ids="$1" if of_ids else None)
    return f"""select d.*, w.at as waived_at
            from ({select}) d
            left join obligations_waiver w
            on w.subject = d.subject and w.subject_id = d.subject_id and w.rule = d.rule"""


def due_view() -> str:
    """The definition of `iops.obligation_due`: all that is owed, met or open, by the rules and the facts alone."""
    return "\nunion all\n".join(owed(subject, of_ids=False) for subject in settled_subjects())


def statements() -> Iterator[str]:
    """The SQL of the engine for the rulebook as it stands in the files."""
    yield from rule_rows()
    for model in engine.fact_models():
        yield from engine.noting(model)
    yield engine.HOLD_BACK
    for subject in settled_subjects():
        yield engine.settling(subject, owed(subject, of_ids=True))
        if subject in engine.leaders():
            yield engine.opening(subject, owed(subject, of_ids=True))
    yield engine.settle_trigger(settled_subjects())
    yield f"drop view if exists iops.obligation_due; create view iops.obligation_due as\n{due_view()};"
    yield engine.CONSERVATION
    for fact in book().subjects.values():
        yield from facts.comments(fact)


def rule_rows() -> Iterator[str]:
    """The rules as the database needs them. One that left the rulebook stays, marked, for what it once asked."""
    yield "update obligations_rule set withdrawn = true; delete from obligations_escalationstep;"
    for rule in book().rules:
        yield _rule_row(rule)


def _rule_row(rule: Rule) -> str:
    waivers = sorted(at_least(Role(rule.waivable_by))) if rule.waivable_by else []
    values = [
        rule.code,
        rule.title,
        rule.subject,
        str(rule.owner),
        str(rule.waivable_by or ""),
        [str(r) for r in waivers],
        [str(t) for t in rule.blocks],
        False,
    ]
    row = sql.SQL(
        "insert into obligations_rule (code, title, subject, owner, waivable_by, waiver_roles, blocks, withdrawn)"
        " values ({}) on conflict (code) do update set (title, subject, owner, waivable_by, waiver_roles, blocks,"
        " withdrawn) = (excluded.title, excluded.subject, excluded.owner, excluded.waivable_by, excluded.waiver_roles,"
        " excluded.blocks, false);"
    ).format(sql.SQL(", ").join(map(_literal, values)))
    steps = [
        sql.SQL("insert into obligations_escalationstep (rule_id, edition, after, to_role) values ({});").format(
            sql.SQL(", ").join(map(sql.Literal, [rule.code, edition.start, step.after.elapsed, str(step.to)]))
        )
        for edition in rule.editions
        for step in edition.escalate
    ]
    return "\n".join(part.as_string(None) for part in [row, *steps])


def _literal(value: object) -> sql.Composable:
    literal = sql.Literal(value)
    return literal if not isinstance(value, list) else sql.SQL("{}::text[]").format(literal)
