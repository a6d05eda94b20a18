"""Brings records written by earlier versions to what this one expects; run as the owner, any number of times."""

from __future__ import annotations

from django.db import connection, transaction

NAMES = """
    insert into pole_name (person_id, kind, "full", given, family, source, source_detail, confidence, recorded_at,
                           withdrawn_reason)
    select p.id, 'main', p.name, '', '', 'unknown', '', 'unconfirmed', iops.now(), ''
    from pole_person p where not exists (select from pole_name n where n.person_id = p.id)
"""
BIRTHS = """
    insert into pole_birth (person_id, precision, earliest, latest, said, source, source_detail, confidence,
                            recorded_at, withdrawn_reason)
    select p.id, 'full', p.born, p.born, '', 'unknown', '', 'unconfirmed', iops.now(), ''
    from pole_person p
    where p.born is not null and not exists (select from pole_birth b where b.person_id = p.id)
"""


def name_nominals() -> int:
    """Give each nominal whose name and birth stand on its own row alone a row of names and births; how many names."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NAMES)
        named = int(cursor.rowcount)
        cursor.execute(BIRTHS)
        return named
