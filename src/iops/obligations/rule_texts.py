"""A rule in plain words: what makes it arise, how long there is, what meets it, on which ground."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from iops.foundation.errors import NotFoundError
from iops.obligations.install import book

if TYPE_CHECKING:
    import datetime as dt

    from iops.rulebook.entries import Edition, Rule


@dataclass(frozen=True)
class RuleText:
    """What one edition of a rule says, for reading. `columns` are the facts that can meet it."""

    basis: str
    unsure: str
    arises: str
    clock: str
    met: str
    note: str
    escalation: tuple[str, ...]
    columns: frozenset[str]
    means: tuple[tuple[str, str], ...]


@cache
def explained(code: str, edition_start: dt.date) -> RuleText | None:
    """The edition of a rule that began on a day; None for a rule or an edition that is no longer in the rulebook."""
    try:
        rule = book().rule(code)
    except NotFoundError:
        return None
    edition = next((e for e in rule.editions if e.start == edition_start), None)
    return text_of(rule, edition) if edition else None


def text_of(rule: Rule, edition: Edition) -> RuleText:
    """What an edition of a rule says, with the meaning of every fact it looks at."""
    columns = book().subject(rule.subject).columns
    always = edition.arises.text == "true"
    return RuleText(
        basis=str(rule.basis),
        unsure=rule.basis.unsure or "",
        arises=f"For every {rule.subject.replace('_', ' ')}" if always else edition.arises.text,
        clock=f"Within {edition.clock.within} of: {edition.clock.starts.text}",
        met=edition.met.when.text,
        note=edition.note or "",
        escalation=tuple(f"After {s.after}: {s.to.label}" for s in edition.escalate),
        columns=frozenset(edition.met.when.columns) | frozenset(edition.met.at.columns),
        means=tuple((name, columns[name].means) for name in edition.columns),
    )
