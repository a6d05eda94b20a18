"""A rule in plain words, as the rulebook explains it, for the pages of the obligations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from iops.foundation.errors import NotFoundError
from iops.obligations.install import book
from iops.rulebook.explain import explain

if TYPE_CHECKING:
    import datetime as dt

    from iops.rulebook.entries import Edition, Rule
    from iops.rulebook.explain import Explanation


@dataclass(frozen=True)
class RuleText:
    """What one edition of a rule says, for reading. `columns` are the facts that can meet it."""

    words: Explanation
    columns: frozenset[str]


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
    columns = frozenset(edition.met.when.columns) | frozenset(edition.met.at.columns)
    return RuleText(explain(rule, edition, book().subject(rule.subject)), columns)
