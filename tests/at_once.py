"""Acts at one moment, for tests of races."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation.errors import IopsError

if TYPE_CHECKING:
    from collections.abc import Callable


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run acts at one moment, each on a connection of its own: "done", or what refused it, in order."""
    start, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        try:
            start.wait()
            act()
            said[number] = "done"
        except IopsError as error:
            said[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said
