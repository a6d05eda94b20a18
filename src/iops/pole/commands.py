"""`iops pole ...`: work on all nominals from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from iops.pole.matching import commands as matching

if TYPE_CHECKING:
    from iops.pole.identity.run import Progress as SoFar

app = typer.Typer(help="People: duplicates, linking files, training the matching model.", no_args_is_help=True)
STOPPED = 130


matching.register(app)


@app.callback()
def pole() -> None:
    """People, places and things."""


@app.command()
def duplicates(
    chunk: Annotated[int, typer.Option(min=1, max=10_000, help="Nominals compared in one transaction.")] = 200,
) -> None:
    """Find nominals that may be one person, for people to decide. Stop it at any moment; the next run goes on there."""
    from iops.pole.identity.run import find_duplicates
    from iops.pole.identity.selectors import duplicate_ratio

    console = Console(stderr=True)
    words = TextColumn("{task.fields[compared]:,} compared, {task.fields[proposed]:,} proposed")
    with Progress(TextColumn("Nominals"), BarColumn(), words, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("", total=None, compared=0, proposed=0)

        def tell(so_far: SoFar) -> None:
            reached: dict[str, Any] = {"total": max(so_far.last, 1), "completed": so_far.reached}
            told: dict[str, Any] = {"compared": so_far.compared, "proposed": so_far.proposed}
            bar.update(task, **reached, **told)

        try:
            find_duplicates(tell, chunk=chunk)
        except KeyboardInterrupt:
            console.print("Stopped. What was found is kept; run the same command again to go on.")
            raise typer.Exit(STOPPED) from None
    typer.echo(duplicate_ratio().text)
