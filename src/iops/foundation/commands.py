"""`iops verify`, `iops seal`, `iops foundation ...`: the ledgers and calendars from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="Calendars and seals.", no_args_is_help=True)
top_level = typer.Typer()
SAFEGUARD = "Safeguard the record"


@top_level.command(rich_help_panel=SAFEGUARD)
def verify(
    table: Annotated[list[str] | None, typer.Option(help="Only these tables (and neither seals nor numbers).")] = None,
) -> None:
    """Find what was changed behind the system's back; exit 1 if anything was."""
    from iops.foundation.verify import verify as find

    console = Console()
    with console.status("Reading seals, history and facts ..."):
        found = list(find(table))
    if not found:
        console.print("Seals, history, facts and numbers agree.")
        return
    listed = Table("where", "row", "what")
    for finding in found:
        listed.add_row(finding.where, finding.row, finding.what)
    console.print(listed)
    raise typer.Exit(1)


@top_level.command(rich_help_panel=SAFEGUARD)
def seal(
    export: Annotated[bool, typer.Option(help="Print every seal as a line of JSON, to be kept elsewhere.")] = False,
) -> None:
    """Seal the history that is finished (the worker does it every few seconds)."""
    from iops.foundation import seal as sealing

    sealed = sealing.seal()
    if export:
        for line in sealing.exported():
            typer.echo(line)
    else:
        typer.echo(f"{sealed} entries sealed.")


@app.command()
def load_terms(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Take the force's own school terms from a YAML list of {first, last}."""
    from iops.foundation.calendar import load_terms as load

    typer.echo(f"{load(file)} terms loaded.")
