"""The settings our server runs with: what must hold whoever tunes it, and sizes that fit the machine."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

MB = 2**20
CONTAINER_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def fixed(sockets: Path, port: int, *, durable: bool) -> list[str]:
    """Arguments that hold against any configuration file or ALTER SYSTEM: durability, and no ear on the network."""
    safe = "on" if durable else "off"
    settings = {
        "listen_addresses": "",
        "port": port,
        "unix_socket_directories": sockets,
        "unix_socket_permissions": "0700",
        "fsync": safe,
        "synchronous_commit": safe,
        "full_page_writes": safe,
        "logging_collector": "off",
    }
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def tuned(free: int, *, durable: bool) -> str:
    """The text of our configuration file, for this machine's memory and `free` bytes of disk.

    It is read before what ALTER SYSTEM says, so an administrator can change every line of it for good.
    """
    memory = memory_bytes() // MB
    settings = {
        "max_connections": "120",
        "shared_buffers": f"{_between(128, memory // 8, 2048 if durable else 256)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": f"{_between(4, memory // 512, 32)}MB",
        "maintenance_work_mem": f"{_between(64, memory // 16, 512)}MB",
        # The log of writes may take an eighth of the disk's room at most, and is spread over a quarter of an hour.
        "max_wal_size": f"{_between(256, free // MB // 8, 4096)}MB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        # Nothing about a person goes into the server's log: no parameters, no rows of refused statements.
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_min_duration_statement": "2000",
    }
    return "# Written by iOPS at every start.\n" + "".join(f"{name} = {value}\n" for name, value in settings.items())


def memory_bytes() -> int:
    """The memory this process may use: the machine's, or less when a container is given less."""
    amounts = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for limit in CONTAINER_LIMITS:
        with suppress(OSError, ValueError):
            amounts.append(int(Path(limit).read_text(encoding="ascii")))
    return min(amount for amount in amounts if amount > 0)


def _between(least: int, wanted: int, most: int) -> int:
    return min(max(least, wanted), most)
