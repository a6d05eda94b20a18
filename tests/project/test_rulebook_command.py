"""`iops rulebook` as it is run: through the command of the whole system, without a database or the prover."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from iops.project.assets import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT_PROVER = "import sys; sys.modules['z3'] = None; from iops.project.cli import main; main()"
REPORT = "reported: 2026-05-01 23:50\nreporter: victim\nvictims: 2\noffences:\n  - {act: assault, injury: injury}\n"


def run(var: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    hidden = {name for name in os.environ if name.startswith(("IOPS_", "PG"))}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"PYTHONPATH": str(CHECKOUT / "src"), "IOPS_VAR": str(var)}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_PROVER, "rulebook", *words],
        input=given, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_report_is_decided_without_a_database(tmp_path: Path) -> None:
    var = tmp_path / "var"
    found = run(var, "decide", "-", "--json", "--as-at", "2014-01-01", given=REPORT)
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(found.stdout)["time_limit"] == {"hours": 72}
    assert not var.exists()


def test_schema_and_differences_need_no_database(tmp_path: Path) -> None:
    var = tmp_path / "var"
    assert json.loads(run(var, "schema").stdout)["title"] == "A report to be decided"
    assert run(var, "diff", "2023-04-30", "2023-05-01").stdout.endswith("7 differences.\n")
    assert not var.exists()


def test_a_report_that_is_not_there_is_refused_in_a_line(tmp_path: Path) -> None:
    found = run(tmp_path / "var", "decide", str(tmp_path / "none.yaml"))
    assert found.returncode == 2
    assert "Traceback" not in found.stderr
