"""The roles of the database: an owner that makes things, and the application that owns nothing."""

from __future__ import annotations

import json
import os
import secrets as random
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from iops.foundation.server.faults import ServerError

if TYPE_CHECKING:
    from pathlib import Path

OWNER, APP, DATABASE = "iops_owner", "iops_app", "iops"


def _word() -> str:
    return random.token_urlsafe(24)


@dataclass(frozen=True)
class Secrets:
    """Passwords and keys of this installation, made here and readable by its account only."""

    superuser: str = field(default_factory=_word, repr=False)
    owner: str = field(default_factory=_word, repr=False)
    app: str = field(default_factory=_word, repr=False)
    key: str = field(default_factory=_word, repr=False)

    @classmethod
    def at(cls, path: Path) -> Secrets:
        """Read them, or make them once; what an older file lacks is added. Raises ServerError for a spoilt file."""
        held: dict[str, str] = {}
        if path.exists():
            held = _read(path)
        names = {known.name for known in fields(cls)}
        made = cls(**{name: word for name, word in held.items() if name in names})
        if not names <= held.keys():
            fresh = path.with_suffix(".new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(held | asdict(made), file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        return made


def _read(path: Path) -> dict[str, str]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(held, dict) and all(isinstance(word, str) for word in held.values()):
            return held
    except (ValueError, UnicodeDecodeError):
        pass
    raise ServerError(
        f"{path} cannot be read: it is not what was written there.",
        mend="Put it back from a backup. On our own server it may also be removed: new passwords are then made.",
    )


def make_roles(dsn: str, secrets: Secrets, *, makes_databases: bool = False) -> str:
    """Make `iops_owner`, `iops_app` and the database `iops` if they are missing; set their passwords.

    `dsn` is of a superuser, or of somebody who may make roles and databases. `makes_databases` lets the owner make
    more of them, which only tests need. Gives the server's version, such as "18.6". Raises psycopg.Error.
    """
    with psycopg.connect(dsn, autocommit=True, connect_timeout=10) as server:
        for statement in missing(server, secrets, makes_databases=makes_databases):
            server.execute(statement)
        return server.info.parameter_status("server_version") or ""


def missing(server: psycopg.Connection, secrets: Secrets, *, makes_databases: bool = False) -> list[sql.Composed]:
    """The statements that make roles and database what they must be on this server, in order."""
    options = sql.SQL(" createdb" if makes_databases else "")
    statements = [
        _role(server, OWNER, secrets.owner, options),
        _role(server, APP, secrets.app, sql.SQL("")),
    ]
    if not exists(server, "pg_database", "datname", DATABASE):
        statements += _database(server)
    return statements


def exists(server: psycopg.Connection, table: str, column: str, name: str) -> bool:
    """Whether a catalogue of the server knows this name."""
    query = sql.SQL("select 1 from {} where {} = %s").format(sql.Identifier(table), sql.Identifier(column))
    return server.execute(query, [name]).fetchone() is not None


def _role(server: psycopg.Connection, role: str, password: str, options: sql.SQL) -> sql.Composed:
    verb = sql.SQL("alter" if exists(server, "pg_roles", "rolname", role) else "create")
    return sql.SQL("{} role {} login{} password {}").format(verb, sql.Identifier(role), options, sql.Literal(password))


def _database(server: psycopg.Connection) -> list[sql.Composed]:
    known = server.execute("select 1 from pg_collation where collname in ('C.UTF-8', 'C.utf8')").fetchone()
    owner, app, name = sql.Identifier(OWNER), sql.Identifier(APP), sql.Identifier(DATABASE)
    us = sql.SQL("current_user")
    statements = [
        sql.SQL("create database {} owner {} encoding 'UTF8' locale {} template template0").format(
            name, owner, sql.Literal("C.UTF-8" if known else "C")
        ),
        sql.SQL("revoke all on database {} from public").format(name),
        sql.SQL("grant connect, temporary on database {} to {}").format(name, app),
    ]
    superuser = server.info.parameter_status("is_superuser") == "on"
    if superuser:
        return statements
    # Somebody less than a superuser must be of the owner's role while the database is given to it.
    return [
        sql.SQL("grant {} to {}").format(owner, us),
        *statements,
        sql.SQL("revoke {} from {}").format(owner, us),
    ]
