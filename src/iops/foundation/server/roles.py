"""The roles of the database: an owner that makes things, and the application that owns nothing."""

from __future__ import annotations

import json
import os
import secrets as random
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from pathlib import Path


def _word() -> str:
    return random.token_urlsafe(24)


@dataclass(frozen=True)
class Secrets:
    """Passwords and keys of this installation, made here and readable by its account only."""

    superuser: str = field(default_factory=_word)
    owner: str = field(default_factory=_word)
    app: str = field(default_factory=_word)
    key: str = field(default_factory=_word)

    @classmethod
    def at(cls, path: Path) -> Secrets:
        """Read them, or make them once."""
        if path.exists():
            return cls(**json.loads(path.read_text()))
        made = cls()
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(made), file)
        fresh.replace(path)
        return made


def make_roles(dsn: str, secrets: Secrets) -> None:
    """Make `iops_owner`, `iops_app` and the database `iops` if they are missing; set their passwords.

    `dsn` is of a superuser, or of somebody who may make roles and databases.
    """
    with psycopg.connect(dsn, autocommit=True) as server:
        for role, password in (("iops_owner", secrets.owner), ("iops_app", secrets.app)):
            verb = "alter" if _exists(server, "pg_roles", "rolname", role) else "create"
            options = " createdb" if role == "iops_owner" else ""
            statement = f"{verb} role {{}} login{options} password {{}}"
            server.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))
        if not _exists(server, "pg_database", "datname", "iops"):
            server.execute("create database iops owner iops_owner encoding 'UTF8' locale 'C.UTF-8' template template0")
            server.execute("revoke all on database iops from public")
            server.execute("grant connect, temporary on database iops to iops_app")


def _exists(server: psycopg.Connection, table: str, column: str, name: str) -> bool:
    query = sql.SQL("select 1 from {} where {} = %s").format(sql.Identifier(table), sql.Identifier(column))
    return server.execute(query, [name]).fetchone() is not None
