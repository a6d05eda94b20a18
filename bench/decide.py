"""How many reports are decided in a second on one core, beside a loop of one small table in the same run.

The reports are the worked cases of the tests: every kind of crime, removal, outcome and flag. Run:

    python -m bench.decide [seconds]
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from bench.harness import ROOT
from iops.rulebook.library import table
from iops.rulebook.reading import read_report
from iops.rulebook.recording import decide
from iops.rulebook.strict_yaml import read_file
from iops.rulebook.tables import decide as answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BAR = 3_000
CASES = ROOT / "tests" / "rulebook" / "recording" / "cases"


def reports() -> list[dict[str, Any]]:
    """The reports of the worked cases."""
    found: list[dict[str, Any]] = []
    for path in sorted(CASES.glob("*.yaml")):
        told: Any = read_file(path)[0]
        found += [{**told.get("base", {}), **case["report"]} for case in told["cases"]]
    return found


def rate(work: Callable[[Any], object], items: Sequence[Any], seconds: float) -> float:
    """Items worked off in a second of processor time, after one warm round."""
    for item in items:
        work(item)
    done, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        for item in items:
            work(item)
        done += len(items)
    return done / (time.process_time() - start)


def main() -> int:
    """Print the rates and the ratio; 1 when the bar is missed."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    raw = reports()
    ready = [read_report(report) for report in raw]
    simple = table("standing")
    limit = rate(lambda _: answer(simple, {"reporter": "victim"}), range(1000), seconds)
    decided = rate(decide, ready, seconds)
    read = rate(decide, raw, seconds)
    print(f"{len(raw)} different reports")
    print(f"one small table alone:        {limit:10,.0f} a second")
    print(f"decisions from structures:    {decided:10,.0f} a second ({decided / limit:.3f} of one table)")
    print(f"decisions from mappings read: {read:10,.0f} a second ({read / limit:.3f} of one table)")
    print(f"bar {BAR:,}: {'met' if min(decided, read) >= BAR else 'MISSED'}")
    return 0 if min(decided, read) >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
