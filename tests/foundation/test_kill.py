"""Kill -9 of the database while incidents are saved loses nothing that was acknowledged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_no_acknowledged_incident_and_no_obligation_is_lost_when_the_server_is_killed() -> None:
    """The measurement of bench/kill.py in small: a durable server of its own, killed three times under load."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("IOPS_") or name == "IOPS_POSTGRES"}
    command = [sys.executable, "-m", "bench.kill", "--rounds", "3", "--writers", "3"]
    done = subprocess.run(command, env=own, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
