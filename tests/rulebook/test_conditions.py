"""What the language of conditions takes, what it makes of it, and how it meets hostile text."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.rulebook.conditions import ConditionError, parse
from iops.rulebook.facts import Column, ColumnType
from iops.rulebook.presence import is_known

COLUMNS = {
    "grade": Column("grade", ColumnType.INTEGER, "How fast."),
    "result": Column("result", ColumnType.TEXT, "What."),
    "domestic": Column("domestic", ColumnType.BOOLEAN, "Whether domestic."),
    "told_at": Column("told_at", ColumnType.INSTANT, "When told.", always=True),
    "seen_at": Column("seen_at", ColumnType.INSTANT, "When seen."),
    "born_on": Column("born_on", ColumnType.DATE, "Birthday."),
}
TABLES = dict.fromkeys(COLUMNS, "f")


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("domestic", "f.domestic"),
        ("true", "TRUE"),
        ("grade = 1 or grade = 2 and domestic", "(f.grade = 1) OR ((f.grade = 2) AND f.domestic)"),
        ("not domestic and grade = 1", "(NOT f.domestic) AND (f.grade = 1)"),
        ("seen_at is not null", "f.seen_at IS NOT NULL"),
        ("GRADE = 1".lower(), "f.grade = 1"),
        ("grade IN (1, 2)", "f.grade IN (1, 2)"),
        ("grade not in (-1, 2)", "NOT (f.grade IN ((-1), 2))"),
        ("result = 'it''s'", "f.result = 'it''s'"),
        ("result = 'now()'", "f.result = 'now()'"),
        ("result <> ''", "f.result <> ''"),
        ("grade between 1 and 3", "f.grade BETWEEN 1 AND 3"),
        ("grade + 1 > 3", "(CAST(f.grade AS BIGINT) + 1) > 3"),
        ("coalesce(grade, 5) <= 2", "COALESCE(f.grade, 5) <= 2"),
        (
            "least(told_at, seen_at) < greatest(told_at, seen_at)",
            "LEAST(f.told_at, f.seen_at) < GREATEST(f.told_at, f.seen_at)",
        ),
        ("domestic = (grade = 1)", "f.domestic = (f.grade = 1)"),
        ("born_on = born_on", "f.born_on = f.born_on"),
    ],
)
def test_a_condition_is_taken_and_written_with_every_bracket(text: str, sql: str) -> None:
    assert parse(text, COLUMNS, ColumnType.BOOLEAN).sql("postgres", TABLES) == sql


def test_an_expression_names_the_columns_it_looks_at() -> None:
    condition = parse("domestic and coalesce(grade, 1) = grade", COLUMNS, ColumnType.BOOLEAN)
    assert condition.columns == ("domestic", "grade")


def test_writing_an_expression_leaves_it_as_it_was() -> None:
    condition = parse("grade + 1 = 2 and not domestic", COLUMNS, ColumnType.BOOLEAN)
    assert condition.sql("duckdb", TABLES) == condition.sql("duckdb", TABLES)
    assert condition == parse("grade + 1 = 2 and not domestic", COLUMNS, ColumnType.BOOLEAN)


HOSTILE = [
    "1; delete from incident",
    "domestic) or (1=1",
    "domestic or true -- ",
    "domestic /* */",
    "'a' = \"a\"",
    "result = 'a' || 'b'",
    "result = e'\\x41'",
    "result = U&'\\0041'",
    "result = $$x$$",
    "grade = any(array[1])",
    "grade = (table incident)",
    "pg_read_file('x') is null",
    "set_config('a', 'b', false) = 'b'",
    "current_user = 'x'",
    "current_setting('x') = 'x'",
    "grade @> 1",
    "grade = 0x10",
    "grade = 1e3",
    "grade = 1_000",
    "row(grade) is null",
    "(grade, grade) = (1, 1)",
    "grade[1] = 1",
    "domestic and",
    "and domestic",
    "()",
    "",
    "(",
    "'",
    "grade = 99999999999999999999999999",
    "\x00",
    "domestic\u202eand",
    "interval '1 day' is null",
    "date '2024-01-01' = born_on",
    "timestamp with time zone 'now' > told_at",
    "told_at > 'now'",
    "grade % 2 = 1",
    "grade * grade = 1",
    "domestic xor domestic",
    "grade = all (values (1))",
    "domestic collate x",
    "told_at at time zone 'utc' is null",
    "count(grade) = 1",
    "grade over () = 1",
    "*",
    "f.*",
    "$1",
    ":x",
    "?",
    "%s",
    "@x",
    "not",
    "is null",
    "grade is",
    "grade in ()",
    "between 1 and 2",
    "coalesce() = 1",
    "least(grade) = 1",
    "grade == 1",
    "domestic && domestic",
    "!domestic",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_not_in_the_language_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(text, COLUMNS, ColumnType.BOOLEAN)
    assert refused.value.mend
    assert refused.value.message.endswith(".")


@given(
    text=st.text(
        alphabet=st.sampled_from("agrade domestic()=<>'\"-+,.;:$%and or not in is null 0123\n\\/*[]{}"), max_size=60
    )
)
def test_any_text_is_taken_or_refused_by_name(text: str) -> None:
    with suppress(ConditionError):
        condition = parse(text, COLUMNS, ColumnType.BOOLEAN)
        assert set(condition.columns) <= COLUMNS.keys()
        assert condition.sql("postgres", TABLES)


@pytest.mark.parametrize(
    ("starts", "arises", "known"),
    [
        ("told_at", "true", True),
        ("seen_at", "true", False),
        ("seen_at", "seen_at is not null", True),
        ("seen_at", "not seen_at is null", True),
        ("seen_at", "not (seen_at is null)", True),
        ("seen_at", "not (seen_at is not null)", False),
        ("seen_at", "domestic and (grade = 1 and seen_at is not null)", True),
        ("seen_at", "domestic or seen_at is not null", False),
        ("seen_at", "seen_at > told_at or seen_at is not null and domestic", True),
        ("seen_at", "seen_at between told_at and told_at", True),
        ("seen_at", "coalesce(seen_at, told_at) = told_at", False),
        ("seen_at", "seen_at is null", False),
        ("coalesce(seen_at, told_at)", "true", True),
        ("greatest(seen_at, told_at)", "true", True),
        ("least(seen_at, seen_at)", "domestic", False),
        ("(seen_at)", "(seen_at is not null)", True),
    ],
)
def test_a_clock_must_start_at_an_instant_that_is_known(starts: str, arises: str, known: bool) -> None:
    instant = parse(starts, COLUMNS, ColumnType.INSTANT)
    condition = parse(arises, COLUMNS, ColumnType.BOOLEAN)
    assert is_known(instant, {"told_at"}, condition) is known
