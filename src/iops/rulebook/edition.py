"""The rulebook as a whole, and as at a date. There is no current rulebook: who asks must say as at when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation.errors import NotFoundError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from iops.rulebook.entries import Edition, Rule
    from iops.rulebook.facts import Subject


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every rule with all its editions, in the order of codes, and the dictionary of facts by subject."""

    subjects: Mapping[str, Subject]
    rules: tuple[Rule, ...]

    def rule(self, code: str) -> Rule:
        """One rule.

        Raises NotFoundError: no rule has that code.
        """
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise NotFoundError(f"There is no rule {code!r}.", mend="Look it up in the rulebook.")

    def subject(self, name: str) -> Subject:
        """What duties are about.

        Raises NotFoundError: no subject has that name.
        """
        try:
            return self.subjects[name]
        except KeyError:
            raise NotFoundError(f"There is no subject {name!r}.", mend=f"Known: {', '.join(self.subjects)}.") from None

    def rules_of(self, subject: str) -> tuple[Rule, ...]:
        """The rules about one subject, in the order of their codes."""
        return tuple(rule for rule in self.rules if rule.subject == self.subject(subject).name)

    def at(self, day: dt.date) -> RulebookAt:
        """The rulebook as it applies to what was reported on that day (a Europe/London date)."""
        found = ((rule, rule.edition_on(day)) for rule in self.rules)
        return RulebookAt(day, {rule.code: (rule, edition) for rule, edition in found if edition})


@dataclass(frozen=True, slots=True)
class RulebookAt:
    """The rules in force on one day, each with the edition that applies."""

    day: dt.date
    in_force: Mapping[str, tuple[Rule, Edition]]

    def __iter__(self) -> Iterator[tuple[Rule, Edition]]:
        return iter(self.in_force.values())

    def __len__(self) -> int:
        return len(self.in_force)

    def __contains__(self, code: object) -> bool:
        return code in self.in_force

    def edition(self, code: str) -> Edition:
        """What the rule says on that day.

        Raises NotFoundError: no such rule is in force on that day.
        """
        try:
            return self.in_force[code][1]
        except KeyError:
            raise NotFoundError(
                f"No rule {code!r} is in force on {self.day:%d %B %Y}.", mend="Ask as at another date."
            ) from None
