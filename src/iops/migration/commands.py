"""`iops replay ...`: extracts of calls and incidents in, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from iops.migration.mapping import Mapping
    from iops.migration.selectors import Reconciliation

top_level = typer.Typer()
PANEL = "Take in data"
STOPPED = 130


@top_level.command("replay", rich_help_panel=PANEL)
def replay_command(
    mapping: Annotated[str | None, typer.Argument(help="A mapping of --list, a .yaml file, or: status")] = None,
    file: Annotated[Path | None, typer.Argument(help="The extract: delimited text, gzip or plain.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show the mappings.")] = False,
    rejected: Annotated[int | None, typer.Option(help="Show the rejected rows of this load.")] = None,
    batch: Annotated[int, typer.Option(help="Rows in one transaction.")] = 20_000,
    accept_changed_mapping: Annotated[bool, typer.Option("--accept-changed-mapping")] = False,
) -> None:
    """Load an extract of calls as contacts and incidents; every row is accounted for. Run again to go on, or to check.

    Exit 1 when anything is unexplained, 130 when stopped.
    """
    console = Console()
    if list_:
        _show_mappings(console)
    elif rejected is not None:
        _show_rejected(console, rejected)
    elif mapping == "status" and file is None:
        _show_loads(console)
    elif mapping is None or file is None:
        console.print("Say what to load and with which mapping: iops replay MAPPING FILE (see iops replay --list).")
        raise typer.Exit(2)
    else:
        _replay(console, mapping, file, batch, accept_changed_mapping)


def _replay(console: Console, name: str, file: Path, batch: int, accept_changed: bool) -> None:
    from iops.migration import services
    from iops.migration.mapping_loader import find

    mapping = find(name)
    rate = TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,} a second")
    with Progress(TextColumn(file.name), BarColumn(), rate, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("", total=None, rows=0, rate=0)
        already: int | None = None

        def progress(done: int, size: int, rows: int) -> None:
            nonlocal already
            already = max(0, rows - batch) if already is None else already
            seconds = int(bar.tasks[0].elapsed or 0) + 1
            bar.update(task, total=size, completed=done, rows=rows, rate=(rows - already) // seconds)

        try:
            found = services.replay(
                mapping, file, at_once=batch, accept_changed_mapping=accept_changed, progress=progress
            )
        except KeyboardInterrupt:
            console.print("Stopped. What is loaded is kept; run the same command again to go on.")
            raise typer.Exit(STOPPED) from None
    _show(console, mapping, found)
    if found.unexplained:
        raise typer.Exit(1)


def _show(console: Console, mapping: Mapping, found: Reconciliation) -> None:
    load = found.load
    if found.source is None:
        console.print(f"Nothing to do: {load.file_name} was loaded on {load.finished_at:%d %B %Y, %H:%M} UTC.")
    table = Table("", "rows", "domestic", "crime reported", "graded", title=f"{mapping.title} (load {load.id})")
    for label, counts in (("loaded", "loaded"), ("exact duplicate", "duplicate"), ("rejected", "rejected")):
        c = found.fates[counts]
        table.add_row(label, *(f"{n:,}" for n in (c.lines, c.domestic, c.crime_reported, c.graded)))
    table.add_section()
    sums = [found.total(name) for name in ("lines", "domestic", "crime_reported", "graded")]
    table.add_row("together", *(f"{n:,}" for n in sums))
    if found.source is not None:
        s = found.source
        table.add_row("in the file", *(f"{n:,}" for n in (s.rows, s.domestic, s.crime_reported, s.graded)))
    console.print(table)
    for reason, count in found.reasons:
        console.print(f"  rejected {count:,}: {reason}", markup=False, highlight=False)
    if found.reasons:
        console.print(f"  See them: iops replay --rejected {load.id}")
    for difference in found.unexplained:
        console.print(f"UNEXPLAINED: {difference}", style="bold red", markup=False)
    if not found.unexplained:
        console.print("Every row of the file is accounted for.")


def _show_mappings(console: Console) -> None:
    from iops.migration.mapping_loader import available

    table = Table("mapping", "what it loads", "key", "columns")
    for mapping in available():
        table.add_row(mapping.name, mapping.title, mapping.key or "whole row", str(len(mapping.layout.columns)))
    console.print(table)


def _show_loads(console: Console) -> None:
    from iops.migration.selectors import loads

    table = Table("load", "mapping", "file", "rows", "begun (UTC)", "finished (UTC)")
    for load in loads():
        ended = f"{load.finished_at:%Y-%m-%d %H:%M}" if load.finished_at else "not finished: run it again"
        begun = f"{load.started_at:%Y-%m-%d %H:%M}"
        table.add_row(str(load.id), load.mapping, load.file_name, f"{load.rows:,}", begun, ended)
    console.print(table)


def _show_rejected(console: Console, load_id: int) -> None:
    from iops.migration.models import Fate
    from iops.migration.selectors import ledger, load

    page = ledger(load(load_id).id, Fate.REJECTED)
    table = Table("line", "reason", "what it held")
    for row in page.rows:
        raw = row.raw or {}
        held = raw.get("text", f"base64: {raw.get('base64', '')}")
        table.add_row(str(row.line), row.reason, held[:200])
    console.print(table, markup=False)
    console.print(f"{len(page.rows):,} of {page.total:,} rejected rows.")
