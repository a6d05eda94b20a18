"""Nothing asks the time but the clock of the foundation: otherwise a replay, a test or a set clock would be wrong."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "iops"
MAY_ASK = ("foundation/clock.py", "foundation/server/", "foundation/identifiers.py")
"""The clock itself; what starts the database server, before there is a clock to ask; identifiers that sort by the
machine's time, which is no fact."""

ASKED = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("timezone", "now"), ("timezone", "localtime"), ("timezone", "localdate"),
    ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"), ("time", "ctime"),
}  # fmt: skip
BY_NAME = {"time", "time_ns", "now", "localtime", "localdate", "Now", "TransactionNow"}
"""What must not be imported by name from these modules, so that no call goes unseen."""
MODULES = {"time", "django.utils.timezone", "django.db.models.functions", "django.contrib.postgres.functions"}
IN_SQL = re.compile(
    r"(?<![\w.])(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)"
    r"|\b(?:current_timestamp|current_date|current_time|localtimestamp|localtime)\b(?!\s*=)",
    re.IGNORECASE,
)
QUERY = re.compile(r"\b(?:select|insert|update|delete|where)\b", re.IGNORECASE)


def questions_in_python(text: str) -> list[int]:
    """The lines of a module that ask the time, in Python or in SQL that it holds."""
    found = []
    for node in ast.walk(ast.parse(text)):
        asks = (
            (isinstance(node, ast.Attribute) and (_owner(node.value), node.attr) in ASKED)
            or (isinstance(node, ast.ImportFrom) and node.module in MODULES and _named(node))
            or (isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"})
            or (isinstance(node, ast.Constant) and isinstance(node.value, str) and _asks_in_query(node.value))
        )
        if asks:
            found.append(getattr(node, "lineno", 0))
    return sorted(set(found))


def _owner(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _named(node: ast.ImportFrom) -> bool:
    return any(alias.name in BY_NAME for alias in node.names)


def _asks_in_query(text: str) -> bool:
    return bool(QUERY.search(text) and IN_SQL.search(text))


def questions_in_sql(text: str) -> list[int]:
    """The lines of SQL that ask the time, comments left out."""
    return [n for n, line in enumerate(text.splitlines(), 1) if IN_SQL.search(line.split("--")[0])]


def sources(pattern: str) -> list[Path]:
    return [p for p in sorted(SOURCE.rglob(pattern)) if not str(p.relative_to(SOURCE)).startswith(MAY_ASK)]


def test_no_module_asks_the_time_itself() -> None:
    found = {
        f"{path.relative_to(SOURCE)}:{line}"
        for path in sources("*.py")
        for line in questions_in_python(path.read_text(encoding="utf-8"))
    }
    assert found == set(), "ask iops.foundation.clock, or iops.now() and iops.wall_time() in SQL"


def test_no_sql_asks_the_time_itself() -> None:
    found = {
        f"{path.relative_to(SOURCE)}:{line}"
        for path in sources("*.sql")
        if path.name != "10_clock.sql"
        for line in questions_in_sql(path.read_text(encoding="utf-8"))
    }
    assert found == set(), "ask iops.now(), or iops.wall_time() for ledgers"


@pytest.mark.parametrize(
    "text",
    [
        "dt.datetime.now(dt.UTC)", "datetime.utcnow()", "date.today()", "time.time()", "timezone.now()",
        "default=timezone.now", "from time import time", "from django.db.models.functions import Lower, Now",
        "models.DateTimeField(auto_now_add=True)", "'select 1 where at < now()'",
        "f'select {x} from y where at < CURRENT_TIMESTAMP and {z}'",
    ],
)  # fmt: skip
def test_this_test_sees_a_question_in_python(text: str) -> None:
    assert questions_in_python(text) == [1]


@pytest.mark.parametrize(
    "text",
    ["clock.now()", "time.monotonic()", "time.sleep(1)", "'select iops.now()'", "'now() is a word'", "x.date()"],
)
def test_this_test_passes_over_what_is_no_question_in_python(text: str) -> None:
    assert questions_in_python(text) == []


@pytest.mark.parametrize(
    "text", ["select now()", "select NOW ( )", "current_date + 1", "clock_timestamp()", "default current_timestamp,"]
)
def test_this_test_sees_a_question_in_sql(text: str) -> None:
    assert questions_in_sql(text) == [1]


@pytest.mark.parametrize("text", ["select iops.now()", "-- now() is not asked", "known()", "select current_dates"])
def test_this_test_passes_over_what_is_no_question_in_sql(text: str) -> None:
    assert questions_in_sql(text) == []
