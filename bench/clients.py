"""Signed-in clients over plain sockets, and the web server as `up` starts it: for measurements over HTTP.

The client runs on the processors it measures, so it does as little as can be: one connection that stays open, requests
written out by hand, answers read to their length.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HOST = "127.0.0.1"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
BAD_REQUEST = 400


class Caller:
    """One signed-in client with a connection of its own that stays open."""

    def __init__(self, port: int, username: str, password: str) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.cookies: dict[str, str] = {}
        page = self.ask("GET", "/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"username": username, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        self.ask("POST", "/sign-in/", urlencode(form), FORM)

    def ask(self, method: str, path: str, body: str = "", kind: str = JSON) -> str:
        """One request; the answer's text. Raises RuntimeError when it is refused."""
        token = next((v for k, v in self.cookies.items() if "csrf" in k), "")
        cookies = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        sent = body.encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {kind}\r\nContent-Length: {len(sent)}\r\n"
            f"Cookie: {cookies}\r\nX-CSRFToken: {token}\r\nReferer: http://{HOST}/\r\n\r\n"
        )
        self.socket.sendall(head.encode() + sent)
        status, text = self._answer()
        if status >= BAD_REQUEST:
            raise RuntimeError(f"{method} {path}: {status} {text[:300]}")
        return text

    def _answer(self) -> tuple[int, str]:
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        length = 0
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "set-cookie":
                key, _, rest = value.strip().partition("=")
                self.cookies[key] = rest.partition(";")[0]
        while len(body) < length:
            body += self._more()
        return int(lines[0].split()[1]), body.decode()

    def _more(self) -> bytes:
        part = self.socket.recv(65536)
        if not part:
            raise OSError("the server has hung up")
        return part


class Web(NamedTuple):
    """A running web server: its port, and the process at the root of it."""

    port: int
    pid: int


@contextmanager
def web() -> Iterator[Web]:
    """The web server as `up` starts it."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "4", "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(
        [*command, "iops.project.wsgi:application"],
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    break
            time.sleep(0.2)
        yield Web(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def together(work: Sequence[Callable[[], object]], seconds: float, *, rate: float | None = None) -> list[float]:
    """Seconds that each piece of work took, sorted: every worker as fast as it can, or all of them at `rate` a second.

    At a rate, work counts from when it was due, so waiting in a queue counts.
    """
    took: list[float] = []
    failures: list[Exception] = []
    start, ticket, lock = time.perf_counter() + 0.2, iter(range(10**9)), threading.Lock()

    def run(one: Callable[[], object]) -> None:
        while True:
            with lock:
                due = start + next(ticket) / rate if rate else max(start, time.perf_counter())
            if due > start + seconds:
                return
            time.sleep(max(0.0, due - time.perf_counter()))
            try:
                one()
            except (OSError, RuntimeError) as failure:
                failures.append(failure)
                return
            took.append(time.perf_counter() - due)

    threads = [threading.Thread(target=run, args=[one]) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"{len(failures)} clients failed: {failures[0]}")
    return sorted(took)
