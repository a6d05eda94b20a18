"""Reads the duties of the rulebook, strictly: everything that is wrong in any file is told at once, with its line.

A rulebook is taken whole or refused whole. Duties stand in `data/duties/<owner>/<instrument>.yaml`, the dictionary of
facts in `data/facts/`; further folders of duties (a force's own) may be given.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iops.foundation.roles import Role
from iops.rulebook.clocks import Span, SpanError, Unit, parse_span
from iops.rulebook.conditions import ConditionError, Expression, parse
from iops.rulebook.dictionary import read_dictionary
from iops.rulebook.edition import Rulebook
from iops.rulebook.entries import Basis, Clock, Edition, Escalation, Met, Rule, Transition
from iops.rulebook.facts import ColumnType
from iops.rulebook.pages import Page, open_page
from iops.rulebook.presence import is_known
from iops.rulebook.problems import Problem, RulebookError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import yaml

    from iops.rulebook.facts import Subject

DATA: Final = Path(__file__).parent / "data"
FACTS: Final = DATA / "facts"
DUTIES: Final = DATA / "duties"

_RULE_KEYS: Final = ("code", "title", "subject", "basis", "owner", "in_force")
_EDITION_KEYS: Final = ("from", "arises", "clock", "met")


def standard() -> Rulebook:
    """The rulebook that comes with the system. Raises RulebookError."""
    return load_rulebook()


def load_rulebook(duties: Sequence[Path] = (DUTIES,), facts: Path = FACTS) -> Rulebook:
    """Read every `*.yaml` under the folders of duties, in the order of their names.

    Raises RulebookError: with every mistake found in any file.
    """
    subjects, problems = read_dictionary(facts)
    rules: dict[str, Rule] = {}
    for folder in duties:
        problems += _folder_problems(folder)
        for path in sorted(folder.rglob("*.yaml")):
            page, found = read_duties(path, path.relative_to(folder).as_posix(), subjects)
            for rule in found:
                _add(page, rule, rules)
            problems += page.problems
    if problems:
        raise RulebookError(problems)
    return Rulebook(subjects, tuple(rule for _, rule in sorted(rules.items())))


def read_duties(path: Path, name: str, subjects: Mapping[str, Subject]) -> tuple[Page, list[Rule]]:
    """The rules of one file, and the page that tells what is wrong with it; `name` is how problems call the file."""
    page, root = open_page(path, name, "duties")
    if root is None:
        return page, []
    fields = page.mapping(root, "The file", required=("kind", "rules"))
    reader = _DutyReader(page, subjects)
    rules = (reader.rule(node) for node in page.items(fields.get("rules"), "rules"))
    return page, [rule for rule in rules if rule]


def _folder_problems(folder: Path) -> list[Problem]:
    if any(folder.rglob("*.yaml")):
        return []
    return [Problem(folder.name, 0, "The folder holds no rules.", "Give the folder that holds the *.yaml files.")]


def _add(page: Page, rule: Rule, rules: dict[str, Rule]) -> None:
    if first := rules.get(rule.code):
        where = f"{first.file}:{first.line}"
        page.refuse(rule.line, f"The code {rule.code!r} is taken ({where}).", "A code names one rule for ever.")
    else:
        rules[rule.code] = rule


class _DutyReader:
    """Turns the nodes of one file into rules; None where something was refused."""

    def __init__(self, page: Page, subjects: Mapping[str, Subject]) -> None:
        self.page = page
        self.subjects = subjects

    def rule(self, node: yaml.Node) -> Rule | None:
        page = self.page
        fields = page.mapping(node, "The rule", required=_RULE_KEYS, optional=("waivable_by", "blocks"))
        code, title = page.code(fields.get("code"), "code"), page.text(fields.get("title"), "title")
        owner = page.choice(fields.get("owner"), "owner", Role)
        waivable_by = page.choice(fields.get("waivable_by"), "waivable_by", Role)
        basis, blocks = self.basis(fields.get("basis")), self.blocks(fields.get("blocks"))
        subject = self.subject(fields.get("subject"))
        editions = self.editions(fields.get("in_force"), subject) if subject else ()
        if not (code and title and owner and basis and subject and editions):
            return None
        line = node.start_mark.line + 1
        return Rule(code, title, subject.name, basis, owner, waivable_by, blocks, editions, page.name, line)

    def subject(self, node: yaml.Node | None) -> Subject | None:
        name = self.page.text(node, "subject")
        if node is None or name is None:
            return None
        if name not in self.subjects:
            known = ", ".join(self.subjects) or "none"
            self.page.refuse(node, f"There is no subject {name!r}.", f"Known subjects: {known}.")
        return self.subjects.get(name)

    def basis(self, node: yaml.Node | None) -> Basis | None:
        if node is None:
            return None
        fields = self.page.mapping(node, "basis", required=("instrument", "clause"), optional=("unsure",))
        instrument = self.page.text(fields.get("instrument"), "basis: instrument")
        clause = self.page.text(fields.get("clause"), "basis: clause")
        unsure = self.page.text(fields.get("unsure"), "basis: unsure")
        return Basis(instrument, clause, unsure) if instrument and clause else None

    def blocks(self, node: yaml.Node | None) -> tuple[Transition, ...]:
        named = [self.page.choice(item, "blocks", Transition) for item in self.page.items(node, "blocks")]
        if node is not None and len(set(named)) < len(named):
            self.page.refuse(node, "blocks names a step twice.", "Keep one of them.")
        return tuple(step for step in named if step)

    def editions(self, node: yaml.Node | None, subject: Subject) -> tuple[Edition, ...]:
        items = self.page.items(node, "in_force")
        read = [(item, self.edition(item, subject)) for item in items]
        good = [(item, edition) for item, edition in read if edition]
        return self.in_order(good) if good and len(good) == len(items) else ()

    def in_order(self, read: list[tuple[yaml.Node, Edition]]) -> tuple[Edition, ...]:
        """Each edition ends the day before the next begins, unless it says an earlier last day."""
        for (_, before), (node, after) in pairwise(read):
            if after.start <= before.start:
                self.page.refuse(
                    node,
                    f"The edition from {after.start} follows the one from {before.start}.",
                    "Put editions in the order of their dates, each date once.",
                )
            elif before.end and after.start <= before.end:
                self.page.refuse(
                    node,
                    f"The edition from {after.start} overlaps the one before it, whose last day is {before.end}.",
                    "Leave out that `to`, or begin later.",
                )
        editions = [edition for _, edition in read]
        nexts = [*(edition.start for edition in editions[1:]), None]
        return tuple(_closed(edition, following) for edition, following in zip(editions, nexts, strict=True))

    def edition(self, node: yaml.Node, subject: Subject) -> Edition | None:
        page = self.page
        fields = page.mapping(node, "The edition", required=_EDITION_KEYS, optional=("to", "escalate", "note"))
        start, end = page.day(fields.get("from"), "from"), page.day(fields.get("to"), "to")
        arises = self.expression(fields.get("arises"), "arises", subject, ColumnType.BOOLEAN)
        clock, met = self.clock(fields.get("clock"), subject), self.met(fields.get("met"), subject)
        escalate, note = self.escalate(fields.get("escalate")), page.text(fields.get("note"), "note")
        if start and end and end < start:
            page.refuse(fields["to"], f"The edition ends on {end}, before it begins.", "`to` is the last day.")
        if arises and clock:
            self.check_start(fields["clock"], clock, arises, subject)
        if not (start and arises and clock and met):
            return None
        return Edition(start, end, arises, clock, met, escalate, note)

    def clock(self, node: yaml.Node | None, subject: Subject) -> Clock | None:
        if node is None:
            return None
        fields = self.page.mapping(node, "clock", required=("starts",), optional=("within", "until"))
        starts = self.expression(fields.get("starts"), "clock: starts", subject, ColumnType.INSTANT)
        within = self.span(fields.get("within"), "clock: within")
        if within and within.amount == 0:
            self.page.refuse(fields["within"], "clock: within is nothing.", "Give at least 1 of its unit.")
        until = self.expression(fields.get("until"), "clock: until", subject, ColumnType.INSTANT)
        if ("within" in fields) == ("until" in fields):
            self.page.refuse(node, "clock: give one of within and until.", "A length of time, or an instant.")
        return Clock(starts, within, until) if starts and (within or until) else None

    def met(self, node: yaml.Node | None, subject: Subject) -> Met | None:
        if node is None:
            return None
        fields = self.page.mapping(node, "met", required=("when", "at"))
        when = self.expression(fields.get("when"), "met: when", subject, ColumnType.BOOLEAN)
        at = self.expression(fields.get("at"), "met: at", subject, ColumnType.INSTANT)
        return Met(when, at) if when and at else None

    def check_start(self, node: yaml.Node, clock: Clock, arises: Expression, subject: Subject) -> None:
        always = {column.name for column in subject.columns.values() if column.always}
        for name, instant in (("starts", clock.starts), ("until", clock.until)):
            if instant and not is_known(instant, always, arises):
                self.page.refuse(
                    node,
                    f"clock: {name}: `{instant.text}` may be unknown while the duty is owed, and it would be lost.",
                    f"Add `and {instant.columns[0]} is not null` to arises, or coalesce it with a known instant.",
                )

    def escalate(self, node: yaml.Node | None) -> tuple[Escalation, ...]:
        steps = [(item, self.step(item)) for item in self.page.items(node, "escalate")]
        for (_, before), (item, after) in pairwise(steps):
            if before and after and after.after.elapsed <= before.after.elapsed:
                self.page.refuse(
                    item,
                    f"escalate: {after.after} does not come after {before.after}.",
                    "Put the steps in the order of time.",
                )
        return tuple(step for _, step in steps if step)

    def step(self, node: yaml.Node) -> Escalation | None:
        fields = self.page.mapping(node, "escalate", required=("after", "to"))
        after = self.span(fields.get("after"), "escalate: after")
        to = self.page.choice(fields.get("to"), "escalate: to", Role)
        if after and (after.by or after.unit not in {Unit.MINUTES, Unit.HOURS, Unit.DAYS}):
            self.page.refuse(
                fields["after"], f"escalate: after: {after} is no elapsed time.", "Use minutes, hours or days."
            )
            return None
        return Escalation(after, to) if after and to else None

    def span(self, node: yaml.Node | None, what: str) -> Span | None:
        text = self.page.text(node, what)
        if node is None or text is None:
            return None
        try:
            return parse_span(text)
        except SpanError as error:
            self.page.refuse(node, f"{what}: {error.message}", error.mend)
            return None

    def expression(self, node: yaml.Node | None, what: str, subject: Subject, wanted: ColumnType) -> Expression | None:
        text = self.page.expression(node, what)
        if node is None or text is None:
            return None
        try:
            return parse(text, subject.columns, wanted)
        except ConditionError as error:
            self.page.refuse(node, f"{what}: {error.message}", error.mend)
            return None


def _closed(edition: Edition, following: dt.date | None) -> Edition:
    if edition.end or following is None:
        return edition
    return replace(edition, end=following - dt.timedelta(days=1))
