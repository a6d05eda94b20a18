"""No part of the system puts its SQL in place of another's: `create or replace` would do it without a word."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import iops

SOURCE = Path(iops.__file__).parent
MADE = re.compile(r"create (?:or replace )?(function|view)\s+([a-z0-9_.]+)\s*(\([^)]*\))?", re.IGNORECASE)


def made_in(text: str) -> set[str]:
    """The functions, each with what it takes, and the views that a file makes."""
    return {" ".join(f"{kind} {name}{takes}".lower().split()) for kind, name, takes in MADE.findall(text)}


def test_no_function_or_view_is_made_by_two_files() -> None:
    makers = defaultdict(set)
    for path in sorted(SOURCE.rglob("*.sql")):
        for name in made_in(path.read_text(encoding="utf-8")):
            makers[name].add(path.name)
    assert makers, "there are no files of SQL to look at"
    assert {name: files for name, files in makers.items() if len(files) > 1} == {}


def test_a_name_made_twice_would_be_found() -> None:
    assert made_in("create or replace function iops.x(a bigint) returns") == {"function iops.x(a bigint)"}
    assert made_in("create view facts.y with (security_invoker = true) as") == {"view facts.y"}
