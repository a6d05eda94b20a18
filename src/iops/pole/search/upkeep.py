"""Keeps the search tables true to what this version looks for: made anew when that has changed, or on first use."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.db import connection, transaction
from psycopg import sql

from iops.pole.matching import install as matching
from iops.pole.search import install as searching

AREA = Path(__file__).parent.parent
FILES = ("sql/10_spelling.sql", "sql/30_search.sql", "sql/31_search_people.sql")
"""The installed SQL by which words and keys are made."""


@cache
def digest() -> str:
    """A fingerprint of everything that decides what words and keys a row is found by."""
    made = hashlib.sha256()
    for name in FILES:
        made.update((AREA / name).read_bytes())
    for statement in (*matching.statements(), *searching.statements()):
        made.update(str(statement).encode())
    return made.hexdigest()


def bring_up_to_date() -> bool:
    """Make the search tables anew if they were made by another version; whether they were. Run as the owner.

    The fingerprint of the version that made them stands as the comment of the table.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select obj_description('pole_searchtext'::regclass)")
        (made_by,) = cursor.fetchone()
        if made_by == digest():
            return False
        cursor.execute("select iops.rebuild_search()")
        said = sql.SQL("comment on table pole_searchtext is {}").format(sql.Literal(digest()))
        cursor.execute(said)
        return True
