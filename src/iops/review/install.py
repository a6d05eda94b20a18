"""Puts each screen into the database as two functions: who is in its frame, and what it says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.review.method.bands import framed, select
from iops.review.screens import screens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.review.method.bands import Screen


def statements() -> Iterator[str]:
    """SQL to run after the fact views are there. The functions run as whoever asks, under row-level security."""
    for screen in screens().values():
        yield _functions(screen)


def _functions(screen: Screen) -> str:
    name = screen.code.replace("-", "_")
    return f"""
create or replace function iops.review_framed_{name}(since date, until date) returns table (id bigint)
language sql stable set search_path = pg_catalog, public, iops, pg_temp as $framed$
{framed(screen, "since", "until")}
$framed$;
create or replace function iops.review_screened_{name}(wanted bigint[])
returns table (id bigint, band text, rank integer, floor boolean, reasons text[])
language sql stable set search_path = pg_catalog, public, iops, pg_temp as $screened$
{select(screen, "wanted")}
$screened$;
"""
