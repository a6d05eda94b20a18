"""What is asked at every keystroke goes through an index, however many contacts there are."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection, transaction

from iops.control.contact import typing
from tests.conftest import as_owner, worker_database

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
OF_LINE = """select c.id from control_contact c where c.number is not null and iops.line_of(c.number) = 'x' union all
    select c.id from control_contact c where c.call_back <> '' and iops.line_of(c.call_back) = 'x'"""

CONTACTS = """insert into control_contact (channel, at, call_back, caller_name, source, source_key, made_up)
    select '999', timestamptz '2025-06-01' + n * interval '1 minute', '', '', '', '', true
    from generate_series(1, 5000) n"""


def plan(sql: str, values: dict[str, object] | list[object]) -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {sql}", values)  # type: ignore[arg-type]  # the stubs know fewer types
        return "\n".join(row[0] for row in cursor.fetchall())


def test_a_line_is_looked_up_in_the_two_indexes_on_it() -> None:
    # As the owner, as whom `iops.contacts_of_line` runs: beneath row-level security no such index would be used.
    with psycopg.connect(as_owner(worker_database())) as owner:
        owner.execute("set enable_seqscan = off; set enable_bitmapscan = off")
        found = "\n".join(row[0] for row in owner.execute(f"explain {OF_LINE}"))
    conditions = [line for line in found.splitlines() if "Index Cond" in line]
    assert "contact_line" in found
    assert "contact_call_back_line" in found
    assert [("(number)" in c, "(call_back)" in c) for c in conditions] == [(True, False), (False, True)]
    assert "Filter" not in found


@pytest.mark.django_db(transaction=True)
def test_how_often_somebody_called_reads_their_contacts_alone() -> None:
    # With contacts and what the server knows of them: over an empty table every index is as good as another.
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
        owner.execute(CONTACTS)
        owner.execute("analyze control_contact")
    found = plan(typing.PERSISTENT, {"line": "1614960123", "people": [1], "now": MOMENT})
    assert "contact_of_person" in found
    assert "Index Cond: (id = ANY" in found


def test_the_incidents_to_compare_with_are_one_walk_of_an_index() -> None:
    found = plan(typing.CANDIDATES, [MOMENT, typing.MOST_CANDIDATES])
    assert "incident_newest on" in found or "incident_open on" in found
    assert "Index Cond: (reported_at >" in found
