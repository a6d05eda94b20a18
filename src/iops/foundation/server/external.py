"""Takes a PostgreSQL server that somebody else runs: version 15 or newer, named by a connection string."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from iops.foundation.server.account import account_for
from iops.foundation.server.binaries import OLDEST
from iops.foundation.server.cluster import Running
from iops.foundation.server.faults import DsnError
from iops.foundation.server.places import write_private
from iops.foundation.server.roles import APP, DATABASE, OWNER, Secrets, exists, missing

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "roles.sql"


def adopt(dsn: str, home: Path, *, take_over: bool = False, makes_databases: bool = False) -> Running:
    """Use the server of `dsn`: see that our roles and database are on it, and say how to connect. We never stop it.

    The connection string is of a superuser or of somebody who may make roles and databases. Anybody less is enough
    once an administrator has run the file `roles.sql`, which is written to `home` when something is missing.
    Roles that are there with passwords other than ours belong to another installation and are not touched, unless
    `take_over`. `makes_databases` is for tests. Raises DsnError.
    """
    home.mkdir(parents=True, exist_ok=True)
    secrets = Secrets.at(home / "secrets.json")
    try:
        with psycopg.connect(dsn, connect_timeout=10, autocommit=True) as server:
            _check_version(server)
            version = server.info.parameter_status("server_version") or ""
            running = _as_roles(dsn, secrets, version)
            if makes_databases or not _lets_in(running):
                _set_up(server, secrets, home, take_over=take_over, makes_databases=makes_databases)
    except psycopg.Error as error:
        raise DsnError(
            f"The server cannot be used: {str(error).strip()}", mend="Look at the connection string after --dsn."
        ) from error
    return running


def _check_version(server: psycopg.Connection) -> None:
    major = server.info.server_version // 10_000
    if major < OLDEST:
        raise DsnError(f"The server runs PostgreSQL {major}; {OLDEST} or newer is needed.")
    encoding = server.info.parameter_status("server_encoding")
    if exists(server, "pg_database", "datname", DATABASE):
        row = server.execute(
            "select pg_encoding_to_char(encoding) from pg_database where datname = %s", [DATABASE]
        ).fetchone()
        encoding = str(row[0]) if row else encoding
        if encoding != "UTF8":
            raise DsnError(f"The database {DATABASE} is in {encoding}; it must be in UTF8.")


def _as_roles(dsn: str, secrets: Secrets, version: str) -> Running:
    parts = {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}

    def as_role(user: str, password: str) -> str:
        return make_conninfo(**{**parts, "user": user, "password": password, "dbname": DATABASE})

    return Running(as_role(OWNER, secrets.owner), as_role(APP, secrets.app), secrets.key, version)


def _lets_in(running: Running) -> bool:
    """Whether both roles can sign in with our passwords already, as on every start but the first."""
    try:
        for dsn in (running.owner_dsn, running.app_dsn):
            psycopg.connect(dsn, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _set_up(
    server: psycopg.Connection, secrets: Secrets, home: Path, *, take_over: bool, makes_databases: bool
) -> None:
    statements = missing(server, secrets, makes_databases=makes_databases)
    script = home / SCRIPT
    ask = f"Have an administrator of the server run the file {script} on it, then start again."
    text = "".join(f"{statement.as_string(server)};\n" for statement in statements)
    if not take_over and any(exists(server, "pg_roles", "rolname", role) for role in (OWNER, APP)):
        write_private(script, text, account_for(home))
        raise DsnError(
            f"The roles {OWNER} and {APP} are on the server already, with passwords of another installation.",
            mend=f"Copy that installation's secrets.json to {home}; or, to take its database over: {ask}",
        )
    try:
        for statement in statements:
            server.execute(statement)
    except psycopg.errors.InsufficientPrivilege as error:
        write_private(script, text, account_for(home))
        raise DsnError(f"This role may not do all that is needed: {str(error).strip()}.", mend=ask) from error
