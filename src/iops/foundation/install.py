"""Puts everything that is not a table into the database: functions, views, triggers, policies, grants.

Tables are migrated by Django; the rest is *installed*: idempotent SQL, run after each migration, in one transaction,
so that the database always holds exactly what the files say (ADR 0001). Each area contributes, in layer order:

1. its files `sql/NN_name.sql`, all areas first;
2. then `iops.<area>.install.statements()`, for SQL that is generated from models or from the rulebook;
3. history triggers for every fact table (`iops.foundation.history`);
4. row-level security, made from the areas' policies (`iops.foundation.policy`);
5. last the grants of the application's role (`iops.foundation.grants`).
"""

from __future__ import annotations

from importlib import import_module, util
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from django.apps import apps
from django.db import connection, transaction

from iops.foundation import history
from iops.foundation.grants import grants
from iops.foundation.policy import policy_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.apps import AppConfig


class Contributor(Protocol):
    """The shape of an area's `install` module."""

    def statements(self) -> Iterable[str]:
        """SQL to run, in order; each may hold several statements."""
        ...


SCHEMAS = """
create schema if not exists iops;
create schema if not exists facts;
grant usage on schema iops, facts, public to iops_app;
alter default privileges in schema iops grant execute on functions to iops_app;
"""


def install() -> None:
    """Install everything, or nothing: run as the owner of the database, after `migrate`."""
    with transaction.atomic(), connection.cursor() as cursor:
        # One installer at a time; what it makes is seen by others only when all of it is there.
        cursor.execute("select pg_advisory_xact_lock(hashtext('iops.install'))")
        for sql in (SCHEMAS, *_files(), *history.statements(), *_generated(), *policy_sql(), *grants()):
            cursor.execute(sql)


def _areas() -> list[AppConfig]:
    return [app for app in apps.get_app_configs() if app.name.startswith("iops.")]


def _files() -> Iterator[str]:
    for area in _areas():
        for path in sorted(Path(area.path).glob("sql/*.sql")):
            yield path.read_text(encoding="utf-8")


def _generated() -> Iterator[str]:
    for area in _areas():
        name = f"{area.name}.install"
        if name != __name__ and util.find_spec(name):
            yield from cast("Contributor", import_module(name)).statements()
