"""The process of the live stream beside a journey."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

from psycopg.conninfo import make_conninfo

from iops.project.assets import CHECKOUT
from tests.conftest import worker_database


class Live:
    """The process of the live stream on this test's database; it can be lost and come back."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1"]
        command += [
            "--port",
            str(self.port),
            "--workers",
            "1",
            "--no-access-log",
            "--log-level",
            "warning",
            "--workers-kill-timeout",
            "2",
        ]
        dsn = make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database())
        environment = os.environ | {"IOPS_APP_DSN": dsn, "PYTHONPATH": str(CHECKOUT / "src")}
        self.process = subprocess.Popen([*command, "iops.project.stream:application"], env=environment)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("The stream did not start.")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None
