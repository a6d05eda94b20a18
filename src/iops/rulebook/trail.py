"""The working paper of one decision: every step, question, presumption and audit note as it is met."""

from __future__ import annotations

from iops.rulebook.decision import Need, Step
from iops.rulebook.tables import FactRule, Facts, Hit, Open, Table, decide


class Trail:
    """Collects the reasons while a decision is made. One trail serves one decision and is then thrown away."""

    __slots__ = ("approve", "audit", "needs", "presumed", "steps", "unsure")

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.needs: dict[str, Need] = {}
        self.presumed: dict[str, None] = {}
        self.unsure: dict[str, None] = {}
        self.audit: dict[str, None] = {}
        self.approve: dict[str, None] = {}

    def ask(self, table: Table, facts: Facts, about: str = "") -> Hit | None:
        """What a table answers, noted down; None (with the questions noted) when facts are missing."""
        answer = decide(table, facts)
        if isinstance(answer, Open):
            self.want(table, answer.needs)
            return None
        self.note_hit(answer, about)
        return answer

    def note_hit(self, hit: Hit, about: str = "") -> None:
        """Note the row that answered, what it demands, and what was presumed."""
        row = hit.row
        routine = len(hit.presumed) == len(row.tests) and row.then.get("go") == "next"
        if not routine:
            self.note(f"{hit.table.name}: {row.id}", row.says, row.cite, row.unsure, about)
        for text in row.audit:
            self.audit[text] = None
        for text in row.approve:
            self.approve[text] = None
        for rule in hit.presumed:
            self.presumed[f"{rule.name}: {rule.presume} ({', '.join(rule.presume_cite)})"] = None

    def note(self, rule: str, says: str, cite: tuple[str, ...] = (), unsure: str = "", about: str = "") -> None:
        """Note one step."""
        step = Step(rule=rule, says=says, cite=cite, unsure=unsure, about=about)
        if step not in self.steps:
            self.steps.append(step)
        if unsure:
            self.unsure[f"{rule}: {unsure}"] = None

    def want(self, table: Table, rules: tuple[FactRule, ...]) -> None:
        """Note that these facts still matter."""
        for rule in rules:
            self.need(rule.name, rule.asks, table.name, rule.values)

    def need(self, fact: str, question: str, rule: str, choices: tuple[str, ...] = ()) -> None:
        """Note one question."""
        self.needs.setdefault(fact, Need(fact=fact, question=question, rule=rule, choices=choices))
