"""The fact views hold exactly what the dictionary of the rulebook says."""

from __future__ import annotations

import pytest
from django.db import connection

from iops.rulebook import loader
from iops.rulebook.facts import ColumnType, FactView

pytestmark = pytest.mark.django_db

TYPES = {
    ColumnType.INTEGER: {"integer", "bigint"},
    ColumnType.TEXT: {"text", "character varying"},
    ColumnType.BOOLEAN: {"boolean"},
    ColumnType.INSTANT: {"timestamp with time zone"},
    ColumnType.DATE: {"date"},
}
VIEWS = [(subject.roles.key, view) for subject in loader.standard().subjects.values() for view in subject.views]


@pytest.mark.parametrize(("key", "view"), VIEWS, ids=[view.name for _, view in VIEWS])
def test_a_view_has_the_columns_of_its_dictionary_with_their_types_and_meanings(key: str, view: FactView) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """select column_name, data_type, col_description(format('facts.%%I', table_name)::regclass, ordinal_position)
            from information_schema.columns where table_schema = 'facts' and table_name = %s""",
            [view.stem],
        )
        found = {name: (kind, means) for name, kind, means in cursor.fetchall()}
    assert set(found) == {*view.columns, key}
    for name, column in view.columns.items():
        assert found[name][0] in TYPES[column.type], name
        assert found[name][1] == column.means


def test_every_view_of_the_facts_is_in_the_dictionary() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.views where table_schema = 'facts'")
        assert {name for (name,) in cursor.fetchall()} == {view.stem for _, view in VIEWS}
