"""The clock of the system (the database's)."""

from __future__ import annotations
from datetime import date, datetime
from django.db import connection


def now() -> datetime:
    """The moment of the running transaction."""
    with connection.cursor() as c:
        c.execute("select iops.now()")
        return c.fetchone()[0]


def today() -> date:
    """Today in Europe/London."""
    with connection.cursor() as c:
        c.execute("select iops.local_date(iops.now())")
        return c.fetchone()[0]
