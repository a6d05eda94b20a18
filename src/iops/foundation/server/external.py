"""Takes a PostgreSQL server that somebody else runs: version 15 or newer, named by a connection string."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from iops.foundation.errors import IopsError
from iops.foundation.server.binaries import OLDEST
from iops.foundation.server.cluster import Running
from iops.foundation.server.roles import Secrets, make_roles

if TYPE_CHECKING:
    from pathlib import Path


class DsnError(IopsError):
    """The server named by the connection string cannot be used; the message says why."""

    code = "dsn"


def adopt(dsn: str, home: Path) -> Running:
    """Use the server of `dsn`: make our roles and database on it, and say how to connect. It is never stopped by us.

    The connection string must be of somebody who may make roles and databases. Raises DsnError.
    """
    home.mkdir(parents=True, exist_ok=True)
    secrets = Secrets.at(home / "secrets.json")
    try:
        with psycopg.connect(dsn, connect_timeout=10) as server:
            version = server.info.server_version // 10_000
        if version < OLDEST:
            raise DsnError(f"The server runs PostgreSQL {version}; {OLDEST} or newer is needed.")
        make_roles(dsn, secrets)
    except psycopg.Error as error:
        raise DsnError(
            f"The server cannot be used: {str(error).strip()}",
            mend="Give the connection string of a role with CREATEROLE and CREATEDB (or a superuser).",
        ) from error
    parts = {key: value for key, value in conninfo_to_dict(dsn).items() if value is not None}

    def as_role(user: str, password: str) -> str:
        return make_conninfo(**{**parts, "user": user, "password": password, "dbname": "iops"})

    return Running(as_role("iops_owner", secrets.owner), as_role("iops_app", secrets.app), secrets.key)
