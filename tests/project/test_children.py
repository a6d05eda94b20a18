"""What the system starts is started again when it dies, and nothing of it is left behind."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from iops.project import children
from iops.project.children import MARK, Child, Watch, end_leftovers, stop_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOREVER = "import time; time.sleep(600)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {FOREVER}"


def child(code: str, log: Path | None = None) -> Child:
    return Child("test", [sys.executable, "-c", code], dict(os.environ), log)


def until(what: Callable[[], bool]) -> bool:
    """Wait for something that will be so in a moment."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.02)
    return False


def test_a_child_runs_until_it_is_stopped() -> None:
    one = child(FOREVER)
    assert not one.alive()
    one.start()
    assert one.alive()
    one.stop()
    assert not one.alive()
    one.stop()


def test_one_that_does_not_listen_is_ended_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "PATIENCE", 0.2)
    one = child(DEAF, tmp_path / "log")
    one.start()
    assert until(lambda: (tmp_path / "log").read_text() == "deaf\n")
    process = one.process
    stop_all([one])
    assert process is not None
    assert process.returncode == -signal.SIGKILL


def test_what_it_says_is_added_to_a_private_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for word in ("first", "second"):
        one = child(f"print('{word}')", log)
        one.start()
        assert until(partial(_has_ended, one))
        one.stop()
    assert log.read_text() == "first\nsecond\n"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_log_that_has_grown_large_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LOG_KEPT", 3)
    (tmp_path / "some.log").write_text("long")
    one = child("", tmp_path / "some.log")
    one.start()
    one.stop()
    assert (tmp_path / "some.log.old").read_text() == "long"


def test_what_dies_is_started_again_after_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    class Dying:
        name = "part"

        def __init__(self) -> None:
            self.starts: list[float] = []

        def alive(self) -> bool:
            return False

        def start(self) -> None:
            self.starts.append(now[0])

    part = Dying()
    watch = Watch(part)
    for _ in range(200):
        watch.look()
        now[0] += 0.5
    pauses = [round(b - a) for a, b in zip(part.starts, part.starts[1:], strict=False)]
    assert pauses[:4] == [2, 4, 8, 16] or pauses[:4] == [3, 5, 9, 17]
    assert max(pauses) <= children.LONGEST_PAUSE + 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_child_ends_when_its_parent_is_killed_outright(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path; from iops.project.children import Child\n"
        f"one = Child('x', [sys.executable, '-c', {FOREVER!r}], os.environ); one.start()\n"
        "print(one.process.pid, flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout is not None
    grandchild = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    assert until(lambda: not _runs(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="leftovers are found in /proc")
def test_leftovers_of_this_folder_are_ended_and_of_another_are_not(tmp_path: Path) -> None:
    mine, other = (
        subprocess.Popen([sys.executable, "-c", FOREVER], env={**os.environ, MARK: str(folder)})
        for folder in (tmp_path, tmp_path / "other")
    )
    try:
        assert until(lambda: end_leftovers(tmp_path) == 1)
        assert mine.wait(20) == -signal.SIGKILL
        assert other.poll() is None
        assert end_leftovers(tmp_path) == 0
    finally:
        for process in (mine, other):
            process.kill()
            process.wait()


def _has_ended(one: Child) -> bool:
    return not one.alive()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"
