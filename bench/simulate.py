"""Days of a control room with changes of shift: that every escalation due is raised, none twice, and none missed.

    python -m bench.simulate [--incidents 10000] [--hours 72] [--seed 2026] [--round-minutes 1]

The real services write to the real database under the real rules, at simulated moments; people come on and go off in
the ways that happen. What must have been raised, to whom and in which round, an oracle says by plain arithmetic from
what was told and the durations in the rulebook's files (bench/simulation/oracle.py). Ends with 1 when anything differs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bench.harness import ROOT, console, owner, server
from bench.simulation.oracle import Raised, durations
from bench.simulation.plan import BEGIN, Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.simulation.work import Work

RULES = ROOT / "src" / "iops" / "rulebook" / "data" / "duties"


@dataclass(frozen=True)
class Verdict:
    """What was due and what was raised, held against one another."""

    due: int
    raised: int
    missed: tuple[Raised, ...]
    surplus: tuple[Raised, ...]
    twice: int
    by_rule: dict[str, int]
    again: int
    to_nobody: int

    @property
    def holds(self) -> bool:
        """Everything due was raised, nothing else, and nothing twice to the same."""
        return self.due > 0 and not self.missed and not self.surplus and self.twice == 0


def judge(expected: set[Raised], found: Sequence[Raised]) -> Verdict:
    """Hold what was raised against what was due: the person told and the moment included."""
    keys = Counter((r.subject, r.subject_id, r.rule, r.arose, r.after, r.role, r.told) for r in found)
    first: dict[tuple[object, ...], dt.datetime] = {}
    for r in found:
        key = (r.subject, r.subject_id, r.rule, r.arose, r.after, r.role)
        first[key] = min(first.get(key, r.at), r.at)
    return Verdict(
        due=len(expected),
        raised=len(found),
        missed=tuple(sorted(expected - set(found), key=lambda r: r.at)),
        surplus=tuple(sorted(set(found) - expected, key=lambda r: r.at)),
        twice=sum(many - 1 for many in keys.values()),
        by_rule=dict(sorted(Counter(r.rule for r in found).items())),
        again=sum(r.at > first[r.subject, r.subject_id, r.rule, r.arose, r.after, r.role] for r in found),
        to_nobody=sum(r.told is None for r in found),
    )


def simulate(work: Work) -> Verdict:
    """Do the whole plan with a bar of progress, then judge."""
    if not console.is_terminal:
        return _simulate_in_lines(work)
    columns = TextColumn("simulated {task.fields[moment]}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=len(work.plan.acts) + len(work.rounds), moment="")
        for moment in work.run():
            bar.update(task, advance=1, moment=f"{moment:%a %H:%M}")
    return judge(work.expected(durations(RULES, BEGIN.date())), work.raised())


def _simulate_in_lines(work: Work) -> Verdict:
    """The same where no bar can be drawn: one line for each simulated hour."""
    hour = -1
    for moment in work.run():
        if moment.hour != hour:
            hour = moment.hour
            console.print(f"simulated {moment:%a %H:%M}, {len(work.journal):,} things told")
    return judge(work.expected(durations(RULES, BEGIN.date())), work.raised())


def tell(work: Work, verdict: Verdict, took: float) -> None:
    """Print what was seen."""
    plan = work.plan
    console.print(
        f"{plan.incidents:,} incidents over {plan.hours} simulated hours; {len(work.journal):,} things told, "
        f"{len(work.changes)} changes of people, {len(work.rounds):,} rounds, in {took:.0f} s"
    )
    console.print(f"refused by the system, as they should be: {dict(sorted(work.refused.items()))}")
    console.print(
        f"due {verdict.due:,}, raised {verdict.raised:,} (again at a change of shift {verdict.again:,}, "
        f"to a role with nobody on {verdict.to_nobody:,})"
    )
    console.print(", ".join(f"{rule} {many:,}" for rule, many in verdict.by_rule.items()))
    console.print(f"missed {len(verdict.missed)}, not due {len(verdict.surplus)}, twice to the same {verdict.twice}")
    for name, rows in (("MISSED", verdict.missed), ("NOT DUE", verdict.surplus)):
        for row in rows[:10]:
            console.print(f"{name}: {row}", style="bold red")


def main() -> int:
    """Run and print; 1 when anything was missed, was not due, or was raised twice."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--incidents", type=int, default=10_000)
    options.add_argument("--hours", type=int, default=72)
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--round-minutes", type=int, default=1)
    given = options.parse_args()
    with server(durable=False) as running:
        import django

        django.setup()
        from bench.simulation.work import Work

        with owner(running) as db:
            db.execute("insert into foundation_clock (id, adjustable) values (1, true)")
        began = time.monotonic()
        work = Work(Plan(given.incidents, given.hours, given.seed), dt.timedelta(minutes=given.round_minutes))
        verdict = simulate(work)
        tell(work, verdict, time.monotonic() - began)
    return 0 if verdict.holds else 1


if __name__ == "__main__":
    sys.exit(main())
