"""`iops verify`, `iops seal`, `iops foundation ...`: the ledgers and calendars from the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from iops.foundation.seal import SealLine
    from iops.foundation.verify import Finding

LONDON = ZoneInfo("Europe/London")
app = typer.Typer(help="Calendars and the clock.", no_args_is_help=True)
top_level = typer.Typer()
SAFEGUARD = "Safeguard the record"


@top_level.command(rich_help_panel=SAFEGUARD)
def verify(
    table: Annotated[list[str] | None, typer.Option(help="Only these tables (and neither seals nor numbers).")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only seals made, and rows written, since this day (London)."),
    ] = None,
    seals: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Exported seals that the database must still hold.")
    ] = None,
) -> None:
    """Find what was changed behind the system's back; exit 1 if anything was."""
    from iops.foundation.seal import read_exported
    from iops.foundation.verify import steps
    from iops.foundation.verify import verify as find

    from_then = since.replace(tzinfo=LONDON) if since else None
    handed_out = _exported(seals, read_exported) if seals else []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Reading", total=steps(table))
        found = find(
            table,
            since=from_then,
            handed_out=handed_out,
            step=lambda name: progress.update(task, advance=1, description=name),
        )
    _tell(found, "Seals, history, facts and numbers" if table is None else "History and facts")
    if found:
        raise typer.Exit(1)


def _exported(path: Path, read: Callable[[Iterable[str]], list[SealLine]]) -> list[SealLine]:
    try:
        with path.open(encoding="utf-8") as lines:
            return read(lines)
    except UnicodeDecodeError as error:
        raise InvalidError(f"{path.name} is no text.", mend="Use what `iops seal --export` printed.") from error


def _tell(found: Sequence[Finding], compared: str) -> None:
    console = Console()
    if not found:
        console.print(f"{compared} agree.")
        return
    listed = Table("where", "row", "what", title=f"{len(found)} things do not agree", title_justify="left")
    for finding in found:
        # What stands in a record is text of anybody's: it must not be read as markup.
        listed.add_row(escape(finding.where), escape(finding.row), escape(finding.what))
    console.print(listed)


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


@app.command()
def set_clock(
    moment: Annotated[datetime, typer.Argument(formats=["%Y-%m-%dT%H:%M"], help="In London: 2019-07-05T22:30.")],
) -> None:
    """Set the clock of a training force to a moment; it stands still there until it is released."""
    from iops.foundation import clock

    clock.set_clock(moment.replace(tzinfo=LONDON))
    typer.echo(f"The clock stands at {moment:%H:%M on %d %B %Y}.")


@app.command()
def release_clock() -> None:
    """Let the clock of a training force run true again."""
    from iops.foundation import clock

    clock.release_clock()
    typer.echo("The clock runs true.")
