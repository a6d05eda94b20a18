"""`iops obligations ...`: the engine from the command line."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="What is owed: check that nothing is missing.", no_args_is_help=True)


@app.command()
def check() -> None:
    """Hold what the rules ask against what stands in the table; exit 1 if they differ."""
    from iops.obligations.conservation import check_conservation

    run = check_conservation()
    console = Console()
    console.print(
        f"{run.checked:,} obligations checked in {run.seconds} s: {run.missing:,} missing, {run.surplus:,} surplus."
    )
    if not run.examples:
        return
    table = Table("", "subject", "id", "rule", "arose", "due", "met", "waived")
    for row in run.examples:
        keys = ("kind", "subject", "subject_id", "rule", "arose_at", "due_at", "met_at", "waived_at")
        table.add_row(*(str(row[key] if row[key] is not None else "") for key in keys))
    console.print(table)
    console.print("This is a defect of the system. Keep this output and report it.")
    raise typer.Exit(1)
